import type { KindCounts, TaskCounts } from '../../metrics/kind-totals.js';

/** Counts what the users of one kind do on one share: a task that begins costs one addition. */
export class KindMeter {
  /** By place in the tree of tasks; whoever begins a task adds one. */
  readonly starts: Float64Array;
  /** Its name. */
  readonly kind: string;
  readonly #names: readonly string[];
  #users = 0;
  #userMs = 0;
  /** Up to when `#userMs` is counted; users that are there before second 0 are at work from it on. */
  #countedToMs = Number.POSITIVE_INFINITY;

  /** `names`: of each place; that of place 0 is not asked for. */
  constructor(kind: string, names: readonly string[]) {
    this.kind = kind;
    this.#names = names;
    this.starts = new Float64Array(names.length);
  }

  /** Users at work. */
  get users(): number {
    return this.#users;
  }

  start(atMs: number): void {
    this.#countedToMs = atMs;
  }

  addUsers(change: 1 | -1, atMs: number): void {
    this.#countTo(atMs);
    this.#users += change;
  }

  /** What was counted since the last time. */
  take(atMs: number): KindCounts {
    this.#countTo(atMs);
    const tasks: TaskCounts[] = [];
    for (let place = 1; place < this.starts.length; place++) {
      const started = this.starts[place]!;
      if (started > 0) tasks.push({ task: this.#names[place]!, started });
    }
    const counts = { kind: this.kind, userMs: this.#userMs, rounds: this.starts[0]!, tasks };
    this.starts.fill(0);
    this.#userMs = 0;
    return counts;
  }

  #countTo(atMs: number): void {
    if (atMs <= this.#countedToMs) return;
    this.#userMs += this.#users * (atMs - this.#countedToMs);
    this.#countedToMs = atMs;
  }
}
