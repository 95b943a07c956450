import { sumDurations } from './bucket-sum.js';
import type { TimeCounts } from './times.js';

/** What all of these measured together, without a histogram of its own for it. */
export function sumTimes(all: readonly TimeCounts[]): TimeCounts {
  let [sumMs, least, greatest] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { totalMs, minMs, maxMs } of all) {
    sumMs += totalMs;
    if (minMs !== undefined && minMs < least) least = minMs;
    if (maxMs !== undefined && maxMs > greatest) greatest = maxMs;
  }
  const extremes = greatest < least ? {} : { minMs: least, maxMs: greatest };
  const durations = all.length === 1 ? all[0]!.durations : sumDurations(all);
  return { totalMs: sumMs, ...extremes, durations };
}
