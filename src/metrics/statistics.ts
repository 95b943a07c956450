import { type ErrorCounts, noCounts, type SeriesCounts } from './aggregate.js';
import { percentilesOf } from './histogram.js';
import { sumTimes } from './sum-times.js';
import type { TimeCounts } from './times.js';

/** The percentiles every report shows, as in Locust's files. */
export const REPORTED_PERCENTILES = [50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99, 100] as const;

export type ReportedPercentile = (typeof REPORTED_PERCENTILES)[number];

/** Times in milliseconds; `undefined` where nothing was measured. */
export interface TimeStatistics {
  meanMs: number | undefined;
  minMs: number | undefined;
  maxMs: number | undefined;
  medianMs: number | undefined;
  /** Nearest-rank percentiles, keyed by percent. */
  percentiles: Record<ReportedPercentile, number | undefined>;
}

/**
 * What one request name and method (or all of them) did over a stretch of time. Its times are response times: from the
 * instant a request was meant to start, where the load model has one, otherwise the same as the service times.
 */
export interface SeriesStatistics extends TimeStatistics {
  /** Empty for the row of all requests. */
  method: string;
  name: string;
  begun: number;
  completed: number;
  failures: number;
  interrupted: number;
  /** failures / completed, 0 to 1; 0 when nothing completed. */
  failedShare: number;
  /** From dispatch to the last byte; absent where every request started on time: then it is the response time. */
  service?: TimeStatistics;
  requestsPerSecond: number;
  failuresPerSecond: number;
  meanBytesReceived: number;
  bytesReceived: number;
  bytesSent: number;
  reconnects: number;
  hops: number;
  statuses: Record<string, number>;
  errors: ErrorCounts[];
}

/** How far below a duration the middle of its bucket can be: at most this share of it, or half of the smallest bucket. */
const ROUNDING_SHARE = 0.0005;
const ROUNDING_MS = 0.00005;

/** The name of the row that sums all others. */
export const AGGREGATED = 'Aggregated';

/** Statistics of one row over `durationMs`. */
export function computeStatistics(counts: SeriesCounts, durationMs: number): SeriesStatistics {
  const { completed, failures, service } = counts;
  const perSecond = durationMs > 0 ? 1000 / durationMs : 0;
  return {
    method: counts.method,
    name: counts.name,
    begun: counts.begun,
    completed,
    failures,
    interrupted: counts.interrupted,
    failedShare: completed === 0 ? 0 : failures / completed,
    ...computeTimes(counts, completed),
    ...(service === undefined ? {} : { service: computeTimes(service, completed) }),
    requestsPerSecond: completed * perSecond,
    failuresPerSecond: failures * perSecond,
    meanBytesReceived: completed === 0 ? 0 : counts.bytesReceived / completed,
    bytesReceived: counts.bytesReceived,
    bytesSent: counts.bytesSent,
    reconnects: counts.reconnects,
    hops: counts.hops,
    statuses: counts.statuses,
    errors: counts.errors,
  };
}

/** One row that sums the others: counts add up, and percentiles come from the merged histogram. */
export function sumSeries(all: readonly SeriesCounts[]): SeriesCounts {
  const hasService = all.some(({ service }) => service !== undefined);
  const sum = noCounts('', AGGREGATED);
  for (const part of all) {
    sum.begun += part.begun;
    sum.completed += part.completed;
    sum.failures += part.failures;
    sum.interrupted += part.interrupted;
    sum.bytesReceived += part.bytesReceived;
    sum.bytesSent += part.bytesSent;
    sum.reconnects += part.reconnects;
    sum.hops += part.hops;
    for (const status in part.statuses) {
      sum.statuses[status] = (sum.statuses[status] ?? 0) + part.statuses[status]!;
    }
  }
  return {
    ...sum,
    ...sumTimes(all),
    ...(hasService ? { service: sumTimes(all.map((part) => part.service ?? part)) } : {}),
  };
}

/** Means are of what was measured; percentiles also of what was added for missed starts. */
export function computeTimes(times: TimeCounts, count: number): TimeStatistics {
  const { minMs, maxMs, totalMs, durations } = times;
  const values = percentilesOf(durations, REPORTED_PERCENTILES);
  const entries = REPORTED_PERCENTILES.map((percentile, index) => {
    const value = values[index];
    return [percentile, percentile === 100 ? maxMs : limitToExact(value, minMs, maxMs)];
  });
  const percentiles = Object.fromEntries(entries) as TimeStatistics['percentiles'];
  return { meanMs: count === 0 ? undefined : totalMs / count, minMs, maxMs, medianMs: percentiles[50], percentiles };
}

/** A bucket's middle never leaves the exact least and greatest value; what was added for missed starts may be less. */
function limitToExact(value: number | undefined, minMs: number | undefined, maxMs: number | undefined) {
  if (value === undefined || minMs === undefined || maxMs === undefined) return undefined;
  if (value > maxMs) return maxMs;
  const isOfLeast = minMs - value <= Math.max(ROUNDING_MS, minMs * ROUNDING_SHARE);
  return value < minMs && isOfLeast ? minMs : value;
}

/** Rows in the order reports show them: by name, then by method. */
export function compareSeries(a: { method: string; name: string }, b: { method: string; name: string }): number {
  return compareText(a.name, b.name) || compareText(a.method, b.method);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
