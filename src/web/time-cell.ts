import { PackedDistribution } from '../metrics/packed-distribution.js';
import { computeTimes, type TimeStatistics } from '../metrics/time-statistics.js';
import type { TimeCounts } from '../metrics/times.js';

/** Times that were measured in a stretch of the run, in little room. */
export class TimeCell {
  readonly distribution = new PackedDistribution();
  #totalMs = 0;
  #minMs = Number.POSITIVE_INFINITY;
  #maxMs = Number.NEGATIVE_INFINITY;

  add({ totalMs, minMs, maxMs, durations }: TimeCounts): void {
    this.distribution.add(durations);
    this.#note(totalMs, minMs ?? Number.POSITIVE_INFINITY, maxMs ?? Number.NEGATIVE_INFINITY);
  }

  merge(other: TimeCell): void {
    this.distribution.merge(other.distribution);
    this.#note(other.#totalMs, other.#minMs, other.#maxMs);
  }

  pack(): void {
    this.distribution.pack();
  }

  /** `count`: of what was measured, which may be fewer than the distribution holds. */
  read(count: number): TimeStatistics {
    const [minMs, maxMs] = [this.#minMs, this.#maxMs];
    const extremes = maxMs < minMs ? {} : { minMs, maxMs };
    return computeTimes({ totalMs: this.#totalMs, durations: this.distribution.read(), ...extremes }, count);
  }

  #note(totalMs: number, minMs: number, maxMs: number): void {
    this.#totalMs += totalMs;
    if (minMs < this.#minMs) this.#minMs = minMs;
    if (maxMs > this.#maxMs) this.#maxMs = maxMs;
  }
}
