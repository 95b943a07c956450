import type { KindRatio, TaskRatio } from '../../metrics/task-ratio.js';

/** A kind, or a task of it, as a row of a tree. */
export interface RatioRow {
  key: string;
  /** Without what it is in. */
  label: string;
  /** Kinds are at 0. */
  depth: number;
  type: 'kind' | TaskRatio['type'];
  /** What its shares are of. */
  shareOf: KindRatio['shareOf'] | TaskRatio['shareOf'];
  wantedShare: number | undefined;
  actualShare: number | undefined;
  wantedShareOfAll: number | undefined;
  actualShareOfAll: number | undefined;
  started: number;
  /** The difference is larger than chance explains. */
  isOff: boolean;
}

const SEPARATOR = ' > ';
/** By so many standard deviations a share of choices is hardly ever off: in one of 15,000 cases. */
const MOST_DEVIATIONS = 4;
/** What is no choice is no matter of chance. */
const MOST_DIFFERENCE = 0.05;

/** Kinds, and below each its tasks as they were written. */
export function listRatioRows(kinds: readonly KindRatio[]): RatioRow[] {
  return kinds.flatMap((ratio) => {
    const { kind, tasks, shareOf, wantedShare, actualShare, started } = ratio;
    const own: RatioRow = {
      key: kind,
      label: kind,
      depth: 0,
      type: 'kind',
      shareOf,
      ...pickShares(ratio),
      started,
      isOff: isFar(wantedShare, actualShare, MOST_DIFFERENCE),
    };
    return [own, ...listTasks(kind, tasks)];
  });
}

function listTasks(kind: string, tasks: readonly TaskRatio[]): RatioRow[] {
  const depths = new Map<string | undefined, number>([[undefined, 0]]);
  return tasks.map((ratio): RatioRow => {
    const { task, type, inside, shareOf, wantedShare, actualShare, started, outOf } = ratio;
    const depth = (depths.get(inside) ?? 0) + 1;
    if (type !== 'task') depths.set(task, depth);
    const byChance = MOST_DEVIATIONS * Math.sqrt((wantedShare * (1 - wantedShare)) / Math.max(1, outOf));
    return {
      key: `${kind}\n${type}\n${task}`,
      label: inside === undefined ? task : task.slice(inside.length + SEPARATOR.length),
      depth,
      type,
      shareOf,
      ...pickShares(ratio),
      started,
      isOff: isFar(wantedShare, actualShare, shareOf === 'choices' ? byChance : MOST_DIFFERENCE),
    };
  });
}

function isFar(wanted: number | undefined, actual: number | undefined, most: number): boolean {
  return wanted !== undefined && actual !== undefined && Math.abs(actual - wanted) > most + 1e-9;
}

function pickShares(ratio: Partial<KindRatio | TaskRatio>) {
  const { wantedShare, actualShare, wantedShareOfAll, actualShareOfAll } = ratio;
  return { wantedShare, actualShare, wantedShareOfAll, actualShareOfAll };
}
