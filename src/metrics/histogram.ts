import { createRequire } from 'node:module';
import type Int32HistogramModule from 'hdr-histogram-js/dist/Int32Histogram.js';

// One class of a CommonJS package: loaders disagree on what its `default` is, `require` does not.
const { default: HdrHistogram } = createRequire(import.meta.url)(
  'hdr-histogram-js/dist/Int32Histogram.js',
) as typeof Int32HistogramModule;

type HdrHistogram = InstanceType<typeof HdrHistogram>;

/**
 * Durations counted in buckets, as plain data: `[index, count, index, count, …]`, indexes rising. Two of them are
 * merged by adding counts; nothing is lost by sending, storing or adding them.
 */
export type BucketCounts = number[];

/** Buckets count tenths of a microsecond, so that rounding stays under 0.1 % from 50 µs upwards. */
const UNITS_PER_MS = 10_000;
const SIGNIFICANT_DIGITS = 3;
const INITIAL_HIGHEST = 10_000 * UNITS_PER_MS;
/** What is longer than a day is counted as a day. */
const HIGHEST = 24 * 3600 * 1000 * UNITS_PER_MS;

/** Knows only where buckets begin and end: one for everybody. */
const layout = createHdr();

/** The bucket of what is longest. */
export const LAST_BUCKET = layout.countsArrayIndex(HIGHEST);

/** Half of the buckets of a power of two, as a power of two. */
const HALF_BITS = layout.subBucketHalfCountMagnitude;
const LARGEST_INT = 2 ** 31 - 1;

/** Few durations are longer than `INITIAL_HIGHEST`. */
const INITIAL_BUCKETS = layout.countsArrayLength;

/**
 * A histogram of durations with three significant digits, after Gil Tene's HdrHistogram. Percentiles are nearest-rank:
 * the smallest recorded duration that at least the given share of all durations does not exceed.
 */
export class Histogram {
  #buckets = new Uint32Array(INITIAL_BUCKETS);
  #count = 0;
  #lowIndex = Number.POSITIVE_INFINITY;
  #highIndex = -1;

  get count(): number {
    return this.#count;
  }

  /** Counts one duration in milliseconds. Negative values count as 0; `NaN` is a mistake and throws. */
  record(durationMs: number): void {
    this.#add(bucketOf(durationMs), 1);
  }

