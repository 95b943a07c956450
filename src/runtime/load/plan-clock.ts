import { now } from '../../metrics/clock.js';

/** The plan's own time: milliseconds since second 0, without the time in which the run was paused. */
export class PlanClock {
  #startAtMs = Number.POSITIVE_INFINITY;
  #pausedMs = 0;
  #pausedAtMs: number | undefined;

  start(atMs: number): void {
    this.#startAtMs = atMs;
  }

  /** Before the start it is below 0. */
  nowMs(): number {
    return (this.#pausedAtMs ?? now()) - this.#startAtMs - this.#pausedMs;
  }

  /** How long the run has been paused in all. */
  get pausedMs(): number {
    return this.#pausedMs + (this.#pausedAtMs === undefined ? 0 : now() - this.#pausedAtMs);
  }

  get isPaused(): boolean {
    return this.#pausedAtMs !== undefined;
  }

  pause(): void {
    this.#pausedAtMs ??= now();
  }

  resume(): void {
    if (this.#pausedAtMs === undefined) return;
    this.#pausedMs += now() - this.#pausedAtMs;
    this.#pausedAtMs = undefined;
  }
}
