import { type BucketCounts, LAST_BUCKET } from './histogram.js';
import { type PackedBuckets, type PackedWriter, readPacked } from './packed-buckets.js';

/**
 * Adds up distributions, again and again in the same memory. With a `shift` it does so in buckets 2^shift times as wide;
 * these are numbered on their own.
 */
export class BucketSum {
  readonly #counts = new Float64Array(LAST_BUCKET + 1);
  /** A bit for each bucket that holds something: most of them are empty. */
  readonly #used = new Int32Array((LAST_BUCKET >> 5) + 1);
  #low = LAST_BUCKET;
  #high = -1;
  #shift = 0;

  /** Whatever is added from here on has buckets that many times finer. */
  set shift(shift: number) {
    this.#shift = shift;
  }

  add(index: number, count: number): void {
    const at = index >> this.#shift;
    this.#counts[at]! += count;
    this.#used[at >> 5]! |= 1 << (at & 31);
    if (at < this.#low) this.#low = at;
    if (at > this.#high) this.#high = at;
  }

  addCounts(counts: ArrayLike<number>): void {
    for (let at = 0; at + 1 < counts.length; at += 2) this.add(counts[at]!, counts[at + 1]!);
  }

  addPacked(packed: PackedBuckets, part?: { from: number; to: number }): void {
    readPacked(packed, this, part);
  }

  /** Gives the sum to `writer`, and is empty again. */
  takePacked(writer: PackedWriter): void {
    writer.begin();
    this.#take(writer);
  }

  /** The sum, and is empty again. */
  take(): BucketCounts {
    const counts: BucketCounts = [];
    this.#take({ addBucket: (index, count) => counts.push(index, count) });
    return counts;
  }

  #take(into: { addBucket(index: number, count: number): void }): void {
    const counts = this.#counts;
    const used = this.#used;
    for (let word = this.#low >> 5; word <= this.#high >> 5; word++) {
      for (let bits = used[word]!; bits !== 0; bits &= bits - 1) {
        const index = (word << 5) + 31 - Math.clz32(bits & -bits);
        into.addBucket(index, counts[index]!);
        counts[index] = 0;
      }
      used[word] = 0;
    }
    this.#low = LAST_BUCKET;
    this.#high = -1;
  }
}

/** One for everybody: it is emptied after each use. */
const scratch = new BucketSum();

let latest: { all: readonly { durations: BucketCounts }[]; sum: BucketCounts } | undefined;

/** The distribution of all of these together, worked out once however many reporters ask one after another. */
export function sumDurations(all: readonly { durations: BucketCounts }[]): BucketCounts {
  if (latest?.all === all) return latest.sum;
  for (const { durations } of all) scratch.addCounts(durations);
  latest = { all, sum: scratch.take() };
  return latest.sum;
}
