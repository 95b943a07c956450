import { percentilesOf } from './histogram.js';
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

/** How far below a duration the middle of its bucket can be: at most this share of it, or half of the smallest bucket. */
const ROUNDING_SHARE = 0.0005;
const ROUNDING_MS = 0.00005;

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
