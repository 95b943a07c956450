/** How often a task began, or a set or sequence of tasks was entered. */
export interface TaskCounts {
  /** Nested ones as `outer > inner`. */
  task: string;
  started: number;
}

/** What the users of one kind did in a stretch of time. */
export interface KindCounts {
  kind: string;
  /** How long its users were at work, all together. */
  userMs: number;
  /** Iterations of open loads; and where its tasks are a sequence, rounds through it. */
  rounds: number;
  /** Only those that began at least once. */
  tasks: TaskCounts[];
}

interface KindSums {
  userMs: number;
  rounds: number;
  readonly started: Map<string, number>;
}

/** Adds up what users of each kind did; merging in any order gives the same. */
export class KindTotals {
  readonly #kinds = new Map<string, KindSums>();

  /** `counts` are absent in recordings of earlier versions. */
  merge(counts: readonly KindCounts[] = []): void {
    for (const { kind, userMs, rounds, tasks } of counts) {
      let sums = this.#kinds.get(kind);
      if (sums === undefined) {
        sums = { userMs: 0, rounds: 0, started: new Map() };
        this.#kinds.set(kind, sums);
      }
      sums.userMs += userMs;
      sums.rounds += rounds;
      for (const { task, started } of tasks) sums.started.set(task, (sums.started.get(task) ?? 0) + started);
    }
  }

  read(): KindCounts[] {
    return Array.from(this.#kinds, ([kind, { userMs, rounds, started }]) => {
      return { kind, userMs, rounds, tasks: Array.from(started, ([task, count]) => ({ task, started: count })) };
    });
  }

  reset(): void {
    this.#kinds.clear();
  }
}

/** Whether tasks began: that users waited is nothing to tell. */
export function hasStarts(counts: readonly KindCounts[] = []): boolean {
  return counts.some(({ rounds, tasks }) => rounds > 0 || tasks.length > 0);
}