  /** Adds what another histogram counted. */
  addCounts(counts: ArrayLike<number>): void {
    const size = this.#buckets.length;
    for (let at = 0; at + 1 < counts.length; at += 2) {
      if (counts[at]! < size) continue;
      this.#grow();
      break;
    }
    const buckets = this.#buckets;
    let [low, high, added] = [this.#lowIndex, this.#highIndex, 0];
    for (let at = 0; at + 1 < counts.length; at += 2) {
      const index = counts[at]!;
      buckets[index]! += counts[at + 1]!;
      added += counts[at + 1]!;
      if (index < low) low = index;
      if (index > high) high = index;
    }
    this.#count += added;
    this.#lowIndex = low;
    this.#highIndex = high;
  }

  /** Everything counted so far. */
  readCounts(): BucketCounts {
    const counts: BucketCounts = [];
    const buckets = this.#buckets;
    for (let index = this.#lowIndex; index <= this.#highIndex; index++) {
      const count = buckets[index]!;
      if (count > 0) counts.push(index, count);
    }
    return counts;
  }

  reset(): void {
    if (this.#highIndex >= 0) this.#buckets.fill(0, this.#lowIndex, this.#highIndex + 1);
    this.#count = 0;
    this.#lowIndex = Number.POSITIVE_INFINITY;
    this.#highIndex = -1;
  }

  /**
   * The durations, in milliseconds, at the given percentiles (0-100, rising). An empty histogram gives `undefined`s.
   */
  percentiles(wanted: readonly number[]): (number | undefined)[] {
    return percentilesOf(this.readCounts(), wanted);
  }

  #add(index: number, count: number): void {
    if (index >= this.#buckets.length) this.#grow();
    this.#buckets[index]! += count;
    this.#count += count;
    if (index < this.#lowIndex) this.#lowIndex = index;
    if (index > this.#highIndex) this.#highIndex = index;
  }

  #grow(): void {
    const buckets = new Uint32Array(LAST_BUCKET + 1);
    buckets.set(this.#buckets);
    this.#buckets = buckets;
  }
}

/** Where a duration in milliseconds is counted. Negative values count as 0; `NaN` is a mistake and throws. */
export function bucketOf(durationMs: number): number {
  if (Number.isNaN(durationMs)) throw new RangeError('A duration must be a number, not NaN.');
  const units = durationMs > 0 ? Math.min(Math.round(durationMs * UNITS_PER_MS), HIGHEST) : 0;
  return indexOf(units);
}

/** What `layout.countsArrayIndex` gives, in whole numbers where they are small enough: asked for each request. */
function indexOf(units: number): number {
  if (units > LARGEST_INT) return layout.countsArrayIndex(units);
  const shift = Math.max(0, 31 - Math.clz32(units) - HALF_BITS);
  return (shift << HALF_BITS) + (units >> shift);
}

/** Of each bucket that somebody has asked for; 0 of the others. Reports ask millions of times, workers never. */
let midpoints: Float64Array | undefined;

/** The middle of a bucket, in ms, is at most 0.05 % from anything in it. */
export function midpointOf(index: number): number {
  midpoints ??= new Float64Array(LAST_BUCKET + 1);
  const known = midpoints[index]!;
  if (known > 0) return known;
  const lowest = layout.valueFromIndex(index);
  const midpoint = (lowest + layout.highestEquivalentValue(lowest)) / 2 / UNITS_PER_MS;
  midpoints[index] = midpoint;
  return midpoint;
}

/** Nearest rank: ⌈p × n / 100⌉. Dividing last keeps 99.9 % of 1,000 at 999 and not, by a rounding error, at 1,000. */
export function rankOf(percentile: number, count: number): number {
  const exact = (percentile * count) / 100;
  const nearest = Math.round(exact);
  return Math.abs(exact - nearest) < 1e-9 * count ? nearest : Math.ceil(exact);
}

function createHdr(): HdrHistogram {
  return new HdrHistogram(1, INITIAL_HIGHEST, SIGNIFICANT_DIGITS);
}

/**
 * Percentiles of a distribution in ms, nearest-rank, within 0.05 % of the exact ones; `undefined`s where nothing was
 * counted.
 *
 * @param counts pairs of bucket and count, the buckets rising
 * @param wanted 0 to 100, rising
 * @example
 * ```ts
 * import { percentilesOf } from 'loadwright/node';
 * const [median, high] = percentilesOf([4007, 98, 4012, 2], [50, 99]);
 * console.log(median, high);
 * ```
 */
export function percentilesOf(counts: BucketCounts, wanted: readonly number[]): (number | undefined)[] {
  let total = 0;
  for (let at = 1; at < counts.length; at += 2) total += counts[at]!;
  let seen = 0;
  let at = -2;
  return wanted.map((percentile) => {
    const rank = Math.max(1, rankOf(percentile, total));
    while (seen < rank && at + 3 < counts.length) {
      at += 2;
      seen += counts[at + 1]!;
    }
    return total === 0 ? undefined : midpointOf(counts[at]!);
  });
}

/** The mean of counts that were sent or stored, in ms; good to 0.05 %, as buckets are. 0 where nothing was counted. */
export function meanOf(counts: BucketCounts): number {
  let sum = 0;
  let total = 0;
  for (let at = 0; at + 1 < counts.length; at += 2) {
    sum += midpointOf(counts[at]!) * counts[at + 1]!;
    total += counts[at + 1]!;
  }
  return total === 0 ? 0 : sum / total;
}
