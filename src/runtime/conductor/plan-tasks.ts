import type { PlannedTask } from '../plan.js';
import type { DescribedTask } from '../protocol.js';
import type { TagFilter } from '../user/task-tree.js';

/** How often each task of a kind is wanted, of those that the tags leave. */
export function planTasks(root: DescribedTask, filter: TagFilter): PlannedTask {
  const { name, type } = root;
  return planNode(root, filter) ?? { name, type, share: 1, tasks: [] };
}

function planNode({ name, type, tags, children }: DescribedTask, filter: TagFilter): PlannedTask | undefined {
  if (children === undefined) return isWanted(tags, filter) ? { name, type, share: 1 } : undefined;
  const kept = children.flatMap((child) => {
    const planned = planNode(child, filter);
    return planned === undefined ? [] : [{ planned, weight: child.weight }];
  });
  const total = type === 'sequence' ? kept.length : kept.reduce((sum, { weight }) => sum + weight, 0);
  if (total <= 0) return undefined;
  const tasks = kept.map(({ planned, weight }) => ({ ...planned, share: type === 'sequence' ? 1 : weight / total }));
  return { name, type, share: 1, tasks: joinSame(tasks) };
}

/** A function that is in a list twice is one task, twice as often. */
function joinSame(tasks: readonly PlannedTask[]): PlannedTask[] {
  const joined: PlannedTask[] = [];
  for (const task of tasks) {
    const known = joined.find(({ name, type }) => type === 'task' && task.type === 'task' && name === task.name);
    if (known === undefined) joined.push(task);
    else known.share += task.share;
  }
  return joined;
}

function isWanted(tags: readonly string[], filter: TagFilter): boolean {
  if (filter.excludeTags.some((tag) => tags.includes(tag))) return false;
  return filter.tags.length === 0 || filter.tags.some((tag) => tags.includes(tag));
}
