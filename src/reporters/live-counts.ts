import type { MeasureType } from '../metrics/measure-selector.js';
import { WINDOW_SECONDS } from '../metrics/run-totals.js';
import { hasOpenLoads } from '../runtime/load/describe-load.js';
import type { IntervalAmended, IntervalClosed, RunStarted } from '../runtime/protocol.js';
import { formatPlanEnd } from './format/format-plan-end.js';
import type { Progress } from './format/format-progress.js';
import { readIterationGoal, readRunTimeMs } from './format/format-run-lines.js';
import type { StatusFigures } from './format/format-status.js';

/** What a report shows of a run besides its requests, counted while the run goes on. */
export class LiveCounts {
  #runTimeMs: number | undefined;
  #planEnd = '';
  #iterationGoal: number | undefined;
  /** Of the whole run. */
  #iterationsDone = 0;
  #pausedMs = 0;
  #isPaused = false;
  #elapsedMs = 0;
  #hasOpenLoads = false;
  #firstInterval = 0;
  #dropped = 0;
  #missed = 0;
  #mostUsers = 0;
  readonly #types = new Map<string, MeasureType>();
  /** Of the last seconds alone. */
  #iterations: { interval: number; count: number }[] = [];
  #lastInterval = -1;

  start({ plan }: RunStarted): void {
    this.#runTimeMs = readRunTimeMs(plan);
    this.#planEnd = formatPlanEnd(plan.revisions.at(-1)?.loads ?? []);
    this.#iterationGoal = readIterationGoal(plan);
    this.#hasOpenLoads = hasOpenLoads(plan);
    for (const { key, type } of plan.measures) this.#types.set(key, type);
  }

  close(event: IntervalClosed): void {
    this.#mostUsers = Math.max(this.#mostUsers, event.plannedUsers);
    this.#lastInterval = Math.max(this.#lastInterval, event.interval);
    this.#elapsedMs = (this.#lastInterval + 1) * 1000;
    this.#isPaused = event.isPaused;
    if (event.isPaused) this.#pausedMs += 1000;
    this.amend(event);
  }

  amend({ interval, part }: Pick<IntervalAmended, 'interval' | 'part'>): void {
    this.#iterationsDone += part.iterations.count;
    if (interval < this.#firstInterval) return;
    this.learnTypes(part);
    this.#dropped += part.droppedIterations;
    this.#missed += part.missedStarts;
    this.#iterations.push({ interval, count: part.iterations.count });
    this.#iterations = this.#iterations.filter((kept) => kept.interval > this.#lastInterval - WINDOW_SECONDS);
  }

  /** The kinds of numbers of all metrics that were counted. */
  learnTypes({ measures }: IntervalAmended['part']): void {
    for (const { key, type } of measures) this.#types.set(key, type);
  }

  /** What finished before second `firstInterval` no longer counts. */
  reset(firstInterval: number): void {
    this.#firstInterval = firstInterval;
    this.#dropped = 0;
    this.#missed = 0;
    this.#iterations = [];
  }

  readFigures(): Pick<StatusFigures, 'iterationsPerSecond' | 'droppedIterations' | 'missedStarts'> {
    const seconds = Math.min(WINDOW_SECONDS, this.#lastInterval + 1 - this.#firstInterval);
    const iterations = this.#iterations.reduce((sum, { count }) => sum + count, 0);
    return {
      iterationsPerSecond: this.#hasOpenLoads ? iterations / Math.max(1, seconds) : undefined,
      droppedIterations: this.#dropped,
      missedStarts: this.#missed,
    };
  }

  readProgress(): Progress {
    return {
      elapsedMs: this.#elapsedMs,
      runTimeMs: this.#runTimeMs,
      planEnd: this.#planEnd,
      pausedMs: this.#pausedMs,
      isPaused: this.#isPaused,
      iterations: this.#iterationsDone,
      iterationGoal: this.#iterationGoal,
    };
  }

  /** The most users the plan ever wanted. */
  get mostUsers(): number {
    return this.#mostUsers;
  }

  /** From when on everything counts. */
  get countedFromMs(): number {
    return this.#firstInterval * 1000;
  }

  /** What kind of numbers a scenario's own metric is made of. */
  readonly typeOf = (key: string): MeasureType | undefined => this.#types.get(key);
}
