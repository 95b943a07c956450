import { LimitFinder, type LimitFinding } from '../../metrics/find-limit.js';
import type { GeneratorSummary } from '../../metrics/generator-health.js';
import { findAbort, type JudgeMoment, ThresholdJudge, type ThresholdVerdict } from '../../metrics/judge-thresholds.js';
import type { MeasureSelector } from '../../metrics/measure-selector.js';
import { MeasureBook, type MeasureCounts } from '../../metrics/measures.js';
import type { Threshold } from '../../metrics/thresholds.js';
import { findFall } from '../load/find-fall.js';
import type { PlannedLoad } from '../plan.js';
import type { IntervalAmended, IntervalClosed } from '../protocol.js';
import type { MergedInterval } from './collector.js';
import { LiveGenerator } from './live-generator.js';

/** Judges a run while it goes on, second by second, and at its end. */
export class LiveVerdicts {
  readonly #thresholds: readonly Threshold[];
  #judge: ThresholdJudge;
  /** Since when it counts. */
  #firstInterval = 0;
  readonly #finder: LimitFinder;
  /** Users are counted where shares meet. */
  readonly #users: MeasureBook;
  readonly #generator: LiveGenerator;
  #latest: ThresholdVerdict[];

  constructor(thresholds: readonly Threshold[], measures: readonly MeasureSelector[]) {
    this.#thresholds = thresholds;
    this.#judge = new ThresholdJudge(thresholds);
    this.#finder = new LimitFinder(thresholds);
    this.#users = new MeasureBook(
      measures.filter(({ metric }) => metric === 'users'),
      0,
    );
    this.#generator = new LiveGenerator(measures);
    this.#latest = this.#read({ elapsedMs: 0, isEnd: false });
  }

  /** How the generator itself kept up with the run. */
  get generator(): GeneratorSummary {
    return this.#generator.read();
  }

  /** The interval with users and generator in its measures, how that kept up, and how every threshold now stands. */
  close(event: MergedInterval): IntervalClosed {
    const { signs: _signs, ...merged } = event;
    const { interval, part, plannedUsers, gauges } = merged;
    const generator = this.#generator.close(event);
    const counts: MeasureCounts[] = [...part.measures, ...this.#countUsers(event), ...generator.counts];
    this.#judge.addInterval(interval - this.#firstInterval, counts);
    this.#finder.addInterval({ interval, counts, plannedUsers, inFlight: gauges.inFlight });
    this.#latest = this.#read({ elapsedMs: (interval + 1) * 1000, isEnd: false });
    const judged = { thresholds: this.#latest, generator: generator.health };
    return { ...merged, part: { ...part, measures: counts }, ...judged };
  }

  amend({ interval, part }: IntervalAmended): void {
    if (interval >= this.#firstInterval) this.#judge.amendInterval(interval - this.#firstInterval, part.measures);
    this.#finder.amendInterval(interval, part.measures);
  }

  /** `--reset-stats`: what was counted before second `firstInterval` is not judged. */
  reset(firstInterval: number): void {
    this.#firstInterval = firstInterval;
    this.#generator.reset();
    this.#judge = new ThresholdJudge(this.#thresholds);
    // What failed before ends no run either.
    this.#latest = this.#read({ elapsedMs: firstInterval * 1000, isEnd: false });
  }

  /** What ends the run, if something does. */
  findAbort(elapsedMs: number): ThresholdVerdict | undefined {
    return findAbort(this.#latest, elapsedMs);
  }

  finish(elapsedMs: number): ThresholdVerdict[] {
    const verdicts = this.#read({ elapsedMs, isEnd: true });
    return verdicts.filter(({ isAbortRule, state }) => !isAbortRule || state === 'failed');
  }

  /** Where the load rose by steps or stages: up to where the target kept to its criteria. */
  find(loads: readonly PlannedLoad[], endMs: number): LimitFinding | undefined {
    const fall = findFall(loads);
    if (!fall.rises) return undefined;
    return this.#finder.read({ endMs, fellAtMs: fall.fellAtMs });
  }

  #read({ elapsedMs, isEnd }: JudgeMoment): ThresholdVerdict[] {
    const beforeMs = this.#firstInterval * 1000;
    const verdicts = this.#judge.judge({ elapsedMs: Math.max(0, elapsedMs - beforeMs), isEnd });
    if (beforeMs === 0) return verdicts;
    return verdicts.map((verdict) => {
      const { worst } = verdict;
      if (worst === undefined) return verdict;
      return { ...verdict, worst: { ...worst, fromMs: worst.fromMs + beforeMs, toMs: worst.toMs + beforeMs } };
    });
  }

  #countUsers({ interval, gauges }: MergedInterval): MeasureCounts[] {
    const users = Object.entries(gauges.usersByLoad).flatMap(([load, kinds]) =>
      Object.entries(kinds).map(([user, count]) => ({ load, user, count })),
    );
    this.#users.setUsers(users, (interval + 1) * 1000);
    return this.#users.take();
  }
}
