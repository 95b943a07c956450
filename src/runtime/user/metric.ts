import { LoadwrightError } from '../../errors.js';
import type { GaugeMerge, MeasureType } from '../../metrics/measure-selector.js';
import { findBuiltInMetric } from '../../metrics/metric-table.js';
import { requireKeys } from './require-keys.js';

export const METRIC_BRAND: unique symbol = Symbol.for('loadwright.metric') as never;
/** Where all copies of this module in a thread keep the metrics that were defined. */
const REGISTRY = Symbol.for('loadwright.metrics');

/** A metric of the scenario's own: frozen plain data that can be imported anywhere. */
export interface Metric<Type extends MeasureType = MeasureType> {
  readonly [METRIC_BRAND]: true;
  readonly name: string;
  readonly type: Type;
  readonly unit?: string;
  /** Label keys, sorted. */
  readonly by?: readonly string[];
  /** Gauges only. */
  readonly merge?: GaugeMerge;
}

/** What every metric may be told. */
export interface MetricOptions {
  /** Labels given to `record` by whose values the metric is broken down, besides its total. */
  by?: readonly string[];
  /** What it is counted in, as reports print it: `EUR`, `ms`, `rows`. */
  unit?: string;
}

export interface GaugeOptions extends MetricOptions {
  /** How the latest values of several workers become one; `last`, the most recent of all, if not given. */
  merge?: GaugeMerge;
}

/** `record` of the user context: a rate takes true or false, everything else a finite number. */
export interface RecordMetric {
  (metric: Metric<'rate'>, value: boolean | 0 | 1, labels?: Readonly<Record<string, string | number | boolean>>): void;
  (
    metric: Metric<'counter'> | Metric<'gauge'> | Metric<'trend'>,
    value: number,
    labels?: Readonly<Record<string, string | number | boolean>>,
  ): void;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_.]{0,127}$/;
/** What would have to be quoted, or would end a label, in `metric{label:value}`. */
const LABEL = /^[^\s:,{}"']+$/;
const MERGES: readonly GaugeMerge[] = ['sum', 'average', 'min', 'max', 'last'];

/**
 * Defines a metric that adds up: `count` is its total, `rate` its total per second. Values may be fractions.
 *
 * Define it outside of tasks, at module level: thresholds on it are checked before the run. It counts for the whole run,
 * over all workers; there is nothing to read back inside a task.
 *
 * @param name letters, digits, `_` and `.`, up to 128; not one of the built-in metrics
 * @throws LoadwrightError `ERR_SCENARIO_INVALID` for a name that cannot be one or is taken by another definition, or an
 * option that does not exist
 * @example
 * ```ts
 * import { counter, defineUser } from 'loadwright';
 * const reserved = counter('reserved_units', { by: ['outcome'] });
 * export const Buyer = defineUser({
 *   tasks: { buy: async ({ record }) => record(reserved, 5, { outcome: 'told' }) },
 * });
 * // thresholds: { 'reserved_units{outcome:told}': ['count>1000'] }
 * ```
 */
export function counter(name: string, options: MetricOptions = {}): Metric<'counter'> {
  return define({ name, type: 'counter' }, options);
}

/**
 * Defines a metric that has a current value: `value`, `min`, `max`. Every worker has its own latest value; `merge` says
 * what they are together. `min` and `max` are of all values that were recorded.
 *
 * @param name as of `counter`
 * @throws LoadwrightError `ERR_SCENARIO_INVALID`, as `counter`
 * @example
 * ```ts
 * import { gauge } from 'loadwright';
 * export const queueLength = gauge('queue_length', { merge: 'max' });
 * ```
 */
export function gauge(name: string, options: GaugeOptions = {}): Metric<'gauge'> {
  return define({ name, type: 'gauge' }, { ...options, merge: options.merge ?? 'last' });
}

/**
 * Defines a metric that is a share of trues, 0 to 1: `rate<0.01`.
 *
 * @param name as of `counter`
 * @throws LoadwrightError `ERR_SCENARIO_INVALID`, as `counter`
 * @example
 * ```ts
 * import { rate } from 'loadwright';
 * export const soldOut = rate('sold_out');
 * ```
 */
export function rate(name: string, options: MetricOptions = {}): Metric<'rate'> {
  return define({ name, type: 'rate' }, options);
}

/**
 * Defines a metric that is a distribution: `avg`, `min`, `med`, `max`, `p(95)`, `count`. Percentiles are exact to 0.1 %
 * from 0.05 upwards, and from 0 to 86,400,000 (a day of milliseconds); negative values count as 0.
 *
 * @param name as of `counter`
 * @throws LoadwrightError `ERR_SCENARIO_INVALID`, as `counter`
 * @example
 * ```ts
 * import { trend } from 'loadwright';
 * export const basketSize = trend('basket_size', { unit: 'items' });
 * ```
 */
export function trend(name: string, options: MetricOptions = {}): Metric<'trend'> {
  return define({ name, type: 'trend' }, options);
}

export function isMetric(value: unknown): value is Metric {
  return typeof value === 'object' && value !== null && METRIC_BRAND in value;
}

/** Every metric defined in this thread so far. */
export function metricsDefined(): readonly Metric[] {
  return [...registry().values()];
}

function registry(): Map<string, Metric> {
  const place = globalThis as { [REGISTRY]?: Map<string, Metric> };
  place[REGISTRY] ??= new Map();
  return place[REGISTRY];
}

function define<Type extends MeasureType>(
  { name, type }: { name: string; type: Type },
  options: GaugeOptions,
): Metric<Type> {
  requireName(name, type);
  requireKeys(`${type}('${name}')`, options, { known: type === 'gauge' ? ['by', 'unit', 'merge'] : ['by', 'unit'] });
  requireOptions(name, type, options);
  const { by, unit, merge } = options;
  const labels = by === undefined || by.length === 0 ? undefined : Object.freeze([...new Set(by)].sort());
  const metric: Metric<Type> = Object.freeze({
    [METRIC_BRAND]: true as const,
    name,
    type,
    ...(unit === undefined ? {} : { unit }),
    ...(labels === undefined ? {} : { by: labels }),
    ...(merge === undefined ? {} : { merge }),
  });
  const known = registry().get(name);
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(metric)) {
    throw new LoadwrightError('ERR_SCENARIO_INVALID', {
      message: `The metric "${name}" is defined twice, and differently: ${show(known)} and ${show(metric)}.`,
      hint: `Define it once and import it, or give one of them another name: ${type}('${name}_2')`,
    });
  }
  if (known === undefined) registry().set(name, metric);
  return metric;
}

