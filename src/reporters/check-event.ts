import { type BucketCounts, LAST_BUCKET } from '../metrics/histogram.js';
import type { RunEvent } from '../runtime/protocol.js';

type Plain = Readonly<Record<string, unknown>>;

const SERIES_NUMBERS = [
  'begun',
  'completed',
  'failures',
  'interrupted',
  'totalMs',
  'bytesReceived',
  'bytesSent',
  'reconnects',
  'hops',
];
const TIMING_NUMBERS = ['count', 'timed', 'serviceMs', 'totalMs', 'numbered', 'numberSum', 'full'];
const PART_LISTS = ['series', 'exceptions', 'checks', 'groups', 'measures'];

/** What an event must hold besides its type for everything that adds it up or draws it; read from a file, it may not. */
const REQUIRED: Record<RunEvent['type'], (event: Plain) => boolean> = {
  'run-started': ({ startedAt, scenario, version, plan, options, machine }) =>
    isText(startedAt) &&
    !Number.isNaN(Date.parse(startedAt)) &&
    isText(scenario) &&
    isText(version) &&
    isObject(plan) &&
    isListOf(plan.kinds, isPlannedKind) &&
    isListOf(plan.revisions, ({ loads }) => isListOf(loads, ({ line }) => isListOf(line, isObject))) &&
    isListOf(plan.measures, ({ key }) => isText(key)) &&
    isObject(options) &&
    isObject(machine),
  'interval-closed': ({ interval, part, gauges, generator, plannedUsers, thresholds, missingShares }) =>
    isCount(interval) &&
    isPart(part) &&
    isGauges(gauges) &&
    isGenerator(generator) &&
    isNumber(plannedUsers) &&
    isListOf(thresholds, ({ key, expression }) => isText(key) && isText(expression)) &&
    Array.isArray(missingShares),
  'interval-amended': ({ interval, part }) => isCount(interval) && isPart(part),
  'monitors-sampled': ({ interval, samples, failures }) =>
    Number.isInteger(interval) &&
    Number(interval) >= -1 &&
    isListOf(samples, isMonitorSample) &&
    isListOf(failures, ({ monitor, kind, message }) => isText(monitor) && isText(kind) && isText(message)),
  'statistics-reset': ({ firstInterval }) => isCount(firstInterval),
  'worker-silent': ({ share, seconds }) => isCount(share) && isNumber(seconds),
  'worker-lost': ({ share, reason }) => isCount(share) && isText(reason),
  log: ({ record }) => isObject(record) && isText(record.level) && isText(record.message) && isText(record.source),
  warning: ({ code, message }) => isText(code) && isText(message),
  'run-stopping': ({ atMs, cause }) => isNumber(atMs) && isObject(cause) && isText(cause.by),
  'run-finished': ({ result }) =>
    isObject(result) &&
    isPart(result.part) &&
    isListOf(result.requests, isRow) &&
    isObject(result.total) &&
    isRow(result.total) &&
    isNumber(result.durationMs) &&
    isListOf(result.thresholds, ({ key, expression }) => isText(key) && isText(expression)) &&
    isListOf(result.outside, isRow) &&
    isListOf(result.taskRatios ?? [], isKindRatio) &&
    isGenerator(result.generator) &&
    Array.isArray(result.warnings) &&
    Array.isArray(result.lostWorkers),
};

/** Whether a value is an event of a run, as far as adding up and drawing need to rely on it. */
export function isRunEvent(value: unknown): value is RunEvent {
  if (!isObject(value) || !isText(value.type) || !Object.hasOwn(REQUIRED, value.type)) return false;
  return REQUIRED[value.type as RunEvent['type']](value);
}

function isPlannedKind({ name, weight, taskTree }: Plain): boolean {
  return taskTree === undefined || (isText(name) && isNumber(weight) && isObject(taskTree) && isPlannedTask(taskTree));
}

function isPlannedTask({ name, type, share, tasks = [] }: Plain): boolean {
  return isText(name) && isText(type) && isNumber(share) && isListOf(tasks, isPlannedTask);
}

function isMonitorSample({ monitor, kind, values, units }: Plain): boolean {
  return isText(monitor) && isText(kind) && isCounts(values) && isObject(units) && Object.values(units).every(isText);
}

