import { now } from '../../metrics/clock.js';
import type { ShareHealth } from '../../metrics/generator-health.js';
import type { Part } from '../../metrics/tally.js';
import type { ShareGauges, Snapshot } from '../protocol.js';

export const INTERVAL_MS = 1000;

export interface IntervalCounterOptions {
  share: number;
  /** Everything counted since the last time. */
  take(): Part;
  post(snapshot: Snapshot): void;
  readGauges(): Omit<ShareGauges, 'eventLoopUtilisation' | 'usersStarted'>;
  /** What the thread noticed of itself since the last time. */
  takeHealth(interval: { startMs: number; endMs: number }): ShareHealth;
}

/**
 * Cuts what a share counts into seconds of the run. A request belongs to the second it finished in, however late the
 * timer is: whoever records one asks for the cut first.
 */
export class IntervalCounter {
  usersStarted = 0;
  readonly #options: IntervalCounterOptions;
  #startAtMs = Number.POSITIVE_INFINITY;
  #interval = 0;
  #boundaryMs = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: IntervalCounterOptions) {
    this.#options = options;
  }

  start(startAtMs: number): void {
    this.#startAtMs = startAtMs;
    this.#boundaryMs = startAtMs + INTERVAL_MS;
    this.#schedule();
  }

  /** Posts every interval that is over at `atMs`. */
  rotate(atMs: number): void {
    while (atMs >= this.#boundaryMs) {
      this.#post(this.#boundaryMs, false);
      this.#interval++;
      this.#boundaryMs = this.#startAtMs + (this.#interval + 1) * INTERVAL_MS;
    }
  }

  /** Posts what is left, as the last snapshot. */
  finish(): void {
    clearTimeout(this.#timer);
    const atMs = now();
    this.rotate(atMs);
    this.#post(atMs, true);
  }

  #schedule(): void {
    const delayMs = Math.max(1, Math.ceil(this.#boundaryMs - now()));
    this.#timer = setTimeout(() => {
      this.rotate(now());
      this.#schedule();
    }, delayMs);
  }

  #post(endMs: number, isFinal: boolean): void {
    const { share, take, readGauges, takeHealth, post } = this.#options;
    const startMs = Math.min(endMs, this.#boundaryMs - INTERVAL_MS);
    const health = takeHealth({ startMs, endMs });
    post({
      share,
      interval: this.#interval,
      isFinal,
      part: take(),
      gauges: { ...readGauges(), usersStarted: this.usersStarted, eventLoopUtilisation: health.utilisation },
      health,
    });
  }
}
