import type { SeriesCounts } from '../metrics/aggregate.js';
import type { MeasureCounts } from '../metrics/measure.js';
import type { SeriesStatistics } from '../metrics/statistics.js';
import type { TrendCounts } from '../metrics/tally.js';
import type {
  ResultDocument,
  ResultLoad,
  ResultMeasure,
  ResultRow,
  ResultTrend,
} from '../reporters/result/result-schema.js';
import type { ExecutorName, Plan, PlannedLoad } from '../runtime/plan.js';
import type { RunResult, RunStarted } from '../runtime/protocol.js';
import type { RunParts } from './describe-run.js';

/** A run as reporters knew it, from the JSON result it left: what the result does not say is as if it never was. */
export function recallRun(document: ResultDocument): RunParts {
  const types = new Map(document.metrics.map(({ key, type }) => [key, type]));
  const { points, countedFromSecond } = document.timeline;
  return {
    started: recallStart(document),
    result: recallResult(document),
    isRunning: false,
    counts: {
      mostUsers: points.reduce((most, { plannedUsers }) => Math.max(most, plannedUsers), 0),
      countedFromMs: countedFromSecond * 1000,
      typeOf: (key) => types.get(key),
    },
    failedReports: document.warnings.filter(({ code }) => code === 'ERR_REPORT_FAILED').length,
  };
}

function recallStart(document: ResultDocument): RunStarted {
  const { startedAt, scenario, host, workers, machine, version } = document;
  return {
    type: 'run-started',
    startedAt,
    scenario,
    host,
    workers,
    plan: recallPlan(document),
    options: document.options as RunStarted['options'],
    machine,
    version,
  };
}

function recallPlan({ loads, seed }: ResultDocument): Plan {
  const names = [...new Set(loads.flatMap(({ kinds }) => kinds.map(({ kind }) => kind)))];
  return {
    revisions: [{ revision: 0, effectiveAtMs: 0, loads: loads.map((load) => recallLoad(load, names)) }],
    // What picked them was not kept.
    kinds: [],
    seed,
    measures: [],
  };
}

function recallLoad(load: ResultLoad, names: readonly string[]): PlannedLoad {
  const { name, executor, model, startAtMs, after, endMs, labels, line, kinds } = load;
  const base = {
    name,
    executor: executor as ExecutorName,
    ...(startAtMs === undefined ? {} : { startAtMs }),
    ...(after === undefined ? {} : { after }),
    ...(endMs === undefined ? {} : { endMs }),
    kinds: kinds.map(({ kind }) => names.indexOf(kind)),
    gracefulStopMs: 0,
    env: {},
    labels,
    line,
  };
  if (model === 'starts') return { ...base, model, preAllocatedUsers: 0, maxUsers: 0 };
  return { ...base, model, falling: 'floor', gracefulRampDownMs: 0 };
}

function recallResult(document: ResultDocument): RunResult {
  const { state, stop, host, finding, verifyFailures, requests, total, outside, metrics, ...rest } = document;
  const { scenario, startedAt, durationMs, drainMs, seed, workers, usersStarted, exitCode } = rest;
  const base = {
    ...{ scenario, host, startedAt, durationMs, drainMs, seed, workers, usersStarted, exitCode },
    requests: requests.map(recallRow),
    total: recallRow(total),
    outside,
    part: {
      series: requests.map(recallSeries),
      exceptions: rest.exceptions,
      checks: rest.checks,
      groups: rest.groups.map(recallTrend),
      iterations: recallTrend(rest.iterations),
      startLag: recallTrend(rest.startLag),
      droppedIterations: rest.droppedIterations,
      interruptedIterations: rest.interruptedIterations ?? 0,
      missedStarts: rest.missedStarts,
      measures: metrics.map(recallMeasure),
    },
    warnings: rest.warnings,
    lostWorkers: rest.lostWorkers,
    thresholds: rest.thresholds,
    generator: rest.generator,
    ...(finding === undefined ? {} : { finding }),
    ...(rest.taskRatios === undefined ? {} : { taskRatios: rest.taskRatios }),
    ...(rest.bottlenecks === undefined ? {} : { bottlenecks: rest.bottlenecks }),
    ...(verifyFailures === undefined ? {} : { verifyFailures }),
  } as Omit<RunResult, 'state'>;
  return { ...base, state, ...(stop === undefined ? {} : { stop }) } as RunResult;
}

/** Without distributions, which are in the part. */
function recallRow({ durations, service, ...row }: ResultRow): SeriesStatistics {
  if (service === undefined) return row as SeriesStatistics;
  const { durations: _, ...times } = service;
  return { ...row, service: times } as SeriesStatistics;
}

function recallSeries({ meanMs, service, ...row }: ResultRow): SeriesCounts {
  const { minMs, maxMs, completed, durations } = row;
  const times = { totalMs: (meanMs ?? 0) * completed, ...extremes(minMs, maxMs), durations };
  const { method, name, begun, failures, interrupted, bytesReceived, bytesSent, reconnects, hops } = row;
  const counts = { method, name, begun, completed, failures, interrupted, bytesReceived, bytesSent, reconnects, hops };
  return { ...counts, ...times, statuses: row.statuses, errors: row.errors };
}

function recallTrend({ name, count, meanMs, minMs, maxMs, durations }: ResultTrend): TrendCounts {
  return { name, count, totalMs: (meanMs ?? 0) * count, ...extremes(minMs, maxMs), durations };
}

function recallMeasure({ key, metric, type, unit, count, sum, value, ...more }: ResultMeasure): MeasureCounts {
  const { minimum, maximum, durations } = more;
  return {
    ...{ key, metric, type, count, sum },
    ...(unit === undefined ? {} : { unit }),
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
    ...(durations === undefined ? {} : { durations }),
    // Merged already: one value stands for those of all workers.
    ...(type === 'gauge' && value !== undefined ? { shares: { 0: { value, atMs: 0 } } } : {}),
  };
}

function extremes(minMs: number | undefined, maxMs: number | undefined): { minMs?: number; maxMs?: number } {
  return { ...(minMs === undefined ? {} : { minMs }), ...(maxMs === undefined ? {} : { maxMs }) };
}
