import { type BucketCounts, Histogram } from './histogram.js';
import { mergeBuckets } from './merge-buckets.js';

/** One task misses no more starts than this: a pace of a million a second is a mistake, and no reason to stand still. */
const MOST_MISSED = 100_000;
/** So many distributions wait to be added up: hundreds of names have a histogram each, too much for a processor's cache. */
const MOST_WAITING = 16;

/** Times as plain data. Least and greatest are absent without any. */
export interface TimeCounts {
  totalMs: number;
  minMs?: number;
  maxMs?: number;
  durations: BucketCounts;
}

/** Times that were measured: sum, least, greatest and distribution, in milliseconds. */
export class Times {
  /** Made when something has to be counted in it: 75 kB. */
  #histogram: Histogram | undefined;
  /** Merged, and not yet counted. */
  #waiting: BucketCounts[] = [];
  #totalMs = 0;
  #minMs = Number.POSITIVE_INFINITY;
  #maxMs = Number.NEGATIVE_INFINITY;

  add(durationMs: number): void {
    this.#histogram ??= new Histogram();
    this.#histogram.record(durationMs);
    this.#totalMs += durationMs;
    if (durationMs < this.#minMs) this.#minMs = durationMs;
    if (durationMs > this.#maxMs) this.#maxMs = durationMs;
  }

  /** Adds to the distribution alone: what was never measured, because it never started. */
  correct(missedMs: readonly number[]): void {
    this.#histogram ??= new Histogram();
    for (const durationMs of missedMs) this.#histogram.record(durationMs);
  }

  /** Keeps the distribution as it is: it must not change any more. */
  merge({ totalMs, minMs, maxMs, durations }: TimeCounts): void {
    if (durations.length > 0) this.#waiting.push(durations);
    if (this.#waiting.length >= MOST_WAITING) this.#countWaiting();
    this.#totalMs += totalMs;
    if (minMs !== undefined) this.#minMs = Math.min(this.#minMs, minMs);
    if (maxMs !== undefined) this.#maxMs = Math.max(this.#maxMs, maxMs);
  }

  read(): TimeCounts {
    return {
      totalMs: this.#totalMs,
      ...(this.#maxMs < this.#minMs ? {} : { minMs: this.#minMs, maxMs: this.#maxMs }),
      durations: this.#readDurations(),
    };
  }

  reset(): void {
    this.#histogram?.reset();
    this.#waiting = [];
    this.#totalMs = 0;
    this.#minMs = Number.POSITIVE_INFINITY;
    this.#maxMs = Number.NEGATIVE_INFINITY;
  }

  #readDurations(): BucketCounts {
    if (this.#histogram !== undefined && this.#histogram.count > 0) {
      this.#countWaiting();
      return this.#histogram.readCounts();
    }
    if (this.#waiting.length > 1) this.#waiting = [mergeBuckets(this.#waiting)];
    return this.#waiting[0] ?? [];
  }

  #countWaiting(): void {
    this.#histogram ??= new Histogram();
    for (const counts of this.#waiting) this.#histogram.addCounts(counts);
    this.#waiting = [];
  }
}

/**
 * What would have been measured had something started every `intervalMs` while one took `durationMs`: HdrHistogram's
 * expected-interval method, after Gil Tene's "coordinated omission". As many starts were missed.
 */
export function missedDurations(durationMs: number, intervalMs: number): number[] {
  const missed: number[] = [];
  let missing = durationMs - intervalMs;
  for (; missing >= intervalMs && missed.length < MOST_MISSED; missing -= intervalMs) missed.push(missing);
  return missed;
}
