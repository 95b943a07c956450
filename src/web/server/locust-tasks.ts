import type { KindRatio, TaskRatio } from '../../metrics/task-ratio.js';

interface LocustTask {
  ratio: number;
  tasks?: LocustTasks;
}
type LocustTasks = Record<string, LocustTask>;

/** The answer of `GET /tasks`, with Locust's names: how often tasks are wanted, 0 to 1. */
export interface LocustRatios {
  /** Of each kind by itself. */
  per_class: LocustTasks;
  /** Of all tasks. */
  total: LocustTasks;
}

/** Wanted shares as Locust tells them: of its class each task's, and of all tasks those times the class's. */
export function describeLocustTasks(kinds: readonly KindRatio[]): LocustRatios {
  const describe = (isTotal: boolean) =>
    toRecord(kinds, ({ kind, wantedShare = 0, tasks }) => {
      return [kind, { ratio: wantedShare, tasks: describeInside(tasks, undefined, isTotal ? wantedShare : undefined) }];
    });
  return { per_class: describe(false), total: describe(true) };
}

/** `total`: the share of what they are in, of all; undefined where every set is by itself. */
function describeInside(all: readonly TaskRatio[], inside: string | undefined, total: number | undefined): LocustTasks {
  const own = all.filter((task) => task.inside === inside);
  // Locust shows steps of a sequence by their number.
  const sum = own.reduce((weights, { wantedShare }) => weights + wantedShare, 0);
  return toRecord(own, ({ task, type, wantedShare }) => {
    const ratio = ((total ?? 1) * wantedShare) / Math.max(sum, Number.MIN_VALUE);
    const name = inside === undefined ? task : task.slice(inside.length + ' > '.length);
    if (type === 'task') return [name, { ratio }];
    return [name, { ratio, tasks: describeInside(all, task, total === undefined ? undefined : ratio) }];
  });
}

function toRecord<Item>(items: readonly Item[], describe: (item: Item) => [string, LocustTask]): LocustTasks {
  return Object.fromEntries(items.map(describe));
}
