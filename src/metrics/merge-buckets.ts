import { BucketSum } from './bucket-sum.js';
import type { BucketCounts } from './histogram.js';

/** One for everybody: it is emptied after each use. */
const scratch = new BucketSum();

/**
 * One distribution that holds what several did: of names, loads, workers or runs.
 *
 * @param parts each as pairs of bucket and count, the buckets rising
 * @example
 * ```ts
 * import { mergeBuckets } from 'loadwright/node';
 * console.log(mergeBuckets([[4007, 2, 4012, 1], [4012, 3]])); // [4007, 2, 4012, 4]
 * ```
 */
export function mergeBuckets(parts: readonly ArrayLike<number>[]): BucketCounts {
  if (parts.length === 2) return mergeTwo(parts[0]!, parts[1]!);
  for (const part of parts) scratch.addCounts(part);
  return scratch.take();
}

/**
 * The same counts in buckets so many times as wide, each known by the one in its middle.
 *
 * @param width a power of two, up to 1024: buckets are evenly wide between multiples of that
 */
export function widenBuckets(counts: ArrayLike<number>, width: number): BucketCounts {
  const widened: BucketCounts = [];
  for (let at = 0; at + 1 < counts.length; at += 2) {
    const index = counts[at]! - (counts[at]! % width) + width / 2;
    if (index === widened.at(-2)) widened[widened.length - 1]! += counts[at + 1]!;
    else widened.push(index, counts[at + 1]!);
  }
  return widened;
}

/** Both are sorted already. */
function mergeTwo(one: ArrayLike<number>, other: ArrayLike<number>): BucketCounts {
  const merged: BucketCounts = [];
  let at = 0;
  let otherAt = 0;
  while (at < one.length && otherAt < other.length) {
    const index = one[at]!;
    const otherIndex = other[otherAt]!;
    if (index === otherIndex) {
      merged.push(index, one[at + 1]! + other[otherAt + 1]!);
      at += 2;
      otherAt += 2;
    } else if (index < otherIndex) {
      merged.push(index, one[at + 1]!);
      at += 2;
    } else {
      merged.push(otherIndex, other[otherAt + 1]!);
      otherAt += 2;
    }
  }
  for (; at < one.length; at += 2) merged.push(one[at]!, one[at + 1]!);
  for (; otherAt < other.length; otherAt += 2) merged.push(other[otherAt]!, other[otherAt + 1]!);
  return merged;
}
