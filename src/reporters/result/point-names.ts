import type { SeriesCounts } from '../../metrics/aggregate.js';
import type { BucketCounts } from '../../metrics/histogram.js';
import { mergeBuckets } from '../../metrics/merge-buckets.js';
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
  #mostLength = 0;
  #mostEntries = 0;

  /** With room for as much as `previous` ever held. */
  constructor(previous?: PointNames) {
    this.#numbers = new Int32Array(previous === undefined ? FIRST_LENGTH : previous.#mostLength);
    this.#totals = new Float64Array(previous === undefined ? FIRST_LENGTH / HEAD : previous.#mostEntries);
  }

  /** Numbers it holds. */
  get size(): number {
    return this.#length + this.#entries;
  }

  add(index: number, { completed, failures, totalMs, durations }: SeriesCounts): void {
    this.#append({ index, completed, failures, totalMs, buckets: durations });
  }

  /** Adds what happened in the stretch behind it. */
  append(next: PointNames): void {
    for (const entry of next.#read()) this.#append(entry);
  }

  /** Takes as little room as it can; more may come all the same. */
  pack(): void {
    this.#mostLength = Math.max(this.#mostLength, this.#length);
    this.#mostEntries = Math.max(this.#mostEntries, this.#entries);
    const names = this.#merge();
    const numbers = names.reduce((sum, { buckets }) => sum + HEAD + buckets.length, 0);
    this.#numbers = new Int32Array(numbers);
    this.#totals = new Float64Array(names.length);
    this.#length = 0;
    this.#entries = 0;
    for (const name of names) this.#append(name);
  }

  /** The distribution of all names together. */
  sumBuckets(): BucketCounts {
    return mergeBuckets([...this.#read()].map(({ buckets }) => buckets));
  }

  read(): NameFigures[] {
    return this.#merge().map(({ index, completed, failures, totalMs, buckets }) => {
      return [index, completed, failures, totalMs, Array.from(buckets)];
    });
  }

  /** One entry for each name, in the order of their first. */
  #merge(): Entry[] {
    const names = new Map<number, { entry: Entry; buckets: ArrayLike<number>[] }>();
    for (const entry of this.#read()) {
      const known = names.get(entry.index);
      if (known === undefined) {
        names.set(entry.index, { entry, buckets: [entry.buckets] });
        continue;
      }
      known.entry.completed += entry.completed;
      known.entry.failures += entry.failures;
      known.entry.totalMs += entry.totalMs;
      known.buckets.push(entry.buckets);
    }
    return [...names.values()].map(({ entry, buckets }) => {
      return buckets.length === 1 ? entry : { ...entry, buckets: mergeBuckets(buckets) };
    });
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
