import { formatDuration } from '../options/format-duration.js';
import { redactUrl } from '../options/refuse-value.js';
import { padEnd, padStart, widthOf } from '../reporters/format/pad-text.js';
import { pickKinds } from '../runtime/load/pick-kinds.js';
import { plannedUsersAt, planUserStarts, rampEndMs } from '../runtime/load/plain.js';
import type { KindDescription, Plan, PlannedLoad, TaskDescription } from '../runtime/protocol.js';

/** What a run would do, before anything is started. */
export interface Inspection {
  scenario: string;
  plan: Plan;
  /** Workers the plan is shared over. */
  shares: number;
  /** Every kind of the scenario; those of the plan would run. */
  descriptions: readonly KindDescription[];
}

const QUARTERS = [0, 0.25, 0.5, 0.75, 1];

/** Kinds with their tasks, the load over time, and who is on which worker, as text. */
export function formatInspection(inspection: Inspection): string {
  const load = inspection.plan.revisions[0]?.loads[0];
  if (load === undefined) return `Scenario  ${inspection.scenario}\n`;
  const lines = [
    `Scenario  ${inspection.scenario}`,
    '',
    'Users',
    ...formatKinds(inspection, load),
    '',
    'Load',
    ...formatLoad(load),
    '',
    'Workers',
    ...formatWorkers(inspection, load),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function formatKinds({ plan, descriptions }: Inspection, load: PlannedLoad): string[] {
  const counts = countKinds(pickKinds(plan.kinds, load.users), plan.kinds.length);
  const rows = plan.kinds.flatMap((kind, index) => {
    const description = descriptions.find(({ name }) => name === kind.name);
    const share = kind.fixedCount === undefined ? `weight ${kind.weight}` : `fixed ${kind.fixedCount}`;
    const host = kind.host === undefined ? 'no host' : redactUrl(kind.host);
    const tags = formatTags(description?.tags ?? []);
    const head = [`  ${kind.name}`, share, countUsers(counts[index] ?? 0), tags === '' ? host : `${host}, ${tags}`];
    return [head, ...formatTasks(description?.tasks ?? [])];
  });
  return alignColumns(rows, [2]);
}

function countUsers(count: number): string {
  return count === 1 ? '1 user' : `${count} users`;
}

/** Nested tasks are named `outer > inner`: shown as `inner`, further in, below a line with `outer`. */
function formatTasks(tasks: readonly TaskDescription[]): string[][] {
  const rows: string[][] = [];
  let above: string[] = [];
  for (const { name, weight, share, tags } of tasks) {
    const path = name.split(' > ');
    const outer = path.slice(0, -1);
    const common = outer.findIndex((part, depth) => part !== above[depth]);
    for (let depth = common < 0 ? outer.length : common; depth < outer.length; depth += 1) {
      rows.push([indentTask(outer[depth] ?? '', depth)]);
    }
    rows.push([
      indentTask(path.at(-1) ?? name, outer.length),
      `weight ${weight}`,
      `${(share * 100).toFixed(1)} %`,
      formatTags(tags),
    ]);
    above = path;
  }
  return rows;
}

function indentTask(name: string, depth: number): string {
  return `${'  '.repeat(depth + 2)}${name}`;
}

function formatTags(tags: readonly string[]): string {
  return tags.length === 0 ? '' : `tags ${tags.join(', ')}`;
}

function formatLoad(load: PlannedLoad): string[] {
  const { users, spawnRate, runTimeMs } = load;
  const length = runTimeMs === undefined ? 'until stopped' : `for ${formatDuration(runTimeMs)}`;
  const rampMs = rampEndMs(load);
  const times = QUARTERS.map((part) => Math.round(part * rampMs)).filter((atMs) => atMs < (runTimeMs ?? Infinity));
  const rows = [...new Set(times)].map((atMs) => [`  ${formatDuration(atMs)}`, String(plannedUsersAt(load, atMs))]);
  if (runTimeMs !== undefined) rows.push([`  ${formatDuration(runTimeMs)}`, '0']);
  return [
    `  ${countUsers(users)}, ${spawnRate} started a second, ${length}`,
    '',
    ...alignColumns([['  At', 'Users'], ...rows], [1]),
  ];
}

function formatWorkers({ plan, shares }: Inspection, load: PlannedLoad): string[] {
  const rows = Array.from({ length: shares }, (_, index) => {
    const starts = planUserStarts(plan, load, { index, count: shares });
    const counts = countKinds(
      starts.map(({ kind }) => kind),
      plan.kinds.length,
    );
    const perKind = plan.kinds.map(({ name }, kind) => `${name} ${counts[kind] ?? 0}`).join(', ');
    return [`  ${index + 1}`, countUsers(starts.length), perKind];
  });
  return alignColumns(rows, [1]);
}

function countKinds(picked: ArrayLike<number>, kinds: number): number[] {
  const counts = new Array<number>(kinds).fill(0);
  for (let index = 0; index < picked.length; index += 1) {
    const kind = picked[index] ?? 0;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** Rows as lines with aligned columns; those in `right` end together. */
function alignColumns(rows: readonly string[][], right: readonly number[]): string[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? ''))),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => (right.includes(column) ? padStart : padEnd)(cell, widths[column] ?? 0))
      .filter((_, column) => (widths[column] ?? 0) > 0)
      .join('   '),
  );
}
