import { now } from '../../metrics/clock.js';
import type { Part } from '../../metrics/tally.js';
import type { ShareGauges, Snapshot } from '../protocol.js';

export const INTERVAL_MS = 1000;

export interface IntervalCounterOptions {
  share: number;
  /** Everything counted since the last time. */
  take(): Part;
  post(snapshot: Snapshot): void;
  readGauges(): Omit<ShareGauges, 'eventLoopUtilisation' | 'usersStarted'>;
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
  #utilisation = performance.eventLoopUtilization();

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
      this.#post(false);
      this.#interval++;
      this.#boundaryMs = this.#startAtMs + (this.#interval + 1) * INTERVAL_MS;
    }
  }

  /** Posts what is left, as the last snapshot. */
  finish(): void {
    clearTimeout(this.#timer);
    this.rotate(now());
    this.#post(true);
  }

  #schedule(): void {
    const delayMs = Math.max(1, Math.ceil(this.#boundaryMs - now()));
    this.#timer = setTimeout(() => {
      this.rotate(now());
      this.#schedule();
    }, delayMs);
  }

  #post(isFinal: boolean): void {
    const { share, take, readGauges, post } = this.#options;
    const before = this.#utilisation;
    this.#utilisation = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(this.#utilisation, before);
    post({
      share,
      interval: this.#interval,
      isFinal,
      part: take(),
      gauges: { ...readGauges(), usersStarted: this.usersStarted, eventLoopUtilisation: utilization },
    });
  }
}
