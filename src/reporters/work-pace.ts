import type { Clock } from '../metrics/clock.js';

/**
 * Keeps work that comes up every second from taking more than its share of a thread: after taking `t`, it rests for
 * `idleFactor` × `t`, for `leastMs` at least and `mostMs` at most, from its beginning. One slow round, such as the first, is forgiven; only two in a row count.
 */
export class WorkPace {
  readonly #idleFactor: number;
  readonly #leastMs: number;
  readonly #mostMs: number;
  readonly #clock: Clock;
  #nextAtMs = Number.NEGATIVE_INFINITY;
  #previousMs = 0;

  constructor(options: { idleFactor: number; leastMs: number; mostMs?: number; clock: Clock }) {
    this.#idleFactor = options.idleFactor;
    this.#leastMs = options.leastMs;
    this.#mostMs = options.mostMs ?? Number.POSITIVE_INFINITY;
    this.#clock = options.clock;
  }

  /** Does the work, unless it is still resting from the last time. */
  run(work: () => void): void {
    const beganAtMs = this.#clock.now();
    if (beganAtMs < this.#nextAtMs) return;
    work();
    const tookMs = this.#clock.now() - beganAtMs;
    const restMs = Math.min(tookMs, this.#previousMs) * this.#idleFactor;
    this.#nextAtMs = beganAtMs + Math.max(this.#leastMs, Math.min(restMs, this.#mostMs));
    this.#previousMs = tookMs;
  }
}