function show({ type, name, ...options }: Metric): string {
  const written = Object.keys(options).length === 0 ? '' : `, ${JSON.stringify(options)}`;
  return `${type}('${name}'${written})`;
}

function requireName(name: unknown, type: MeasureType): void {
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new LoadwrightError('ERR_SCENARIO_INVALID', {
      message:
        'A metric’s name is up to 128 letters, digits, "_" and ".", not beginning with a digit or a dot, ' +
        `but the scenario gave ${JSON.stringify(name) ?? String(name)}.`,
      hint: `${type}('reserved_units')`,
    });
  }
  if (findBuiltInMetric(name) === undefined) return;
  throw new LoadwrightError('ERR_SCENARIO_INVALID', {
    message: `"${name}" is a built-in metric, but the scenario defines a ${type} of that name.`,
    hint: `${type}('my_${name}')`,
  });
}

function requireOptions(name: string, type: MeasureType, { by, unit, merge }: GaugeOptions): void {
  const refuse = (what: string, found: unknown, hint: string) => {
    throw new LoadwrightError('ERR_SCENARIO_INVALID', {
      message: `${what}, but ${type}('${name}') of the scenario gave ${JSON.stringify(found) ?? String(found)}.`,
      hint,
    });
  };
  const isLabel = (label: unknown) => typeof label === 'string' && LABEL.test(label);
  if (by !== undefined && !(Array.isArray(by) && by.every(isLabel))) {
    refuse('"by" must be a list of labels', by, `${type}('${name}', { by: ['outcome'] })`);
  }
  if (unit !== undefined && typeof unit !== 'string') {
    refuse('"unit" must be text', unit, `${type}('${name}', { unit: 'items' })`);
  }
  if (merge !== undefined && !MERGES.includes(merge)) {
    refuse(`"merge" must be one of ${MERGES.join(', ')}`, merge, `gauge('${name}', { merge: 'sum' })`);
  }
}
