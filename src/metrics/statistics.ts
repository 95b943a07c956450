import { type ErrorCounts, noCounts, type SeriesCounts } from './aggregate.js';
import { type BucketCounts, Histogram, percentilesOf } from './histogram.js';

/** The percentiles every report shows, as in Locust's files. */
export const REPORTED_PERCENTILES = [50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99, 100] as const;

export type ReportedPercentile = (typeof REPORTED_PERCENTILES)[number];

/**
 * What one request name and method (or all of them) did over a stretch of time. Times are milliseconds of service
 * time; `undefined` where nothing was measured.
 */
export interface SeriesStatistics {
  /** Empty for the row of all requests. */
  method: string;
  name: string;
  begun: number;
  completed: number;
  failures: number;
  interrupted: number;
  /** failures / completed, 0 to 1; 0 when nothing completed. */
  failedShare: number;
  meanMs: number | undefined;
  minMs: number | undefined;
  maxMs: number | undefined;
  medianMs: number | undefined;
  /** Nearest-rank percentiles, keyed by percent. */
  percentiles: Record<ReportedPercentile, number | undefined>;
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

/** The name of the row that sums all others. */
export const AGGREGATED = 'Aggregated';

/** Statistics of one row over `durationMs`. */
export function computeStatistics(counts: SeriesCounts, durationMs: number): SeriesStatistics {
  const { completed, failures, minMs, maxMs } = counts;
  const perSecond = durationMs > 0 ? 1000 / durationMs : 0;
  const percentiles = computePercentiles(counts.durations, minMs, maxMs);
  return {
    method: counts.method,
    name: counts.name,
    begun: counts.begun,
    completed,
    failures,
    interrupted: counts.interrupted,
    failedShare: completed === 0 ? 0 : failures / completed,
    meanMs: completed === 0 ? undefined : counts.totalMs / completed,
    minMs,
    maxMs,
    medianMs: percentiles[50],
    percentiles,
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
  const histogram = new Histogram();
  const sum = noCounts('', AGGREGATED);
  for (const part of all) {
    sum.begun += part.begun;
    sum.completed += part.completed;
    sum.failures += part.failures;
    sum.interrupted += part.interrupted;
    sum.totalMs += part.totalMs;
    sum.bytesReceived += part.bytesReceived;
    sum.bytesSent += part.bytesSent;
    sum.reconnects += part.reconnects;
    sum.hops += part.hops;
    if (part.minMs !== undefined) sum.minMs = Math.min(sum.minMs ?? part.minMs, part.minMs);
    if (part.maxMs !== undefined) sum.maxMs = Math.max(sum.maxMs ?? part.maxMs, part.maxMs);
    for (const [status, count] of Object.entries(part.statuses)) {
      sum.statuses[status] = (sum.statuses[status] ?? 0) + count;
    }
    histogram.addCounts(part.durations);
  }
  sum.durations = histogram.readCounts();
  return sum;
}

/** Percentiles never leave the exact least and greatest value; the 100th is the greatest. */
function computePercentiles(
  durations: BucketCounts,
  minMs: number | undefined,
  maxMs: number | undefined,
): Record<ReportedPercentile, number | undefined> {
  const values = percentilesOf(durations, REPORTED_PERCENTILES);
  const entries = REPORTED_PERCENTILES.map((percentile, index) => {
    const value = values[index];
    if (value === undefined || minMs === undefined || maxMs === undefined) return [percentile, undefined];
    return [percentile, percentile === 100 ? maxMs : Math.min(Math.max(value, minMs), maxMs)];
  });
  return Object.fromEntries(entries) as Record<ReportedPercentile, number | undefined>;
}

/** Rows in the order reports show them: by name, then by method. */
export function compareSeries(a: { method: string; name: string }, b: { method: string; name: string }): number {
  return compareText(a.name, b.name) || compareText(a.method, b.method);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
