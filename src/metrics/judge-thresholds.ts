import type { MeasureCounts } from './measure.js';
import { MeasureTotals } from './measure-totals.js';
import { readMeasure } from './measure-value.js';
import { findBuiltInMetric } from './metric-table.js';
import { mergeMeasures, RecentMeasures } from './recent-measures.js';
import type { Threshold } from './thresholds.js';
import { isWithin, type JudgedWindow, WindowWatch } from './window-watch.js';

/** How a threshold stands. `pending`: there is nothing to judge yet, or time may still bring what is missing. */
export interface ThresholdVerdict {
  key: string;
  expression: string;
  state: 'passed' | 'failed' | 'pending';
  /** What was judged: of the whole run so far, or of the worst window; undefined without data. */
  value: number | undefined;
  limit: number;
  /** Of a metric of the scenario's own, if it gave one. */
  unit?: string;
  /** For a threshold with a window: the worst full one. */
  worst?: JudgedWindow;
  windowMs?: number;
  abortOnFail: boolean;
  delayAbortEvalMs: number;
  isAbortRule: boolean;
  /** Whether the metric was recorded at all. */
  hasData: boolean;
}

export interface JudgeMoment {
  /** Since the run's start. */
  elapsedMs: number;
  /** The run is over: what is missing now stays missing. */
  isEnd: boolean;
}

const UNCHECKED_LABELS = ['name', 'check', 'group'];

/** How one window stands by itself. */
export interface WindowVerdict {
  state: 'passed' | 'failed' | 'no-data';
  value: number | undefined;
}

/**
 * Judges thresholds every second and at the end. It is fed with every second's measures, merged over shares; what comes
 * late is added to its second, and gives the same verdicts as if it had come in time.
 */
export class ThresholdJudge {
  readonly #thresholds: readonly Threshold[];
  readonly #keys: ReadonlySet<string>;
  readonly #totals = new MeasureTotals();
  readonly #recent: RecentMeasures;
  readonly #watches = new Map<Threshold, WindowWatch>();