function isPart(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { series, groups, iterations, startLag, measures } = value;
  return (
    PART_LISTS.every((name) => isListOf(value[name], isObject)) &&
    isListOf(series, isSeries) &&
    isListOf(groups, isTrend) &&
    isListOf(measures, isMeasure) &&
    isTrend(iterations) &&
    isTrend(startLag) &&
    isNumber(value.droppedIterations) &&
    isNumber(value.missedStarts) &&
    isNumber(value.interruptedIterations ?? 0) &&
    isListOf(value.kinds ?? [], isKindCounts)
  );
}

function isKindCounts({ kind, userMs, rounds, tasks }: Plain): boolean {
  return (
    isText(kind) &&
    [userMs, rounds].every(isNumber) &&
    isListOf(tasks, ({ task, started }) => isText(task) && isNumber(started))
  );
}

function isSeries(series: Plain): boolean {
  const { method, name, durations, statuses, errors, service, serverTiming = [], slowest = [] } = series;
  return (
    isText(method) &&
    isText(name) &&
    SERIES_NUMBERS.every((key) => isNumber(series[key])) &&
    isBuckets(durations) &&
    isCounts(statuses) &&
    isListOf(errors, ({ error, count }) => isText(error) && isNumber(count)) &&
    (service === undefined || (isObject(service) && isNumber(service.totalMs) && isBuckets(service.durations))) &&
    isListOf(serverTiming, isServerTiming) &&
    isListOf(slowest, isSlowRequest)
  );
}

function isServerTiming(counts: Plain): boolean {
  const { entry, durations, descriptions } = counts;
  return (
    isText(entry) &&
    TIMING_NUMBERS.every((key) => isNumber(counts[key])) &&
    isBuckets(durations) &&
    isListOf(descriptions, ({ description, count }) => isText(description) && isNumber(count))
  );
}

function isSlowRequest({ traceId, serviceMs, status, finishedAtMs }: Plain): boolean {
  return isText(traceId) && [serviceMs, status, finishedAtMs].every(isNumber);
}

function isTrend(value: unknown): boolean {
  return isObject(value) && isText(value.name) && isNumber(value.count) && isBuckets(value.durations);
}

function isMeasure({ key, metric, count, sum, durations, shares }: Plain): boolean {
  return (
    isText(key) &&
    isText(metric) &&
    isNumber(count) &&
    isNumber(sum) &&
    (durations === undefined || isBuckets(durations)) &&
    (shares === undefined || isObject(shares))
  );
}

function isRow({ method, name, completed, failures, percentiles, statuses, errors }: Plain): boolean {
  return (
    isText(method) &&
    isText(name) &&
    isNumber(completed) &&
    isNumber(failures) &&
    isObject(percentiles) &&
    isCounts(statuses) &&
    Array.isArray(errors)
  );
}

function isKindRatio({ kind, started, tasks }: Plain): boolean {
  const isRatio = ({ task, type, ...figures }: Plain) =>
    isText(task) && isText(type) && [figures.started, figures.outOf, figures.wantedShare].every(isNumber);
  return isText(kind) && isNumber(started) && isListOf(tasks, isRatio);
}

function isGauges(value: unknown): boolean {
  if (!isObject(value) || !isCounts(value.users) || !isObject(value.usersByLoad)) return false;
  return ['usersStarted', 'inFlight', 'oldestInFlightMs', 'eventLoopUtilisation'].every((key) => isNumber(value[key]));
}

function isGenerator(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { verdict, reasons, machine, addedLatency, garbage, connections, workers } = value;
  return (
    isText(verdict) &&
    isListOf(reasons, ({ sign, message }) => isText(sign) && isText(message)) &&
    isNumber(value.utilisation) &&
    isCounts(machine) &&
    [addedLatency, garbage, connections].every(isCounts) &&
    Array.isArray(workers)
  );
}

/** An index that no histogram has would make one of any size. */
function isBuckets(value: unknown): value is BucketCounts {
  if (!Array.isArray(value) || value.length % 2 !== 0) return false;
  for (let at = 0; at < value.length; at += 2) {
    const index: unknown = value[at];
    if (typeof index !== 'number' || !(index >= 0 && index <= LAST_BUCKET) || !Number.isInteger(index)) return false;
    if (typeof value[at + 1] !== 'number') return false;
  }
  return true;
}

function isCounts(value: unknown): boolean {
  if (!isObject(value)) return false;
  for (const key in value) if (typeof value[key] !== 'number') return false;
  return true;
}

function isListOf(value: unknown, isItem: (item: Plain) => boolean): boolean {
  return Array.isArray(value) && value.every((item: unknown) => isObject(item) && isItem(item));
}

function isObject(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0;
}
