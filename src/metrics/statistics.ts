import { type ErrorCounts, noCounts, type SeriesCounts } from './aggregate.js';
import { computeServerTiming, type ServerTimingStatistics } from './server-timing-statistics.js';
import type { SlowRequest } from './slowest-requests.js';
import { StatusCounts } from './status-counts.js';
import { sumTimes } from './sum-times.js';
import { computeTimes, type TimeStatistics } from './time-statistics.js';

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
  /** What the target said in `Server-Timing`, by entry; absent where it said nothing, and in the row of all requests. */
  serverTiming?: ServerTimingStatistics[];
  /** The slowest of those that were sent with a trace, the slowest first; absent where none were. */
  slowest?: SlowRequest[];
}

/** The name of the row that sums all others. */
export const AGGREGATED = 'Aggregated';

/** Statistics of one row over `durationMs`. */
export function computeStatistics(counts: SeriesCounts, durationMs: number): SeriesStatistics {
  const { completed, failures, service, serverTiming, slowest } = counts;
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
    ...(serverTiming === undefined ? {} : { serverTiming: computeServerTiming(serverTiming, counts) }),
    ...(slowest === undefined ? {} : { slowest }),
  };
}

/** One row that sums the others: counts add up, and percentiles come from the merged histogram. */
export function sumSeries(all: readonly SeriesCounts[]): SeriesCounts {
  const hasService = all.some(({ service }) => service !== undefined);
  const sum = noCounts('', AGGREGATED);
  const statuses = new StatusCounts();
  for (const part of all) {
    sum.begun += part.begun;
    sum.completed += part.completed;
    sum.failures += part.failures;
    sum.interrupted += part.interrupted;
    sum.bytesReceived += part.bytesReceived;
    sum.bytesSent += part.bytesSent;
    sum.reconnects += part.reconnects;
    sum.hops += part.hops;
    statuses.merge(part);
  }
  return {
    ...sum,
    statuses: statuses.read(),
    ...sumTimes(all),
    ...(hasService ? { service: sumTimes(all.map((part) => part.service ?? part)) } : {}),
  };
}

/** Rows in the order reports show them: by name, then by method. */
export function compareSeries(a: { method: string; name: string }, b: { method: string; name: string }): number {
  return compareText(a.name, b.name) || compareText(a.method, b.method);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
