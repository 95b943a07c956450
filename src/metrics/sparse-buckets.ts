import { type BucketCounts, bucketOf } from './histogram.js';

/**
 * Durations counted in a histogram's buckets, keeping only buckets that hold something: thousands of measures, each with
 * its own distribution, would not fit into memory otherwise.
 */
export class SparseBuckets {
  readonly #counts = new Map<number, number>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Counts one duration in milliseconds; negative ones count as 0. */
  record(durationMs: number): void {
    const bucket = bucketOf(durationMs);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
    this.#count++;
  }

  addCounts(counts: BucketCounts): void {
    for (let at = 0; at + 1 < counts.length; at += 2) {
      this.#counts.set(counts[at]!, (this.#counts.get(counts[at]!) ?? 0) + counts[at + 1]!);
      this.#count += counts[at + 1]!;
    }
  }

  readCounts(): BucketCounts {
    return [...this.#counts].sort(([a], [b]) => a - b).flat();
  }

  reset(): void {
    this.#counts.clear();
    this.#count = 0;
  }
}
