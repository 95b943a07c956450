import type { BucketCounts } from './histogram.js';

/** Counts of a distribution in few bytes; nothing is lost by it. */
export type PackedBuckets = Uint8Array;

const NOTHING: PackedBuckets = new Uint8Array(0);
/** A byte holds seven bits, and whether more of the number follow. */
const BASE = 128;
/** So many bytes hold any whole number. */
const MOST_BYTES = 8;

let scratch = new Uint8Array(1024);

/**
 * For each bucket how far it is from the one before, and its count, both in as few bytes as they need: two or three
 * bytes a bucket, where an array takes sixteen.
 */
export function packBuckets(counts: BucketCounts): PackedBuckets {
  if (counts.length === 0) return NOTHING;
  if (scratch.length < counts.length * MOST_BYTES) scratch = new Uint8Array(counts.length * MOST_BYTES);
  let size = 0;
  let last = 0;
  for (let at = 0; at + 1 < counts.length; at += 2) {
    size = write(counts[at]! - last, size);
    size = write(counts[at + 1]!, size);
    last = counts[at]!;
  }
  return scratch.slice(0, size);
}

export function unpackBuckets(packed: PackedBuckets): BucketCounts {
  const counts: BucketCounts = [];
  let last = 0;
  for (let at = 0; at < packed.length; ) {
    let value = 0;
    let factor = 1;
    for (; packed[at]! >= BASE; at++, factor *= BASE) value += (packed[at]! - BASE) * factor;
    value += packed[at]! * factor;
    at++;
    // Numbers come in turn: an index, then its count.
    if (counts.length % 2 === 0) {
      last += value;
      value = last;
    }
    counts.push(value);
  }
  return counts;
}

function write(value: number, at: number): number {
  let rest = value;
  let size = at;
  for (; rest >= BASE; rest = Math.floor(rest / BASE)) scratch[size++] = (rest % BASE) + BASE;
  scratch[size++] = rest;
  return size;
}
