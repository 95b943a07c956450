import type { Clock } from '../metrics/clock.js';

/**
 * How many lines may still be printed: `burst` at once, refilled at `perSecond`. A thousand users that each print a
 * line a second would otherwise spend the run's time on a terminal nobody can read.
 */
export class LineBudget {
  readonly #burst: number;
  readonly #perSecond: number;
  readonly #clock: Clock;
  #left: number;
  #refilledAtMs: number;
  #refused = 0;

  constructor(options: { burst: number; perSecond: number; clock: Clock }) {
    this.#burst = options.burst;
    this.#perSecond = options.perSecond;
    this.#clock = options.clock;
    this.#left = options.burst;
    this.#refilledAtMs = options.clock.now();
  }

  /** True if so many lines may be printed now; otherwise they are counted as refused. */
  spend(lines: number): boolean {
    const nowMs = this.#clock.now();
    this.#left = Math.min(this.#burst, this.#left + ((nowMs - this.#refilledAtMs) / 1000) * this.#perSecond);
    this.#refilledAtMs = nowMs;
    if (this.#left < Math.min(lines, this.#burst)) {
      this.#refused += lines;
      return false;
    }
    this.#left -= lines;
    return true;
  }

  /** Lines refused since the last time. */
  takeRefused(): number {
    const refused = this.#refused;
    this.#refused = 0;
    return refused;
  }
}
