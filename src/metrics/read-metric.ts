import { LoadwrightError } from '../errors.js';
import { redactSecrets } from '../redact-secrets.js';
import type { MeasureCounts } from './measure.js';
import type { GaugeMerge, MeasureType } from './measure-selector.js';
import type { LabelValue } from './measure-sources.js';
import { mergeGauge } from './merge-gauge.js';
import { OTHER_LABELS, selectorKey } from './selector-key.js';

/** What a trend recorded, besides its percentiles: for those there are thresholds. */
export interface TrendNumbers {
  count: number;
  avg: number;
  min: number;
  max: number;
}

/** What a metric's numbers are found by; every metric of a scenario is one. */
interface DefinedMetric<Type extends MeasureType> {
  readonly name: string;
  readonly type: Type;
  readonly by?: readonly string[];
  readonly merge?: GaugeMerge;
}

/** A result of `run`, or the one that `verify` is given. */
interface MeasuredRun {
  readonly part: { readonly measures: readonly MeasureCounts[] };
}

type Labels = Readonly<Record<string, LabelValue>>;

/**
 * Reads what a run recorded under a metric of the scenario's own, over all workers: a counter's total, a rate's share of
 * trues, a gauge's value, a trend's count, average, least and greatest value. For `verify`, and for the result of `run`.
 *
 * Without labels it is the metric as a whole. With labels they must be all those of the metric's `by`: sums over some of
 * them are not kept. A counter that was never recorded is 0, anything else undefined.
 *
 * A run that was stopped has everything recorded until its end. One that lost a worker lacks what that worker had not
 * told yet: `result.lostWorkers` says so.
 *
 * @param result of `run`, or what `verify` is given
 * @param metric as `counter`, `gauge`, `rate` or `trend` defined it
 * @param labels a value for each label of `by`, as given to `record`
 * @throws LoadwrightError `ERR_SCENARIO_INVALID` for labels that are not counted by, and where there were so many
 * combinations that some were counted as one: then no single one is known
 * @example
 * ```ts
 * import { counter, defineTest, defineUser, readMetric } from 'loadwright';
 * const reserved = counter('reserved_units', { by: ['outcome'] });
 * const Buyer = defineUser({
 *   tasks: { buy: async ({ record }) => record(reserved, 5, { outcome: 'told' }) },
 * });
 * export default defineTest({
 *   users: { Buyer },
 *   verify: (result) => readMetric(result, reserved, { outcome: 'told' }) > 0 || 'nothing was reserved',
 * });
 * ```
 */
export function readMetric(result: MeasuredRun, metric: DefinedMetric<'counter'>, labels?: Labels): number;
export function readMetric(
  result: MeasuredRun,
  metric: DefinedMetric<'gauge'> | DefinedMetric<'rate'>,
  labels?: Labels,
): number | undefined;
export function readMetric(
  result: MeasuredRun,
  metric: DefinedMetric<'trend'>,
  labels?: Labels,
): TrendNumbers | undefined;
export function readMetric(
  { part: { measures } }: MeasuredRun,
  metric: DefinedMetric<MeasureType>,
  labels: Labels = {},
): number | TrendNumbers | undefined {
  const given = Object.entries(labels).map(([label, value]) => [label, String(value)] as const);
  // Numbers are told under names without secrets.
  const key = redactSecrets(selectorKey(metric.name, Object.fromEntries(given)));
  const found = measures.find((counts) => counts.key === key);
  if (given.length > 0) requireLabels(metric, Object.keys(labels));
  // What a threshold names by itself is never counted with others.
  if (given.length > 0 && (found === undefined || found.others !== undefined)) requireAllApart(measures, metric);
  if (found === undefined || found.count === 0) return metric.type === 'counter' ? 0 : undefined;
  return numbersOf(found, metric);
}

function numbersOf(
  { count, sum, minimum = 0, maximum = 0, shares = {} }: MeasureCounts,
  { type, merge = 'last' }: DefinedMetric<MeasureType>,
): number | TrendNumbers | undefined {
  if (type === 'counter') return sum;
  if (type === 'rate') return sum / count;
  return type === 'gauge' ? mergeGauge(shares, merge) : { count, avg: sum / count, min: minimum, max: maximum };
}

function requireLabels({ name, type, by = [] }: DefinedMetric<MeasureType>, labels: readonly string[]): void {
  if (labels.length === by.length && labels.every((label) => by.includes(label))) return;
  throw new LoadwrightError('ERR_SCENARIO_INVALID', {
    message:
      `The ${type} "${name}" is counted by ${by.length === 0 ? 'no labels' : by.join(', ')}, ` +
      `but readMetric() was given ${labels.join(', ')}.`,
    hint: by.length === 0 ? `${type}('${name}', { by: ['${labels[0]}'] })` : `Give all of ${by.join(', ')}, or none.`,
  });
}

function requireAllApart(measures: readonly MeasureCounts[], { name, by = [] }: DefinedMetric<MeasureType>): void {
  const others = selectorKey(name, Object.fromEntries(by.map((label) => [label, OTHER_LABELS])));
  if (!measures.some(({ key }) => key === others)) return;
  throw new LoadwrightError('ERR_SCENARIO_INVALID', {
    message: `"${name}" had so many combinations of ${by.join(', ')} that some were counted as one.`,
    hint: `readMetric(result, …) without labels, or fewer values of ${by.join(', ')}`,
  });
}
