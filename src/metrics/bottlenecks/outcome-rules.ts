import type { SeriesCounts } from '../aggregate.js';
import type { GeneratorSummary } from '../generator-health.js';
import { showMs, showPercent } from '../show-figures.js';
import { createBottleneck, type Rule } from './candidate.js';
import { type Evidence, readEntry } from './evidence.js';
import { describeOnset, findOnset } from './over-load.js';
import { type Bottleneck, LIMITS } from './rule-table.js';

/** `the generator itself was the bottleneck`. */
export function findSaturatedGenerator(generator: GeneratorSummary, evidence: Evidence): Bottleneck | undefined {
  const { verdict, reasons, addedLatency } = generator;
  const { level, addedShare, meanMs: leastMs } = LIMITS.generator;
  if (verdict !== level) return undefined;
  const meanMs = evidence.completed === 0 ? 0 : evidence.serviceMs / evidence.completed;
  const isSilent = reasons.some(({ sign }) => sign === 'silent');
  const share = isSilent ? 1 : addedLatency.meanMs / meanMs;
  if (!isSilent && !(share >= addedShare && addedLatency.meanMs >= leastMs)) return undefined;
  return createBottleneck('generator-saturated', {
    title: 'the generator itself was the bottleneck',
    evidence: [
      `It added about ${showMs(addedLatency.meanMs)} to a request, of ${showMs(meanMs)} on average.`,
      ...reasons.map(({ message }) => `${message}.`),
    ],
    weight: share,
  });
}

/** `5 % of the requests failed, most of them 04_stock_reserve: HTTP 503`. */
export function findFailures(series: readonly SeriesCounts[], evidence: Evidence): Bottleneck | undefined {
  const completed = series.reduce((sum, row) => sum + row.completed, 0);
  const failures = series.reduce((sum, row) => sum + row.failures, 0);
  const { share, count } = LIMITS.failures;
  if (failures < count || failures / completed < share) return undefined;
  const reasons = series
    .flatMap((row) => row.errors.map((error) => ({ row, ...error })))
    .sort((a, b) => b.count - a.count);
  const onset = findOnset(evidence.windows, ({ names }) => {
    const rows = [...names.values()];
    const done = rows.reduce((sum, row) => sum + row.completed, 0);
    if (done === 0) return undefined;
    return rows.reduce((sum, row) => sum + row.failures, 0) / done >= share;
  });
  const [first] = reasons;
  const what = first === undefined ? '' : `, most often ${first.row.name}: ${first.error}`;
  return createBottleneck('failures', {
    title: `${showPercent(failures / completed)} of the requests failed${describeOnset(onset)}${what}`,
    evidence: reasons
      .slice(0, 3)
      .map(
        (reason) =>
          `${reason.count.toLocaleString('en-US')} × ${reason.row.method} ${reason.row.name}: ${reason.error}`,
      ),
    weight: failures / completed,
    onset,
  });
}

/** `jobs pile up: 1,240 were waiting at the end`. */
export const findJobQueue: Rule = ({ windows, watched }) => {
  const told = windows.flatMap(({ names }) => {
    const entries = [...names.values()].flatMap((name) => readEntry(name, 'queue') ?? []);
    const numbered = entries.reduce((sum, entry) => sum + entry.numbered, 0);
    return numbered === 0 ? [] : [entries.reduce((sum, entry) => sum + entry.numberSum, 0) / numbered];
  });
  const watchedLengths = watched
    .filter(({ watches }) => watches !== 'process' && watches !== 'host')
    .map(({ points }) => points.map(({ value }) => value));
  return [told, ...watchedLengths].map(judgeQueue).find((found) => found !== undefined);
};

function judgeQueue(lengths: readonly number[]): Bottleneck | undefined {
  const third = Math.floor(lengths.length / 3);
  if (third === 0) return undefined;
  const meanOf = (some: readonly number[]) => some.reduce((sum, value) => sum + value, 0) / some.length;
  const first = meanOf(lengths.slice(0, third));
  const last = meanOf(lengths.slice(-third));
  const { waiting, growth } = LIMITS.jobQueue;
  if (last < waiting || last < first * growth) return undefined;
  return createBottleneck('job-queue', {
    title: `jobs pile up: ${Math.round(lengths.at(-1)!).toLocaleString('en-US')} were waiting at the end`,
    evidence: [`${Math.round(first)} waited in the first third of the run, and ${Math.round(last)} in the last.`],
    weight: 1 - first / last,
  });
}
