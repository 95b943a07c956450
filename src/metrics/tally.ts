import { Aggregate, type SeriesCounts } from './aggregate.js';
import { type KindCounts, KindTotals } from './kind-totals.js';
import { type MeasureCounts, MeasureTotals } from './measures.js';
import { type TimeCounts, Times } from './times.js';

/** Something a scenario's code threw, counted by what it says and where. Instants are ms since the run started. */
export interface ExceptionCounts {
  message: string;
  /** The first one's stack, in the user's own files and lines. */
  traceback: string;
  /** Which shares met it. */
  nodes: string[];
  count: number;
  firstSeenMs: number;
  lastSeenMs: number;
}

export interface CheckCounts {
  name: string;
  passes: number;
  failures: number;
}

/** Durations of iterations, or of one group. */
export interface TrendCounts extends TimeCounts {
  name: string;
  count: number;
}

/** Everything that adds up, counted in a stretch of time: what workers send and intervals are made of. */
export interface Part {
  series: SeriesCounts[];
  exceptions: ExceptionCounts[];
  checks: CheckCounts[];
  groups: TrendCounts[];
  iterations: TrendCounts;
  /** How late users and iterations started: actual minus intended. */
  startLag: TrendCounts;
  /** Iterations that never began: no user was free, or the time was over. */
  droppedIterations: number;
  /** Iterations that had begun, and were cut off when the time for them to end was over; they are in no other number. */
  interruptedIterations: number;
  /** Starts that a constant pace lost to tasks that took longer than it. */
  missedStarts: number;
  /** What thresholds and metrics asked for. */
  measures: MeasureCounts[];
  /** What users of each kind did; absent in recordings of earlier versions. */
  kinds?: KindCounts[];
}

const MAX_EXCEPTIONS = 100;
const MAX_LABELS = 1000;
const OTHER = '(others)';

/** Counts everything a run counts; the same thing on both sides of a port. */
export class Tally {
  readonly requests: Aggregate;
  readonly #exceptions = new Map<string, ExceptionCounts>();
  readonly #checks = new Map<string, CheckCounts>();
  readonly #groups = new Map<string, Trend>();
  readonly #iterations = new Trend('iterations');
  readonly #startLag = new Trend('start_lag');
  readonly #kinds = new KindTotals();
  #measures = new MeasureTotals();
  #droppedIterations = 0;
  #missedStarts = 0;
  #interruptedIterations = 0;

  constructor(options: { maxNames?: number } = {}) {
    this.requests = new Aggregate(options);
  }

  /** True if an exception with this message is already known: then nobody needs to look at its stack again. */
  knowsException(message: string): boolean {
    return this.#exceptions.has(message) || this.#exceptions.size >= MAX_EXCEPTIONS;
  }

  addException(exception: ExceptionCounts): void {
    const isRoom = this.#exceptions.has(exception.message) || this.#exceptions.size < MAX_EXCEPTIONS;
    const key = isRoom ? exception.message : OTHER;
    const known = this.#exceptions.get(key);
    if (known === undefined) {
      this.#exceptions.set(key, { ...exception, message: key });
      return;
    }
    known.count += exception.count;
    known.nodes = [...new Set([...known.nodes, ...exception.nodes])].sort();
    known.traceback ||= exception.traceback;
    known.firstSeenMs = Math.min(known.firstSeenMs, exception.firstSeenMs);
    known.lastSeenMs = Math.max(known.lastSeenMs, exception.lastSeenMs);
  }

  get exceptions(): ExceptionCounts[] {
    return Array.from(this.#exceptions.values(), (exception) => ({ ...exception }));
  }

  get checks(): CheckCounts[] {
    return [...this.#checks.values()];
  }

  get exceptionCount(): number {
    let sum = 0;
    for (const { count } of this.#exceptions.values()) sum += count;
    return sum;
  }

  addCheck({ name, passes, failures }: CheckCounts): void {
    const key = this.#checks.has(name) || this.#checks.size < MAX_LABELS ? name : OTHER;
    const known = this.#checks.get(key) ?? { name: key, passes: 0, failures: 0 };
    this.#checks.set(key, { name: key, passes: known.passes + passes, failures: known.failures + failures });
  }

  addIteration(durationMs: number): void {
    this.#iterations.add(durationMs);
  }

  /** Starts that a pace lost to an iteration, by how long they would have taken. */
  addMissed(missedMs: readonly number[]): void {
    this.#iterations.correct(missedMs);
    this.#missedStarts += missedMs.length;
  }

  addDropped(iterations: number): void {
    this.#droppedIterations += iterations;
  }

  addInterrupted(): void {
    this.#interruptedIterations++;
  }

  addStartLag(lagMs: number): void {
    this.#startLag.add(lagMs);
  }

  addGroup(name: string, durationMs: number): void {
    this.#group(name).add(durationMs);
  }

  merge(part: Part): void {
    this.requests.merge(part.series);
    for (const exception of part.exceptions) this.addException(exception);
    for (const check of part.checks) this.addCheck(check);
    for (const group of part.groups) this.#group(group.name).merge(group);
    this.#iterations.merge(part.iterations);
    this.#startLag.merge(part.startLag);
    this.#measures.merge(part.measures);
    this.#kinds.merge(part.kinds);
    this.#droppedIterations += part.droppedIterations;
    this.#missedStarts += part.missedStarts;
    // Older recordings do not have it.
    this.#interruptedIterations += part.interruptedIterations ?? 0;
  }

  read(): Part {
    return {
      series: this.requests.read(),
      exceptions: this.exceptions,
      checks: this.checks,
      groups: [...this.#groups.values()].map((group) => group.read()).filter((group) => group.count > 0),
      iterations: this.#iterations.read(),
      startLag: this.#startLag.read(),
      droppedIterations: this.#droppedIterations,
      missedStarts: this.#missedStarts,
      interruptedIterations: this.#interruptedIterations,
      measures: this.#measures.read(),
      kinds: this.#kinds.read(),
    };
  }

  /** Everything counted since the last time, which is then forgotten. */
  take(): Part {
    const part = this.read();
    this.reset();
    return part;
  }

  reset(): void {
    this.requests.reset();
    this.#exceptions.clear();
    this.#checks.clear();
    for (const group of this.#groups.values()) group.reset();
    this.#iterations.reset();
    this.#startLag.reset();
    this.#measures = new MeasureTotals();
    this.#kinds.reset();
    this.#droppedIterations = 0;
    this.#missedStarts = 0;
    this.#interruptedIterations = 0;
  }

  #group(name: string): Trend {
    const key = this.#groups.has(name) || this.#groups.size < MAX_LABELS ? name : OTHER;
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const group = new Trend(key);
    this.#groups.set(key, group);
    return group;
  }
}

class Trend {
  readonly #name: string;
  readonly #times = new Times();
  #count = 0;

  constructor(name: string) {
    this.#name = name;
  }

  add(durationMs: number): void {
    this.#count++;
    this.#times.add(durationMs);
  }

  correct(missedMs: readonly number[]): void {
    this.#times.correct(missedMs);
  }

  merge(counts: TrendCounts): void {
    this.#count += counts.count;
    this.#times.merge(counts);
  }

  read(): TrendCounts {
    return { name: this.#name, count: this.#count, ...this.#times.read() };
  }

  reset(): void {
    this.#count = 0;
    this.#times.reset();
  }
}
