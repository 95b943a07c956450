import type { KindCounts } from '../../metrics/kind-totals.js';
import type { KindRatio, TaskRatio } from '../../metrics/task-ratio.js';
import type { Plan, PlannedTask } from '../plan.js';
import { type KindShares, planKindShares } from './kind-shares.js';

/** A kind with what was counted of it. */
interface CountedKind {
  name: string;
  tree: PlannedTask;
  counts: KindCounts | undefined;
  starts: ReadonlyMap<string, number>;
  /** Tasks alone, without sets and sequences. */
  started: number;
  /** Its part of the plan. */
  share: number | undefined;
  /** Tasks that one of its turns is expected to begin; undefined where code decides how long a user stays in a set. */
  perTurn: number | undefined;
}

/** What all kinds come to. */
interface Sums {
  of: KindShares['of'];
  started: number;
  turns: number;
  /** Expected tasks over expected turns; 1 in closed loads, where a user begins tasks one after another. */
  perTurn: number | undefined;
}

/**
 * How often each task was wanted, and how often it began, kind by kind. Undefined for recordings of earlier versions,
 * whose plans do not name the tasks.
 */
export function describeTaskRatios(plan: Plan, counts: readonly KindCounts[] = []): KindRatio[] | undefined {
  if (plan.kinds.some(({ taskTree }) => taskTree === undefined)) return undefined;
  const { of, shares } = planKindShares(plan);
  const used = new Set((plan.revisions[0]?.loads ?? []).flatMap(({ kinds }) => kinds));
  const kinds: CountedKind[] = [];
  for (const [index, { name, taskTree }] of plan.kinds.entries()) {
    if (taskTree === undefined || !used.has(index)) continue;
    const own = counts.find(({ kind }) => kind === name);
    const starts = new Map(own?.tasks.map(({ task, started }) => [task, started]));
    const started = leavesOf(taskTree).reduce((sum, task) => sum + (starts.get(task.name) ?? 0), 0);
    const perTurn = expectedStarts(taskTree, { isOpen: of === 'iterations', isTop: true });
    kinds.push({ name, tree: taskTree, counts: own, starts, started, share: shares?.[index], perTurn });
  }
  const sums = sumKinds(kinds, of);
  return kinds.map((kind) => describeKind(kind, sums));
}

function sumKinds(kinds: readonly CountedKind[], of: KindShares['of']): Sums {
  const started = kinds.reduce((sum, kind) => sum + kind.started, 0);
  const turns = kinds.reduce((sum, kind) => sum + turnsOf(kind, of), 0);
  const expected = kinds.reduce<number>(
    (sum, { share, perTurn }) => sum + (share ?? Number.NaN) * (perTurn ?? Number.NaN),
    0,
  );
  const perTurn = of === 'users' ? 1 : Number.isNaN(expected) ? undefined : expected;
  return { of, started, turns, perTurn };
}

function turnsOf({ counts }: CountedKind, of: KindShares['of']): number {
  return (of === 'users' ? counts?.userMs : counts?.rounds) ?? 0;
}

function describeKind(kind: CountedKind, sums: Sums): KindRatio {
  const { name, share, started, tree, perTurn } = kind;
  const { of } = sums;
  // In an open load the one that has more tasks in an iteration begins more of them.
  const perShare = of === 'users' ? 1 : divide(perTurn, sums.perTurn);
  const ofAll = of === undefined ? undefined : multiply(share, perShare);
  return {
    kind: name,
    ...(of === undefined ? {} : { shareOf: of, ...ifThere('actualShare', divide(turnsOf(kind, of), sums.turns)) }),
    ...ifThere('wantedShare', share),
    started,
    ...ifThere('wantedShareOfAll', ofAll),
    ...ifThere('actualShareOfAll', divide(started, sums.started)),
    tasks: describeTasks(tree, { kind, sums, ofKind: divide(ofAll, perTurn), turns: kind.counts?.rounds ?? 0 }),
  };
}

interface Branch {
  kind: CountedKind;
  sums: Sums;
  /** Wanted share of all tasks, of one that comes once in each turn; undefined where nobody can know. */
  ofKind: number | undefined;
  /** How often the branch itself was entered. */
  turns: number;
}

function describeTasks(branch: PlannedTask, { kind, sums, ofKind, turns }: Branch): TaskRatio[] {
  const tasks = branch.tasks ?? [];
  const startsOf = ({ name }: PlannedTask) => kind.starts.get(name) ?? 0;
  const isOrdered = branch.type === 'sequence';
  const total = isOrdered ? turns : tasks.reduce((sum, task) => sum + startsOf(task), 0);
  return tasks.flatMap((task): TaskRatio[] => {
    const started = startsOf(task);
    const wantedShareOfAll = multiply(ofKind, task.share);
    const ratio: TaskRatio = {
      task: task.name,
      type: task.type,
      ...(branch.name === '' ? {} : { inside: branch.name }),
      shareOf: isOrdered ? 'rounds' : 'choices',
      wantedShare: task.share,
      ...ifThere('actualShare', divide(started, total)),
      started,
      outOf: total,
    };
    if (task.type !== 'task') {
      return [ratio, ...describeTasks(task, { kind, sums, ofKind: wantedShareOfAll, turns: started })];
    }
    const ofAll = ifThere('actualShareOfAll', divide(started, sums.started));
    return [{ ...ratio, ...ifThere('wantedShareOfAll', wantedShareOfAll), ...ofAll }];
  });
}

function leavesOf(node: PlannedTask): PlannedTask[] {
  return node.type === 'task' ? [node] : (node.tasks ?? []).flatMap(leavesOf);
}

/** Tasks that begin in one turn: a choice from a set, a round of a sequence. A nested set of a closed load is left by its code. */
function expectedStarts(node: PlannedTask, turn: { isOpen: boolean; isTop: boolean }): number | undefined {
  if (node.type === 'task') return 1;
  if (node.type === 'set' && !turn.isOpen && !turn.isTop) return undefined;
  let sum = 0;
  for (const task of node.tasks ?? []) {
    const starts = expectedStarts(task, { isOpen: turn.isOpen, isTop: false });
    if (starts === undefined) return undefined;
    sum += task.share * starts;
  }
  return sum;
}

function multiply(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one * other;
}

function divide(part: number | undefined, whole: number | undefined): number | undefined {
  return part === undefined || whole === undefined || whole === 0 ? undefined : part / whole;
}

function ifThere<Key extends string>(key: Key, value: number | undefined): { [Name in Key]?: number } {
  return value === undefined ? {} : ({ [key]: value } as { [Name in Key]?: number });
}
