import { type BucketCounts, midpointOf, rankOf } from '../histogram.js';

/** Half of the smallest bucket: a time of 0 ms has no logarithm. */
const LEAST_MS = 0.00005;

/** Times of requests, to be asked for any percentile. */
export class Distribution {
  readonly count: number;
  readonly #buckets: readonly number[];
  /** How many are in a bucket or before it. */
  readonly #counts: readonly number[];

  constructor(counts: BucketCounts) {
    this.#buckets = counts.filter((_, at) => at % 2 === 0);
    let sum = 0;
    this.#counts = counts.filter((_, at) => at % 2 === 1).map((count) => (sum += count));
    this.count = sum;
  }

  /** The bucket of the nearest rank; `share` is over 0 and up to 1. */
  bucketAt(share: number): number {
    const rank = Math.max(1, rankOf(share * 100, this.count));
    let [low, high] = [0, this.#counts.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#counts[middle]! < rank) low = middle + 1;
      else high = middle;
    }
    return this.#buckets[low]!;
  }

  /** In ms; beyond the shares that there are, 0 or infinite: nothing is known there. */
  timeAt(share: number): number {
    if (share <= 0) return 0;
    return share > 1 ? Number.POSITIVE_INFINITY : Math.max(LEAST_MS, midpointOf(this.bucketAt(share)));
  }

  /** Mean square of the distance from `meanMs`. */
  varianceAround(meanMs: number): number {
    let sum = 0;
    for (const [at, bucket] of this.#buckets.entries()) {
      sum += (this.#counts[at]! - (this.#counts[at - 1] ?? 0)) * (midpointOf(bucket) - meanMs) ** 2;
    }
    return sum / this.count;
  }
}