  constructor(thresholds: readonly Threshold[]) {
    this.#thresholds = thresholds;
    this.#keys = new Set(thresholds.map(({ key }) => key));
    const windowed = thresholds.filter(({ windowMs }) => windowMs !== undefined);
    this.#recent = new RecentMeasures(
      windowed.map(({ key }) => key),
      windowed.reduce((longest, { windowMs }) => Math.max(longest, windowMs!), 0),
    );
    for (const threshold of windowed) {
      this.#watches.set(threshold, new WindowWatch(threshold, this.#recent, isZeroWithoutData(threshold)));
    }
  }

  /** Adds what second `interval` counted, and closes it and those before it. */
  addInterval(interval: number, counts: readonly MeasureCounts[]): void {
    this.amendInterval(interval, counts);
    for (const watch of this.#watches.values()) watch.close(interval);
    this.#recent.close(interval);
  }

  /** Adds what came too late for its second. */
  amendInterval(interval: number, counts: readonly MeasureCounts[]): void {
    this.#totals.merge(counts.filter(({ key }) => this.#keys.has(key)));
    if (!this.#recent.add(interval, counts)) return;
    for (const watch of this.#watches.values()) watch.add(interval, counts);
  }

  judge(moment: JudgeMoment): ThresholdVerdict[] {
    return this.#thresholds.map((threshold) => this.#judgeOne(threshold, moment));
  }

  #judgeOne(threshold: Threshold, moment: JudgeMoment): ThresholdVerdict {
    const { key, expression, limit, selector, windowMs, abortOnFail, delayAbortEvalMs, isAbortRule } = threshold;
    const counts = this.#totals.get(key);
    const worst = this.#watches.get(threshold)?.findWorst(moment.elapsedMs);
    return {
      key,
      expression,
      ...(windowMs === undefined
        ? this.#judgeRun(threshold, counts, moment)
        : this.#judgeWorst(threshold, worst, moment)),
      limit,
      ...(selector.unit === undefined ? {} : { unit: selector.unit }),
      ...(worst === undefined ? {} : { worst }),
      ...(windowMs === undefined ? {} : { windowMs }),
      abortOnFail,
      delayAbortEvalMs,
      isAbortRule,
      hasData: (counts?.count ?? 0) > 0 || isZeroWithoutData(threshold),
    };
  }

  #judgeWorst(threshold: Threshold, worst: JudgedWindow | undefined, moment: JudgeMoment) {
    if (worst !== undefined) {
      return {
        state: isWithin(threshold, worst.value) ? ('passed' as const) : ('failed' as const),
        value: worst.value,
      };
    }
    if (!moment.isEnd) return { state: 'pending' as const, value: undefined };
    if (threshold.isAbortRule) return { state: 'passed' as const, value: undefined };
    return this.#judgeRun(threshold, this.#totals.get(threshold.key), moment);
  }

  #judgeRun(
    threshold: Threshold,
    counts: MeasureCounts | undefined,
    { elapsedMs, isEnd }: JudgeMoment,
  ): Pick<ThresholdVerdict, 'state' | 'value'> {
    // While the run goes, only closed seconds have been counted, and a rate must not be spread over more than those.
    const closedMs = (this.#recent.lastInterval + 1) * 1000;
    const durationMs = isEnd ? elapsedMs : Math.min(elapsedMs, closedMs);
    const read = counts === undefined ? undefined : readMeasure(counts, threshold, durationMs);
    const value = read ?? (isZeroWithoutData(threshold) ? 0 : undefined);
    if (value === undefined) return judgeNothing(threshold, isEnd);
    if (isWithin(threshold, value)) return { state: 'passed', value };
    return { state: !isEnd && mayStillPass(threshold, value) ? 'pending' : 'failed', value };
  }
}

/** The verdict that ends the run now, if there is one. */
export function findAbort(verdicts: readonly ThresholdVerdict[], elapsedMs: number): ThresholdVerdict | undefined {
  return verdicts.find(
    ({ state, abortOnFail, delayAbortEvalMs }) => abortOnFail && state === 'failed' && elapsedMs >= delayAbortEvalMs,
  );
}

/** Judges a threshold over one stretch alone; `counts` may be of many seconds and measures. */
export function judgeWindow(threshold: Threshold, counts: readonly MeasureCounts[], windowMs: number): WindowVerdict {
  const merged = mergeMeasures(counts.filter(({ key }) => key === threshold.key))[0];
  const read = merged === undefined ? undefined : readMeasure(merged, threshold, windowMs);
  const value = read ?? (isZeroWithoutData(threshold) ? 0 : undefined);
  if (value === undefined) return { state: 'no-data', value };
  return { state: isWithin(threshold, value) ? 'passed' : 'failed', value };
}

function isZeroWithoutData({ selector }: Threshold): boolean {
  return findBuiltInMetric(selector.metric)?.isZeroWithoutData === true;
}

/** Nothing was recorded: that is 0 where something is counted, and no number at all where something is measured. */
function judgeNothing(threshold: Threshold, isEnd: boolean): Pick<ThresholdVerdict, 'state' | 'value'> {
  const value = threshold.allowNoData || !isCountedByNothing(threshold) ? undefined : 0;
  if (value !== undefined && isWithin(threshold, value)) return { state: 'passed', value };
  if (!isEnd) return { state: 'pending', value };
  return { state: threshold.allowNoData ? 'passed' : 'failed', value };
}

/**
 * Counts are defined without samples, averages and shares are not. Names of requests, checks and groups are checked by
 * nothing before the run: what never came under one of them may be misspelt.
 */
function isCountedByNothing({ method, selector: { type, labels } }: Threshold): boolean {
  const isCount = method === 'count' || (method === 'rate' && type === 'counter');
  return isCount && !UNCHECKED_LABELS.some((label) => Object.hasOwn(labels, label));
}

/** Counts and greatest values only rise, least values only fall: what they have not reached they may still reach. */
function mayStillPass({ method, operator, limit }: Threshold, value: number): boolean {
  if (method === 'min') return operator === '<' || operator === '<=';
  if (method === 'max') return operator === '>' || operator === '>=';
  if (method !== 'count') return false;
  return operator !== '<' && operator !== '<=' && (operator !== '==' || value < limit);
}
