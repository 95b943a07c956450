import { type BucketCounts, Histogram } from './histogram.js';

/** One task misses no more starts than this: a pace of a million a second is a mistake, and no reason to stand still. */
const MOST_MISSED = 100_000;

/** Times as plain data. Least and greatest are absent without any. */
export interface TimeCounts {
  totalMs: number;
  minMs?: number;
  maxMs?: number;
  durations: BucketCounts;
}

/** Times that were measured: sum, least, greatest and distribution, in milliseconds. */
export class Times {
  readonly #histogram = new Histogram();
  #totalMs = 0;
  #minMs = Number.POSITIVE_INFINITY;
  #maxMs = Number.NEGATIVE_INFINITY;

  add(durationMs: number): void {
    this.#histogram.record(durationMs);
    this.#totalMs += durationMs;
    if (durationMs < this.#minMs) this.#minMs = durationMs;
    if (durationMs > this.#maxMs) this.#maxMs = durationMs;
  }

  /** Adds to the distribution alone: what was never measured, because it never started. */
  correct(missedMs: readonly number[]): void {
    for (const durationMs of missedMs) this.#histogram.record(durationMs);
  }

  merge(counts: TimeCounts): void {
    this.#histogram.addCounts(counts.durations);
    this.#totalMs += counts.totalMs;
    if (counts.minMs !== undefined) this.#minMs = Math.min(this.#minMs, counts.minMs);
    if (counts.maxMs !== undefined) this.#maxMs = Math.max(this.#maxMs, counts.maxMs);
  }

  read(): TimeCounts {
    return {
      totalMs: this.#totalMs,
      ...(this.#maxMs < this.#minMs ? {} : { minMs: this.#minMs, maxMs: this.#maxMs }),
      durations: this.#histogram.readCounts(),
    };
  }

  reset(): void {
    this.#histogram.reset();
    this.#totalMs = 0;
    this.#minMs = Number.POSITIVE_INFINITY;
    this.#maxMs = Number.NEGATIVE_INFINITY;
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
