import type { GaugeMerge, MeasureType } from './measure-selector.js';

/** A metric that thresholds, abort rules and reports may name. */
export interface MetricDefinition {
  name: string;
  type: MeasureType;
  /** What its numbers are counted in, as reports print it; empty for plain counts and shares. */
  unit: string;
  /** One line for `docs/` and error messages. */
  about: string;
  /** Labels it always has, and may be narrowed by. */
  labels: readonly string[];
  /** Whether it also has the labels of loads, of `--label`, of request options and of `record`. */
  hasOwnLabels: boolean;
  /** For gauges: how shares' values become one. */
  merge?: GaugeMerge;
  /** Labels by which it is broken down without being asked to: a custom metric's `by`. */
  by?: readonly string[];
  /** Counts what should not be: nothing counted is a 0 that was measured, and not a missing measurement. */
  isZeroWithoutData?: boolean;
  isCustom?: boolean;
  /** About Loadwright itself: it says nothing of the target. */
  isOfGenerator?: boolean;
}

/** A metric of the scenario, as plain data. */
export interface CustomMetric {
  name: string;
  type: MeasureType;
  unit?: string;
  by?: readonly string[];
  merge?: GaugeMerge;
}

const REQUEST_LABELS = ['name', 'method', 'status', 'load', 'user', 'group', 'error', 'expected'] as const;
const USER_LABELS = ['load', 'user'] as const;
const GROUP_LABELS = ['load', 'user', 'group'] as const;
const CHECK_LABELS = ['check', 'name', 'load', 'user', 'group'] as const;

type Shape = Pick<MetricDefinition, 'type' | 'unit' | 'labels' | 'hasOwnLabels'>;

const requestTrend: Shape = { type: 'trend', unit: 'ms', labels: REQUEST_LABELS, hasOwnLabels: true };
const requestBytes: Shape = { type: 'counter', unit: 'bytes', labels: REQUEST_LABELS, hasOwnLabels: true };
const generatorTrend = { type: 'trend', labels: [], hasOwnLabels: false, isOfGenerator: true } as const;
const iterationCounter: Shape = { type: 'counter', unit: '', labels: USER_LABELS, hasOwnLabels: true };
const iterationTrend: Shape = { type: 'trend', unit: 'ms', labels: USER_LABELS, hasOwnLabels: true };

/** THE list of built-in metrics: names, labels, error messages and documentation come from here. */
export const METRIC_TABLE: readonly MetricDefinition[] = [
  {
    name: 'http_req_duration',
    ...requestTrend,
    about: 'Response time: from when the request was meant to begin to the last byte.',
  },
  { name: 'http_req_service', ...requestTrend, about: 'Service time: from dispatch to the last byte.' },
  {
    name: 'http_req_failed',
    type: 'rate',
    unit: '',
    labels: REQUEST_LABELS,
    hasOwnLabels: true,
    about: 'Share of requests that failed, 0 to 1.',
  },
  {
    name: 'http_reqs',
    type: 'counter',
    unit: '',
    labels: REQUEST_LABELS,
    hasOwnLabels: true,
    about: 'Requests that ended with an answer or a failure.',
  },
  { name: 'http_req_waiting', ...requestTrend, about: 'From the request sent to the first headers of the answer.' },
  { name: 'http_req_connecting', ...requestTrend, about: 'Name look-up and TCP; 0 on a connection that was there.' },
  { name: 'http_req_tls', ...requestTrend, about: 'TLS handshake; 0 on a connection that was there.' },
  { name: 'data_sent', ...requestBytes, about: 'Bytes sent by requests.' },
  { name: 'data_received', ...requestBytes, about: 'Bytes received by requests.' },
  { name: 'iterations', ...iterationCounter, about: 'Tasks that were carried out.' },
  { name: 'iteration_duration', ...iterationTrend, about: 'How long a task took, waits between tasks not included.' },
  {
    name: 'dropped_iterations',
    ...iterationCounter,
    isZeroWithoutData: true,
    about: 'Starts that had no free user, and iterations that were not begun in time.',
  },
  {
    name: 'missed_starts',
    ...iterationCounter,
    isZeroWithoutData: true,
    about: 'Starts that a paced user could not make because its task before took too long.',
  },
  {
    name: 'checks',
    type: 'rate',
    unit: '',
    labels: CHECK_LABELS,
    hasOwnLabels: true,
    about: 'Share of checks that passed, 0 to 1; "check" (or "name") is the check’s name.',
  },
  {
    name: 'group_duration',
    type: 'trend',
    unit: 'ms',
    labels: GROUP_LABELS,
    hasOwnLabels: true,
    about: 'How long a group took.',
  },
  {
    name: 'users',
    type: 'gauge',
    unit: '',
    labels: USER_LABELS,
    hasOwnLabels: false,
    merge: 'sum',
    about: 'Users at work.',
  },
  { name: 'start_lag', ...iterationTrend, about: 'How late users and iterations began: actual minus intended start.' },
  {
    name: 'generator_utilisation',
    ...generatorTrend,
    unit: '',
    about: 'How busy the busiest worker’s event loop was, 0 to 1; one value a second.',
  },
  {
    name: 'generator_added_latency',
    ...generatorTrend,
    unit: 'ms',
    about: 'About what Loadwright itself added to a request’s time on average; one value a second.',
  },
  {
    name: 'generator_saturated',
    ...generatorTrend,
    type: 'rate',
    unit: '',
    about: 'Share of seconds in which Loadwright itself did not keep up, 0 to 1.',
  },
];

const BY_NAME = new Map(METRIC_TABLE.map((definition) => [definition.name, definition]));

/** The built-in metric of this name. */
export function findBuiltInMetric(name: string): MetricDefinition | undefined {
  return BY_NAME.get(name);
}

const BUILT_IN_LABELS = new Set(METRIC_TABLE.flatMap(({ labels }) => labels));

/** A label that numbers have by themselves: one of somebody's own of that name would be without effect. */
export function isBuiltInLabel(label: string): boolean {
  return BUILT_IN_LABELS.has(label);
}

/** Labels that every metric of a scenario has besides those given to `record`. */
export const CUSTOM_LABELS: readonly string[] = GROUP_LABELS;

/** Every metric of a run: the built-in ones, and those its scenario defines. */
export function knownMetricsWith(custom: readonly CustomMetric[]): MetricDefinition[] {
  return [
    ...METRIC_TABLE,
    ...custom.map(({ name, type, unit = '', by, merge }) => ({
      name,
      type,
      unit,
      about: 'A metric of the scenario.',
      labels: [...new Set([...CUSTOM_LABELS, ...(by ?? [])])],
      hasOwnLabels: true,
      isCustom: true,
      ...(by === undefined ? {} : { by }),
      ...(type === 'gauge' ? { merge: merge ?? ('last' as const) } : {}),
    })),
  ];
}
