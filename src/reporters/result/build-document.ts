import type { SeriesCounts } from '../../metrics/aggregate.js';
import type { MeasureCounts } from '../../metrics/measure.js';
import { mergeGauge } from '../../metrics/merge-gauge.js';
import { compareSeries, type SeriesStatistics, sumSeries } from '../../metrics/statistics.js';
import type { TrendCounts } from '../../metrics/tally.js';
import { computeTimes } from '../../metrics/time-statistics.js';
import type { RunResult, RunStarted } from '../../runtime/protocol.js';
import type { MonitorColumns } from '../history/monitor-columns.js';
import { describeLoads } from './describe-loads.js';
import { describeMonitors } from './describe-monitors.js';
import type { MostUsers } from './most-users.js';
import { RESULT_FORMAT, RESULT_VERSION } from './result-format.js';
import type { ResultDocument, ResultMeasure, ResultRow, ResultTrend } from './result-schema.js';

/** All of a document but what it says of the run over time. */
export type DocumentHead = Omit<ResultDocument, 'timeline'>;

export interface DocumentParts {
  started: RunStarted;
  result: RunResult;
  mostUsers: MostUsers;
  monitors: MonitorColumns;
  /** `--reset-stats`: from when on everything counts. */
  countedFromMs: number;
}

/** The document of a run, from what reporters heard of it. */
export function buildDocument(parts: DocumentParts): DocumentHead {
  const { started, result, mostUsers } = parts;
  const { part } = result;
  const total = describeRow(result.total, sumSeries(part.series));
  return {
    format: RESULT_FORMAT,
    formatVersion: RESULT_VERSION,
    version: started.version,
    ...describeRun(parts),
    machine: started.machine,
    options: started.options,
    thresholds: result.thresholds,
    finding: result.finding,
    bottlenecks: result.bottlenecks,
    verifyFailures: result.verifyFailures,
    generator: result.generator,
    total,
    requests: describeRows(result),
    outside: result.outside,
    loads: describeLoads({ started, result, mostUsers, total }),
    taskRatios: result.taskRatios,
    checks: part.checks.map((check) => ({ ...check, passedShare: check.passes / (check.passes + check.failures) })),
    groups: part.groups.map(describeTrend),
    iterations: describeTrend(part.iterations),
    startLag: describeTrend(part.startLag),
    interruptedIterations: part.interruptedIterations,
    droppedIterations: part.droppedIterations,
    missedStarts: part.missedStarts,
    metrics: part.measures.map((counts) => describeMeasure(counts, result.durationMs - parts.countedFromMs)),
    exceptions: part.exceptions,
    monitors: describeMonitors(result.monitors, parts.monitors),
    warnings: result.warnings,
    lostWorkers: result.lostWorkers,
  };
}

function describeRun({ result }: DocumentParts) {
  const { scenario, host, startedAt, state, exitCode, durationMs, drainMs, seed, workers, usersStarted } = result;
  const stop = result.state === 'stopped' ? result.stop : undefined;
  return { scenario, host, startedAt, state, stop, exitCode, durationMs, drainMs, seed, workers, usersStarted };
}

function describeRows({ requests, part }: RunResult): ResultRow[] {
  const series = [...part.series].sort(compareSeries);
  // Rows and counts of a result are of the same names.
  return requests.map((row, index) => describeRow(row, series[index]!));
}

function describeRow(row: SeriesStatistics, { durations, service, serverTiming = [] }: SeriesCounts): ResultRow {
  const { service: times, serverTiming: entries, ...rest } = row;
  const distributions = new Map(serverTiming.map((counts) => [counts.entry, counts.durations]));
  return {
    ...rest,
    durations,
    ...(times === undefined || service === undefined ? {} : { service: { ...times, durations: service.durations } }),
    ...(entries && {
      serverTiming: entries.map((entry) => ({ ...entry, durations: distributions.get(entry.entry) ?? [] })),
    }),
  };
}

function describeTrend(counts: TrendCounts): ResultTrend {
  const { name, count, durations } = counts;
  return { name, count, ...computeTimes(counts, count), durations };
}

function describeMeasure(counts: MeasureCounts, durationMs: number): ResultMeasure {
  const { key, metric, type, unit, count, sum, minimum, maximum, durations, shares, merge } = counts;
  const base = { key, metric, type, unit, count, sum, minimum, maximum };
  switch (type) {
    case 'counter':
      return { ...base, perSecond: durationMs > 0 ? (sum * 1000) / durationMs : undefined };
    case 'rate':
      return { ...base, value: count === 0 ? undefined : sum / count };
    case 'gauge':
      return { ...base, value: mergeGauge(shares ?? {}, merge ?? 'last') };
    case 'trend': {
      const times = { totalMs: sum, minMs: minimum, maxMs: maximum, durations: durations ?? [] };
      return { ...base, percentiles: computeTimes(times, count).percentiles, durations };
    }
  }
}
