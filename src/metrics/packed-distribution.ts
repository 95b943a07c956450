import type { BucketCounts } from './histogram.js';
import { mergeBuckets } from './merge-buckets.js';
import { type PackedBuckets, packBuckets, unpackBuckets } from './packed-buckets.js';

/** A distribution among many that are kept: it takes little room once it is packed, and can still be added to. */
export class PackedDistribution {
  #packed: PackedBuckets = packBuckets([]);
  #loose: BucketCounts[] = [];

  /** Keeps the counts as they are: they must not change any more. */
  add(counts: BucketCounts): void {
    if (counts.length > 0) this.#loose.push(counts);
  }

  merge(other: PackedDistribution): void {
    for (const counts of other.#parts()) this.add(counts);
  }

  read(): BucketCounts {
    const parts = this.#parts();
    return parts.length === 1 ? parts[0]! : mergeBuckets(parts);
  }

  pack(): void {
    if (this.#loose.length === 0) return;
    this.#packed = packBuckets(this.read());
    this.#loose = [];
  }

  /** Of what is packed. */
  get bytes(): number {
    return this.#packed.length;
  }

  #parts(): BucketCounts[] {
    return this.#packed.length === 0 ? this.#loose : [unpackBuckets(this.#packed), ...this.#loose];
  }
}
