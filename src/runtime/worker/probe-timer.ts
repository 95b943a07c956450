import type { BucketCounts } from '../../metrics/histogram.js';
import { SparseBuckets } from '../../metrics/sparse-buckets.js';

export const PROBE_EVERY_MS = 20;
/** A timer may fire this much early. */
const TIMER_SLACK_MS = 1;

export interface Lateness {
  lateness: BucketCounts;
  longestLatenessMs: number;
}

/**
 * Finds out how long what has arrived waits until the thread looks at it: probes are due every 20 ms, come what may, and
 * each counts how late it was noticed. While the thread is blocked they go on falling due, so the counts are of time, and
 * not of the few instants at which a late timer happened to fire.
 */
export class ProbeTimer {
  readonly #now: () => number;
  readonly #buckets = new SparseBuckets();
  #longestMs = 0;
  #dueAtMs = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  start(): void {
    this.#dueAtMs = this.#now() + PROBE_EVERY_MS;
    this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#dueAtMs = Number.POSITIVE_INFINITY;
  }

  /** The probes that were due before `untilMs`, as noticed at `atMs`; they are then forgotten. */
  take(untilMs: number, atMs: number): Lateness {
    this.#count(untilMs, atMs);
    const taken = { lateness: this.#buckets.readCounts(), longestLatenessMs: this.#longestMs };
    this.#buckets.reset();
    this.#longestMs = 0;
    return taken;
  }

  #count(untilMs: number, atMs: number): void {
    for (; this.#dueAtMs < untilMs; this.#dueAtMs += PROBE_EVERY_MS) {
      const lateMs = Math.max(0, atMs - this.#dueAtMs);
      this.#buckets.record(lateMs);
      if (lateMs > this.#longestMs) this.#longestMs = lateMs;
    }
  }

  #arm(): void {
    const delayMs = Math.max(1, Math.ceil(this.#dueAtMs - this.#now()));
    this.#timer = setTimeout(() => {
      const atMs = this.#now();
      this.#count(atMs + TIMER_SLACK_MS, atMs);
      this.#arm();
    }, delayMs).unref();
  }
}
