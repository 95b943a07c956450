import { now } from '../../../metrics/clock.js';

interface Reading {
  total: number;
  atMs: number;
}

/** Turns totals that only grow into what was added since the last reading. */
export class RateMeter {
  readonly #last = new Map<string, Reading>();

  /** A second; undefined at first, and where the total fell, since whoever counts has started anew. */
  perSecond(name: string, total: number, atMs = now()): number | undefined {
    const last = this.#last.get(name);
    this.#last.set(name, { total, atMs });
    if (last === undefined || total < last.total || atMs <= last.atMs) return undefined;
    return ((total - last.total) * 1000) / (atMs - last.atMs);
  }

  /** What was added; undefined as above. */
  added(name: string, total: number): number | undefined {
    const last = this.#last.get(name);
    this.#last.set(name, { total, atMs: 0 });
    return last === undefined || total < last.total ? undefined : total - last.total;
  }

  /** The next reading is the first one. */
  reset(): void {
    this.#last.clear();
  }
}
