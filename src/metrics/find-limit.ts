import { judgeWindow } from './judge-thresholds.js';
import type { MeasureCounts } from './measure.js';
import { findBuiltInMetric } from './metric-table.js';
import { LATEST_SECONDS, RecentMeasures } from './recent-measures.js';
import type { Threshold } from './thresholds.js';

/** A second of the run, merged over all shares. */
export interface LimitInterval {
  interval: number;
  counts: readonly MeasureCounts[];
  /** Users the plan wants at the end of this second. */
  plannedUsers: number;
  /** Requests unanswered at its end. */
  inFlight: number;
}

/** What was not kept to. */
export interface BrokenCriterion {
  key: string;
  expression: string;
  /** Undefined where requests were under way and nothing was answered. */
  value: number | undefined;
  /** Of a metric of the scenario's own, if it gave one. */
  unit?: string;
}

/**
 * Up to how many users a target kept to its criteria, and how soon it was itself again. Instants are milliseconds since
 * the run's start.
 */
export type LimitFinding =
  /** No threshold is an upper bound on a trend or a rate: nothing says what is too slow. */
  | { state: 'no-criteria' }
  | { state: 'never-broke' }
  | {
      state: 'broke';
      /** End of the first full window that broke a criterion. */
      brokeAtMs: number;
      /** The most users wanted in that window. */
      usersAtBreak: number;
      windowFromMs: number;
      criterion: BrokenCriterion;
      recovery: 'held-again' | 'never-held-again' | 'load-never-fell';
      fellAtMs?: number;
      /** From the load's fall to the start of the window from which all criteria are kept to until the end. */
      heldAgainAfterMs?: number;
    };

type WindowState = 'held' | 'broken' | 'idle';

interface WindowRecord {
  state: WindowState;
  criterion?: BrokenCriterion;
}

const WINDOW_MS = 10_000;

/** The thresholds that say what is too slow or fails too often: upper bounds on trends and rates. */
export function criteriaOf(thresholds: readonly Threshold[]): Threshold[] {
  return thresholds.filter(({ selector, operator, method, isAbortRule }) => {
    const isUpper = operator === '<' || operator === '<=';
    const isCriterion = selector.type === 'rate' || (selector.type === 'trend' && method !== 'count');
    const isOfTarget = findBuiltInMetric(selector.metric)?.isOfGenerator !== true;
    return isUpper && isCriterion && isOfTarget && !isAbortRule;
  });
}

/**
 * Finds out at how many users a target stopped keeping to its thresholds, and how long after the load's fall it did so
 * again. It looks at every full window of ten seconds. A window in which nothing was answered although requests were
 * under way all the time is broken: a frozen target answers nothing, so nothing it says is too slow.
 */
export class LimitFinder {
  readonly #criteria: readonly Threshold[];
  readonly #seconds: number;
  readonly #recent: RecentMeasures;
  readonly #windows = new Map<number, WindowRecord>();
  readonly #stale = new Set<number>();
  readonly #plannedUsers: number[] = [];
  readonly #inFlight: number[] = [];

  /** Of `thresholds` those count that `criteriaOf` picks. */
  constructor(thresholds: readonly Threshold[], { windowMs = WINDOW_MS }: { windowMs?: number } = {}) {
    this.#criteria = criteriaOf(thresholds);
    this.#seconds = windowMs / 1000;
    this.#recent = new RecentMeasures(
      this.#criteria.map(({ key }) => key),
      windowMs,
    );
  }

  /** Adds a closed second; seconds come in order, each once. */
  addInterval({ interval, counts, plannedUsers, inFlight }: LimitInterval): void {
    if (this.#criteria.length === 0) return;
    this.#recent.add(interval, counts);
    this.#plannedUsers[interval] = plannedUsers;
    this.#inFlight[interval] = inFlight;
    for (let end = this.#recent.lastInterval + 2; end <= interval + 1; end++) {
      if (end >= this.#seconds) this.#stale.add(end);
      if (this.#stale.has(end - LATEST_SECONDS)) this.#judge(end - LATEST_SECONDS);
    }
    this.#recent.close(interval);
  }

  /** Adds what came too late for its second. */
  amendInterval(interval: number, counts: readonly MeasureCounts[]): void {
    if (this.#criteria.length === 0) return;
    if (!this.#recent.add(interval, counts)) return;
    const oldest = this.#recent.lastInterval + 1 - LATEST_SECONDS;
    for (let end = Math.max(interval + 1, oldest, this.#seconds); end <= interval + this.#seconds; end++) {
      if (end <= this.#recent.lastInterval + 1) this.#stale.add(end);
    }
  }

  /** `endMs`: the run's end, windows beyond it do not count. `fellAtMs`: when the load had fallen, if it did. */
  read({ endMs, fellAtMs }: { endMs: number; fellAtMs?: number | undefined }): LimitFinding {
    if (this.#criteria.length === 0) return { state: 'no-criteria' };
    for (const end of this.#stale) this.#judge(end);
    const ends = [...this.#windows.keys()].filter((end) => end * 1000 <= Math.round(endMs)).sort((a, b) => a - b);
    const broke = ends.find((end) => this.#windows.get(end)!.state === 'broken');
    if (broke === undefined) return { state: 'never-broke' };
    return {
      state: 'broke',
      brokeAtMs: broke * 1000,
      usersAtBreak: Math.max(...this.#plannedUsers.slice(broke - this.#seconds, broke)),
      windowFromMs: (broke - this.#seconds) * 1000,
      criterion: this.#windows.get(broke)!.criterion!,
      ...this.#readRecovery(ends, fellAtMs),
    };
  }

  #readRecovery(ends: readonly number[], fellAtMs: number | undefined) {
    if (fellAtMs === undefined) return { recovery: 'load-never-fell' as const };
    const after = ends.filter((end) => (end - this.#seconds) * 1000 >= fellAtMs);
    const lastBroken = after.findLastIndex((end) => this.#windows.get(end)!.state === 'broken');
    const heldIndex = after.findIndex((end, index) => index > lastBroken && this.#windows.get(end)!.state === 'held');
    if (heldIndex < 0) return { recovery: 'never-held-again' as const, fellAtMs };
    const heldFromMs = (after[heldIndex]! - this.#seconds) * 1000;
    // Windows begin with whole seconds: the first one after the fall is as soon as it can be.
    return { recovery: 'held-again' as const, fellAtMs, heldAgainAfterMs: heldIndex === 0 ? 0 : heldFromMs - fellAtMs };
  }

  #judge(end: number): void {
    this.#stale.delete(end);
    this.#windows.set(end, this.#judgeWindow(end));
  }

  #judgeWindow(end: number): WindowRecord {
    const from = end - this.#seconds;
    const counts = this.#recent.readAll(from, end);
    let state: WindowState = 'idle';
    for (const criterion of this.#criteria) {
      const verdict = judgeWindow(criterion, counts, this.#seconds * 1000);
      if (verdict.state === 'failed') return { state: 'broken', criterion: brokenBy(criterion, verdict.value) };
      if (verdict.state === 'passed') state = 'held';
    }
    if (state === 'held' || !this.#wasWaiting(from, end)) return { state };
    return { state: 'broken', criterion: brokenBy(this.#criteria[0]!, undefined) };
  }

  #wasWaiting(from: number, end: number): boolean {
    for (let interval = from; interval < end; interval++) if (!(this.#inFlight[interval]! > 0)) return false;
    return true;
  }
}

function brokenBy({ key, expression, selector: { unit } }: Threshold, value: number | undefined): BrokenCriterion {
  return { key, expression, value, ...(unit === undefined ? {} : { unit }) };
}
