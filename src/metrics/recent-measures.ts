import { Measure, type MeasureCounts } from './measure.js';

/** What comes later than this many seconds is added to the whole run, and to windows no more. */
export const LATEST_SECONDS = 60;

/** The last seconds of some measures, second by second, for windows that slide over them. */
export class RecentMeasures {
  readonly #keys: ReadonlySet<string>;
  readonly #kept: number;
  readonly #intervals = new Map<number, MeasureCounts[]>();
  #lastInterval = -1;

  /** `windowMs`: the longest window that will be read. */
  constructor(keys: Iterable<string>, windowMs: number) {
    this.#keys = new Set(keys);
    this.#kept = windowMs / 1000 + LATEST_SECONDS;
  }

  /** The last second that was closed; -1 before the first. */
  get lastInterval(): number {
    return this.#lastInterval;
  }

  /** Adds what a second counted, also when it comes late; true if a window can still contain it. */
  add(interval: number, counts: readonly MeasureCounts[]): boolean {
    if (interval <= this.#lastInterval - this.#kept) return false;
    const wanted = counts.filter(({ key }) => this.#keys.has(key));
    const known = this.#intervals.get(interval);
    if (known === undefined) this.#intervals.set(interval, wanted);
    else known.push(...wanted);
    return true;
  }

  /** Closes a second, and those before it; what no window reaches back to is forgotten. */
  close(interval: number): void {
    this.#lastInterval = Math.max(this.#lastInterval, interval);
    for (const old of this.#intervals.keys()) {
      if (old <= this.#lastInterval - this.#kept) this.#intervals.delete(old);
    }
  }

  /** What `key` counted in the seconds [from, to); undefined if nothing. */
  read(key: string, from: number, to: number): MeasureCounts | undefined {
    return this.readAll(from, to, (counts) => counts.key === key).at(0);
  }

  /** Every measure of the seconds [from, to). */
  readAll(from: number, to: number, isWanted: (counts: MeasureCounts) => boolean = () => true): MeasureCounts[] {
    const parts: MeasureCounts[] = [];
    for (let interval = from; interval < to; interval++) {
      parts.push(...(this.#intervals.get(interval) ?? []).filter(isWanted));
    }
    return mergeMeasures(parts);
  }
}

/** One of each measure, in the order of their first. */
export function mergeMeasures(parts: readonly MeasureCounts[]): MeasureCounts[] {
  const measures = new Map<string, Measure>();
  for (const part of parts) {
    const measure = measures.get(part.key) ?? new Measure(part);
    measures.set(part.key, measure);
    measure.merge(part);
  }
  return [...measures.values()].map((measure) => measure.read());
}
