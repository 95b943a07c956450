import type { DescribedTask, TaskDescription } from '../protocol.js';
import {
  isSequence,
  type TaskEntry,
  type TaskFunction,
  type TaskItem,
  type Tasks,
  type UserDefinition,
} from './define-user.js';
import type { WaitTime } from './wait.js';

interface NodeBase {
  /** Position among all tasks, sets and sequences of its kind; the whole of its tasks is at 0. */
  place: number;
  name: string;
  weight: number;
  tags: readonly string[];
}

export interface TaskLeaf extends NodeBase {
  type: 'task';
  /** Position among all tasks of its kind, before any are left out by tags. */
  number: number;
  run: TaskFunction<never>;
}

export interface TaskBranch extends NodeBase {
  type: 'set' | 'sequence';
  children: TaskNode[];
  /** Sums of weights up to and with each child. */
  cumulative: number[];
  waitTime: WaitTime | undefined;
}

export type TaskNode = TaskLeaf | TaskBranch;

export interface TagFilter {
  tags: readonly string[];
  excludeTags: readonly string[];
}

const ALL: TagFilter = { tags: [], excludeTags: [] };
const PATH_SEPARATOR = ' > ';

/**
 * Turns the ways tasks can be written into one tree. Tasks that the tags leave out are not in it, nor are sets with
 * nothing to choose: a user that entered one would turn in circles.
 */
export function buildTaskTree(definition: UserDefinition<never>, filter: TagFilter = ALL): TaskBranch {
  const root = buildWholeTree(definition);
  return keepWanted(root, filter) ?? { ...root, children: [], cumulative: [] };
}

function buildWholeTree(definition: UserDefinition<never>): TaskBranch {
  return buildBranch(
    definition.tasks as Tasks<never>,
    { task: 0, place: 1 },
    {
      place: 0,
      name: '',
      weight: 1,
      tags: definition.tags ?? [],
      waitTime: definition.waitTime,
    },
  );
}

/** One child of a set, by weight; `draw` in [0, 1). Undefined if all weights are 0. */
export function chooseChild(branch: TaskBranch, draw: number): TaskNode | undefined {
  const total = branch.cumulative.at(-1) ?? 0;
  if (total <= 0) return undefined;
  const point = draw * total;
  return branch.children[branch.cumulative.findIndex((sum) => point < sum)];
}

/** All tasks of a kind in the order of their numbers, with the share of choices each gets in its own set. */
export function describeTasks(definition: UserDefinition<never>): TaskDescription[] {
  const found: TaskDescription[] = [];
  const visit = (branch: TaskBranch) => {
    const total = branch.cumulative.at(-1) ?? 0;
    for (const child of branch.children) {
      const share = branch.type === 'sequence' ? 1 : total === 0 ? 0 : child.weight / total;
      if (child.type === 'task') {
        found.push({ name: child.name, weight: child.weight, tags: [...child.tags], share });
      } else {
        visit(child);
      }
    }
  };
  visit(buildWholeTree(definition));
  return found;
}

/** The same as a tree, with weights as they were written. */
export function describeTaskTree(definition: UserDefinition<never>): DescribedTask {
  const describe = (node: TaskNode): DescribedTask => {
    const { name, type, weight, tags } = node;
    const about = { name, type, weight, tags: [...tags] };
    return type === 'task' ? about : { ...about, children: node.children.map(describe) };
  };
  return describe(buildWholeTree(definition));
}

/** What each place of a tree is called; the whole of the tasks has no name. */
export function namePlaces(root: TaskBranch): string[] {
  const names: string[] = [];
  const visit = (node: TaskNode) => {
    names[node.place] = node.name;
    if (node.type !== 'task') for (const child of node.children) visit(child);
  };
  visit(root);
  return names;
}

/** The next free numbers: of a task, and of anything. */
interface Counter {
  task: number;
  place: number;
}

type BranchOptions = NodeBase & { waitTime: WaitTime | undefined };

function buildBranch(tasks: Tasks<never>, counter: Counter, options: BranchOptions): TaskBranch {
  const isOrdered = isSequence(tasks);
  const items: [string, TaskItem<never>][] = isOrdered
    ? tasks.steps.map((item, index) => [nameOf(item, index), item])
    : Array.isArray(tasks)
      ? (tasks as readonly TaskItem<never>[]).map((item, index) => [nameOf(item, index), item])
      : Object.entries(tasks as Record<string, TaskItem<never>>);
  const children = items.map(([name, item]) => buildNode(item, counter, { name, parent: options }));
  return { ...options, type: isOrdered ? 'sequence' : 'set', children, cumulative: accumulate(children) };
}

function buildNode(item: TaskItem<never>, counter: Counter, about: { name: string; parent: BranchOptions }): TaskNode {
  const { parent } = about;
  const name = parent.name === '' ? about.name : parent.name + PATH_SEPARATOR + about.name;
  const place = counter.place++;
  if (typeof item === 'function') {
    return { type: 'task', place, name, weight: 1, tags: parent.tags, number: counter.task++, run: item };
  }
  const weight = item.weight ?? 1;
  const tags = [...parent.tags, ...(item.tags ?? [])];
  const own = { place, name, weight, tags };
  if (isSequence(item)) return buildBranch(item as never, counter, { ...own, waitTime: parent.waitTime });
  if ('tasks' in item) {
    return buildBranch(item.tasks, counter, { ...own, waitTime: item.waitTime ?? parent.waitTime });
  }
  const entry = item as TaskEntry<never>;
  const run: TaskFunction<never> = (context) => entry.run(context);
  return { type: 'task', ...own, number: counter.task++, run };
}

/** Tasks in a list are called by their function's name, or by their place. */
function nameOf(item: TaskItem<never>, index: number): string {
  const run = typeof item === 'function' ? item : 'run' in item ? item.run : undefined;
  const name = run?.name ?? '';
  return name === '' || name === 'run' ? `task ${index + 1}` : name;
}

function keepWanted(branch: TaskBranch, filter: TagFilter): TaskBranch | undefined {
  const children: TaskNode[] = [];
  for (const child of branch.children) {
    const kept = child.type === 'task' ? (isWanted(child, filter) ? child : undefined) : keepWanted(child, filter);
    if (kept !== undefined) children.push(kept);
  }
  const cumulative = accumulate(children);
  const isEmpty = branch.type === 'set' ? (cumulative.at(-1) ?? 0) === 0 : children.length === 0;
  return isEmpty ? undefined : { ...branch, children, cumulative };
}

function isWanted({ tags }: TaskLeaf, filter: TagFilter): boolean {
  if (filter.excludeTags.some((tag) => tags.includes(tag))) return false;
  return filter.tags.length === 0 || filter.tags.some((tag) => tags.includes(tag));
}

function accumulate(children: readonly TaskNode[]): number[] {
  let sum = 0;
  return children.map(({ weight }) => {
    sum += weight;
    return sum;
  });
}
