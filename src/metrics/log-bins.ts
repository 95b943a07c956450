import { type BucketCounts, midpointOf } from './histogram.js';

/** Bins that grow with the durations they hold: bin k reaches from `fromMs × r^k` to `fromMs × r^(k+1)`. */
export interface LogBins {
  fromMs: number;
  toMs: number;
  count: number;
}

/** Where everything fell on one duration, bins still need a width. */
const LEAST_RATIO = 1.05;
/** There is no logarithm of nothing. */
const LEAST_MS = 0.0001;

/** So many bins that hold everything in all of these distributions; undefined if there is nothing. */
export function planLogBins(all: Iterable<BucketCounts>, count: number): LogBins | undefined {
  let first = Number.POSITIVE_INFINITY;
  let last = -1;
  for (const counts of all) {
    if (counts.length < 2) continue;
    first = Math.min(first, counts[0]!);
    last = Math.max(last, counts[counts.length - 2]!);
  }
  if (last < 0) return undefined;
  const fromMs = Math.max(LEAST_MS, midpointOf(first));
  return { fromMs, toMs: Math.max(midpointOf(last), fromMs * LEAST_RATIO), count };
}

/** How much of a distribution falls into each bin. A bucket counts as a whole, where its middle is. */
export function countInBins(counts: BucketCounts, { fromMs, toMs, count }: LogBins): number[] {
  const bins = new Array<number>(count).fill(0);
  const scale = count / Math.log(toMs / fromMs);
  for (let at = 0; at + 1 < counts.length; at += 2) {
    const bin = Math.floor(Math.log(midpointOf(counts[at]!) / fromMs) * scale);
    bins[Math.min(count - 1, Math.max(0, bin))]! += counts[at + 1]!;
  }
  return bins;
}
