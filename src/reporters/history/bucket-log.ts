import type { BucketSum } from '../../metrics/bucket-sum.js';

const FIRST_LENGTH = 65_536;
/** Numbers before the buckets of an entry: where the entry before of the same name is, and how many numbers follow. */
const HEAD = 2;
const NONE = -1;

/** Distributions by the index of their name, as they come: one array of numbers, which is used over and over. */
export class BucketLog {
  #numbers = new Int32Array(FIRST_LENGTH);
  #length = 0;
  /** Of each name, where its latest entry begins. */
  #latest = new Int32Array(0);

  /** Numbers it holds. */
  get length(): number {
    return this.#length;
  }

  add(name: number, buckets: ArrayLike<number>): void {
    const end = this.#length + HEAD + buckets.length;
    if (end > this.#numbers.length) this.#numbers = grow(this.#numbers, new Int32Array(2 * end));
    if (name >= this.#latest.length) this.#latest = grow(this.#latest, new Int32Array(2 * name + HEAD).fill(NONE));
    const numbers = this.#numbers;
    let at = this.#length;
    numbers[at] = this.#latest[name]!;
    this.#latest[name] = at++;
    numbers[at++] = buckets.length;
    for (let bucket = 0; bucket < buckets.length; bucket++) numbers[at++] = buckets[bucket]!;
    this.#length = at;
  }

  addTo(sum: BucketSum, name: number): void {
    const numbers = this.#numbers;
    for (let entry = this.#latest[name] ?? NONE; entry !== NONE; entry = numbers[entry]!) {
      const end = entry + HEAD + numbers[entry + 1]!;
      for (let at = entry + HEAD; at < end; at += 2) sum.add(numbers[at]!, numbers[at + 1]!);
    }
  }

  clear(): void {
    this.#latest.fill(NONE);
    this.#length = 0;
  }
}

function grow(from: Int32Array<ArrayBuffer>, to: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  to.set(from);
  return to;
}
