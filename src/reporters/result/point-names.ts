import type { SeriesCounts } from '../../metrics/aggregate.js';
import type { BucketCounts } from '../../metrics/histogram.js';
import { mergeBuckets, widenBuckets } from '../../metrics/merge-buckets.js';
import type { ResultPoint } from './result-schema.js';

type NameFigures = ResultPoint['names'][number];

/** One entry: what a name did in some part of the stretch. */
interface Entry {
  index: number;
  completed: number;
  failures: number;
  totalMs: number;
  buckets: ArrayLike<number>;
}

/** Numbers before the buckets of an entry: its name's index, completed, failures, and how many numbers its buckets are. */
const HEAD = 4;
const FIRST_LENGTH = 256;
/** Numbers that may come before it is worth packing them. */
const LOOSE_LENGTH = 65_536;

/**
 * What each name did in a stretch of time. An hour of it has to fit into memory, and what is heard each second should
 * die young: so it is copied into two arrays of numbers, an entry being four numbers and its buckets in the one, and its
 * total time in the other. Packed, a name has one entry.
 */
export class PointNames {
  #numbers: Int32Array;
  #totals: Float64Array;
  #length = 0;
  #entries = 0;
  #packedLength = 0;
  #bucketWidth: number;

  constructor(bucketWidth: number) {
    this.#numbers = new Int32Array(FIRST_LENGTH);
    this.#totals = new Float64Array(FIRST_LENGTH / HEAD);
    this.#bucketWidth = bucketWidth;
  }

  /** Numbers it holds. */
  get size(): number {
    return this.#length + this.#entries;
  }

  add(index: number, { completed, failures, totalMs, durations }: SeriesCounts): void {
    this.#append({ index, completed, failures, totalMs, buckets: durations });
    if (this.#length > 2 * this.#packedLength + LOOSE_LENGTH) this.pack();
  }

  /** Takes as little room as it can, with what happened in the stretch behind it; more may come all the same. */
  pack(next?: PointNames): void {
    const names = this.#merge(next);
    const numbers = names.reduce((sum, { buckets }) => sum + HEAD + buckets.length, 0);
    this.#numbers = new Int32Array(numbers);
    this.#totals = new Float64Array(names.length);
    this.#length = 0;
    this.#entries = 0;
    for (const name of names) this.#append(name);
    this.#packedLength = this.#length;
  }

  /** From here on its buckets are so many times as wide. */
  widen(bucketWidth: number): void {
    this.#bucketWidth = bucketWidth;
    this.pack();
  }

  /** The distribution of all names together. */
  sumBuckets(): BucketCounts {
    return mergeBuckets([...this.#read()].map(({ buckets }) => buckets));
  }

  /** One by one: together they are large. Only once packed. */
  *read(): Generator<NameFigures> {
    for (const { index, completed, failures, totalMs, buckets } of this.#read()) {
      yield [index, completed, failures, totalMs, Array.from(buckets)];
    }
  }

  /** One entry for each name, in the order of their first. */
  #merge(next: PointNames | undefined): Entry[] {
    const names = new Map<number, { entry: Entry; buckets: ArrayLike<number>[] }>();
    const add = (entry: Entry) => {
      const known = names.get(entry.index);
      if (known === undefined) {
        names.set(entry.index, { entry, buckets: [entry.buckets] });
        return;
      }
      known.entry.completed += entry.completed;
      known.entry.failures += entry.failures;
      known.entry.totalMs += entry.totalMs;
      known.buckets.push(entry.buckets);
    };
    for (const entry of this.#read()) add(entry);
    if (next !== undefined) for (const entry of next.#read()) add(entry);
    return [...names.values()].map(({ entry, buckets }) => ({ ...entry, buckets: this.#mergeBuckets(buckets) }));
  }

  #mergeBuckets(parts: readonly ArrayLike<number>[]): ArrayLike<number> {
    const merged = parts.length === 1 ? parts[0]! : mergeBuckets(parts);
    return this.#bucketWidth === 1 ? merged : widenBuckets(merged, this.#bucketWidth);
  }

  *#read(): Generator<Entry> {
    const numbers = this.#numbers;
    const end = this.#length;
    for (let at = 0, entry = 0; at < end; entry++) {
      const [index, completed, failures, length] = [numbers[at]!, numbers[at + 1]!, numbers[at + 2]!, numbers[at + 3]!];
      const buckets = numbers.subarray(at + HEAD, at + HEAD + length);
      yield { index, completed, failures, totalMs: this.#totals[entry]!, buckets };
      at += HEAD + length;
    }
  }

  #append({ index, completed, failures, totalMs, buckets }: Entry): void {
    const end = this.#length + HEAD + buckets.length;
    if (end > this.#numbers.length) this.#numbers = grow(this.#numbers, new Int32Array(2 * end));
    if (this.#entries >= this.#totals.length) {
      this.#totals = grow(this.#totals, new Float64Array(2 * this.#entries + FIRST_LENGTH));
    }
    const numbers = this.#numbers;
    let at = this.#length;
    numbers[at++] = index;
    numbers[at++] = completed;
    numbers[at++] = failures;
    numbers[at++] = buckets.length;
    for (let bucket = 0; bucket < buckets.length; bucket++) numbers[at++] = buckets[bucket]!;
    this.#totals[this.#entries++] = totalMs;
    this.#length = at;
  }
}

function grow<Numbers extends Int32Array | Float64Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}
