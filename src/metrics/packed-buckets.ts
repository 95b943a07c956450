import type { BucketCounts } from './histogram.js';

/** Counts of a distribution in few bytes; nothing is lost by it. */
export type PackedBuckets = Uint8Array;

/** A byte holds seven bits, and whether more of the number follow. */
const BASE = 128;
/** So many bytes hold any whole number. */
const MOST_BYTES = 8;

/** Where distributions are packed, one after another, until they are taken. */
export class PackedWriter {
  #bytes = new Uint8Array(65_536);
  #size = 0;
  #lastIndex = 0;

  get size(): number {
    return this.#size;
  }

  /** The next bucket is the first of a distribution. */
  begin(): void {
    this.#lastIndex = 0;
  }

  /** How far it is from the one before, and its count, both in as few bytes as they need. */
  addBucket(index: number, count: number): void {
    if (this.#size + 2 * MOST_BYTES > this.#bytes.length) this.#grow();
    this.#add(index - this.#lastIndex);
    this.#add(count);
    this.#lastIndex = index;
  }

  /** What was packed since the last time. */
  take(): PackedBuckets {
    const packed = this.#bytes.slice(0, this.#size);
    this.#size = 0;
    return packed;
  }

  #add(value: number): void {
    const bytes = this.#bytes;
    let rest = value;
    for (; rest >= BASE; rest = Math.floor(rest / BASE)) bytes[this.#size++] = (rest % BASE) + BASE;
    bytes[this.#size++] = rest;
  }

  #grow(): void {
    const bytes = new Uint8Array(2 * this.#bytes.length);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }
}

/** One for everybody: it is emptied after each use. */
const writer = new PackedWriter();

/** Two or three bytes a bucket, where an array takes sixteen. */
export function packBuckets(counts: BucketCounts): PackedBuckets {
  writer.begin();
  for (let at = 0; at + 1 < counts.length; at += 2) writer.addBucket(counts[at]!, counts[at + 1]!);
  return writer.take();
}

export function unpackBuckets(packed: PackedBuckets): BucketCounts {
  const counts: BucketCounts = [];
  readPacked(packed, { add: (index, count) => counts.push(index, count) });
  return counts;
}

/** Tells every bucket, the buckets rising; of several distributions behind each other, the one from `from` to `to`. */
export function readPacked(
  packed: PackedBuckets,
  listener: { add(index: number, count: number): void },
  { from = 0, to = packed.length }: { from?: number; to?: number } = {},
): void {
  let index = 0;
  cursor = from;
  while (cursor < to) {
    index += readNumber(packed);
    listener.add(index, readNumber(packed));
  }
}

let cursor = 0;

function readNumber(packed: PackedBuckets): number {
  let byte = packed[cursor++]!;
  if (byte < BASE) return byte;
  let value = 0;
  let factor = 1;
  for (; byte >= BASE; factor *= BASE) {
    value += (byte - BASE) * factor;
    byte = packed[cursor++]!;
  }
  return value + byte * factor;
}
