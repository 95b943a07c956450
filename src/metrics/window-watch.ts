import type { MeasureCounts } from './measure.js';
import { readMeasure } from './measure-value.js';
import { LATEST_SECONDS, type RecentMeasures } from './recent-measures.js';
import type { Threshold } from './thresholds.js';

/** A stretch of the run and what a threshold's measure was over it. */
export interface JudgedWindow {
  value: number;
  fromMs: number;
  toMs: number;
}

/** True if the value is within the threshold; for an abort rule, if what it says is not so. */
export function isWithin({ operator, limit, isAbortRule }: Threshold, value: number): boolean {
  return compare(operator, value, limit) !== isAbortRule;
}

function compare(operator: Threshold['operator'], value: number, limit: number): boolean {
  switch (operator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '==':
      return value === limit;
    case '!=':
      return value !== limit;
  }
}

/** The greater, the worse: by the operator's direction, or for an abort rule against it. */
function badnessOf({ operator, limit, isAbortRule }: Threshold, value: number): number {
  const sign = isAbortRule ? -1 : 1;
  switch (operator) {
    case '<':
    case '<=':
      return sign * value;
    case '>':
    case '>=':
      return -sign * value;
    case '==':
      return sign * Math.abs(value - limit);
    case '!=':
      return -sign * Math.abs(value - limit);
  }
}

/**
 * Slides a threshold's window over the run, second by second, and keeps the worst one. What comes late is added to the
 * windows it belongs to as long as `LATEST_SECONDS` have not passed.
 */
export class WindowWatch {
  readonly #threshold: Threshold;
  readonly #recent: RecentMeasures;
  readonly #seconds: number;
  /** Windows that may still change, by the second they end at; `stale` has to be read again. */
  readonly #values = new Map<number, number | undefined | 'stale'>();
  #settled: JudgedWindow | undefined;
  #lastEnd = 0;
  #firstInterval = Number.POSITIVE_INFINITY;

  constructor(threshold: Threshold, recent: RecentMeasures, isZeroWithoutData: boolean) {
    this.#threshold = threshold;
    this.#recent = recent;
    this.#seconds = threshold.windowMs! / 1000;
    if (isZeroWithoutData) this.#firstInterval = -1;
  }

  /** Takes note of what was added to `recent`. */
  add(interval: number, counts: readonly MeasureCounts[]): void {
    if (!counts.some(({ key, count }) => key === this.#threshold.key && count > 0)) return;
    const isEarlier = interval < this.#firstInterval;
    if (isEarlier) this.#firstInterval = interval;
    for (const end of this.#values.keys()) {
      const isInside = end > interval && end - this.#seconds <= interval;
      if (isInside || isEarlier) this.#values.set(end, 'stale');
    }
  }

  /** Closes the seconds up to and with `interval`: windows end after each of them. */
  close(interval: number): void {
    for (let end = Math.max(this.#lastEnd + 1, this.#seconds); end <= interval + 1; end++) {
      this.#values.set(end, 'stale');
      this.#settle(end - LATEST_SECONDS);
    }
    this.#lastEnd = Math.max(this.#lastEnd, interval + 1);
  }

  /** The worst full window that ended by `elapsedMs`; the earliest of several. */
  findWorst(elapsedMs: number): JudgedWindow | undefined {
    let worst = this.#settled;
    for (const end of this.#values.keys()) {
      if (end * 1000 > Math.round(elapsedMs)) continue;
      worst = this.#worseOf(worst, this.#windowAt(end));
    }
    return worst;
  }

  #settle(end: number): void {
    if (!this.#values.has(end)) return;
    this.#settled = this.#worseOf(this.#settled, this.#windowAt(end));
    this.#values.delete(end);
  }

  #worseOf(known: JudgedWindow | undefined, next: JudgedWindow | undefined): JudgedWindow | undefined {
    if (known === undefined || next === undefined) return known ?? next;
    return badnessOf(this.#threshold, next.value) > badnessOf(this.#threshold, known.value) ? next : known;
  }

  #windowAt(end: number): JudgedWindow | undefined {
    const kept = this.#values.get(end);
    const value = kept === 'stale' ? this.#readValue(end) : kept;
    this.#values.set(end, value);
    return value === undefined ? undefined : { value, fromMs: (end - this.#seconds) * 1000, toMs: end * 1000 };
  }

  #readValue(end: number): number | undefined {
    const counts = this.#recent.read(this.#threshold.key, end - this.#seconds, end);
    if (counts !== undefined && counts.count > 0)
      return readMeasure(counts, this.#threshold, this.#threshold.windowMs!);
    // A counter that was there before and does not count any more has counted 0: a frozen target must not go unseen.
    const isSilent = this.#threshold.selector.type === 'counter' && this.#firstInterval < end;
    return isSilent ? 0 : undefined;
  }
}
