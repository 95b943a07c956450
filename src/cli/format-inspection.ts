import { formatDuration } from '../options/format-duration.js';
import { redactUrl } from '../options/refuse-value.js';
import type { ResolvedOptions } from '../options/resolved-options.js';
import { escapeText } from '../reporters/format/escape-text.js';
import { formatPlural } from '../reporters/format/format-number.js';
import { truncateText } from '../reporters/format/pad-text.js';
import { mostUsersOf } from '../reporters/format/sample-loads.js';
import type { PlannedRun } from '../runtime/conductor/plan-run.js';
import { KindPicker } from '../runtime/load/pick-kinds.js';
import { shareQuota } from '../runtime/load/share-out.js';
import { placeUsers } from '../runtime/load/slots.js';
import type { PlannedLoad, Share } from '../runtime/plan.js';
import type { ScenarioDescription, TaskDescription } from '../runtime/protocol.js';
import { alignRows } from './align-rows.js';
import { formatPlanChart } from './format-plan-chart.js';
import { countStarts, describePlannedLoad } from './format-planned-load.js';

/** What a run would do, before anything is started. */
export interface Inspection {
  scenario: string;
  /** Kinds it has, chosen or not, and profiles. */
  description: Pick<ScenarioDescription, 'kinds' | 'profiles'>;
  options: Pick<ResolvedOptions, 'values'>;
  /** Shapes filled in, as `inspectPlan` does it. */
  planned: Pick<PlannedRun, 'plan' | 'shares' | 'thresholds'>;
}

const CHART_WIDTH = 76;
const MAX_NAME_WIDTH = 24;

/** Kinds with their tasks, loads, the load over time, thresholds, profiles, and who is on which worker, as text. */
export function formatInspection(inspection: Inspection): string {
  const loads = loadsOf(inspection);
  const sections: [title: string, lines: string[]][] = [
    ['Users', formatKinds(inspection)],
    [loads.length === 1 ? 'Load' : 'Loads', formatLoads(inspection)],
    ['Over time', formatOverTime(inspection)],
    ['Thresholds', formatThresholds(inspection)],
    ['Profiles', formatProfiles(inspection)],
    ['Workers', formatWorkers(inspection)],
  ];
  const texts = sections.flatMap(([title, lines]) => (lines.length === 0 ? [] : ['', title, ...lines]));
  return `${[`Scenario  ${escapeText(inspection.scenario)}`, ...texts].map((line) => line.trimEnd()).join('\n')}\n`;
}

function loadsOf({ planned }: Inspection): readonly PlannedLoad[] {
  return planned.plan.revisions[0]?.loads ?? [];
}

function formatKinds(inspection: Inspection): string[] {
  const { description, planned } = inspection;
  const loads = loadsOf(inspection);
  // Of several loads not all users are there at the same time: how many each has is said there.
  const counts =
    loads.length === 1 && loads[0]!.model === 'users' ? countKinds(inspection, loads[0]!, WHOLE) : undefined;
  const rows = planned.plan.kinds.flatMap((kind, index) => {
    const described = description.kinds.find(({ name }) => name === kind.name);
    const share = kind.fixedCount === undefined ? `weight ${kind.weight}` : `fixed ${kind.fixedCount}`;
    const host = kind.host === undefined ? 'no host' : escapeText(redactUrl(kind.host));
    const tags = formatTags(described?.tags ?? []);
    const users = counts === undefined ? '' : formatPlural(counts[index] ?? 0, 'user');
    const head = [`  ${escapeText(kind.name)}`, share, users, tags === '' ? host : `${host}, ${tags}`];
    return [head, ...formatTasks(described?.tasks ?? [])];
  });
  return alignRows(rows, { right: [2] });
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
  return `${'  '.repeat(depth + 2)}${escapeText(name)}`;
}

function formatTags(tags: readonly string[]): string {
  return tags.length === 0 ? '' : `tags ${tags.map(escapeText).join(', ')}`;
}

function formatLoads(inspection: Inspection): string[] {
  const loads = loadsOf(inspection);
  return loads.flatMap((load, index) => {
    const isAlone = loads.length === 1 && load.name === 'default';
    const head = isAlone ? load.executor : `${escapeText(load.name)}   ${load.executor}`;
    const rows = describePlannedLoad(load, inspection.planned.plan.kinds);
    const lines = alignRows(rows.map(([name, text]) => [`    ${name}`, text]));
    return [...(index === 0 ? [] : ['']), `  ${truncateText(head, 78)}`, ...lines];
  });
}

function formatOverTime(inspection: Inspection): string[] {
  const { planned, options } = inspection;
  // One user with one iteration: how long that takes nobody knows.
  if (options.values.debug) return [];
  const lines = formatPlanChart(loadsOf(inspection), { width: CHART_WIDTH, kinds: planned.plan.kinds });
  return lines.map((line) => `  ${line}`);
}

function formatThresholds({ planned }: Inspection): string[] {
  const rows = planned.thresholds.map((threshold) => {
    const { key, expression, windowMs, isAbortRule, abortOnFail, delayAbortEvalMs, allowNoData } = threshold;
    const window = windowMs === undefined ? '' : formatDuration(windowMs);
    if (isAbortRule) return [`  ${escapeText(key)}`, `ends the run: ${expression} for ${window}`];
    const delay = delayAbortEvalMs === 0 ? '' : ` after ${formatDuration(delayAbortEvalMs)}`;
    const notes = [
      expression,
      ...(windowMs === undefined ? [] : [`over every ${window}`]),
      ...(abortOnFail ? [`ends the run${delay} if it fails`] : []),
      ...(allowNoData ? ['no data allowed'] : []),
    ];
    return [`  ${escapeText(key)}`, notes.join(', ')];
  });
  return alignRows(rows, { mostFirstWidth: 44 });
}

function formatProfiles({ description, options }: Inspection): string[] {
  const chosen = options.values.profile;
  return alignRows(
    Object.keys(description.profiles).map((name) => [`  ${escapeText(name)}`, name === chosen ? 'chosen' : '']),
  );
}

const WHOLE: Share = { index: 0, count: 1 };

function formatWorkers(inspection: Inspection): string[] {
  const { plan, shares } = inspection.planned;
  const loads = loadsOf(inspection);
  const rows = Array.from({ length: shares }, (_, index) =>
    loads.map((load, at) => {
      const counts = countKinds(inspection, load, { index, count: shares });
      const total = load.kinds.reduce((sum, kind) => sum + (counts[kind] ?? 0), 0);
      const perKind = load.kinds.map((kind) => `${escapeText(plan.kinds[kind]!.name)} ${counts[kind] ?? 0}`).join(', ');
      const name = loads.length === 1 ? '' : truncateText(escapeText(load.name), MAX_NAME_WIDTH);
      const what = formatPlural(total, load.model === 'users' ? 'user' : 'start');
      return [at === 0 ? `  ${index + 1}` : '', name, what, perKind];
    }),
  );
  return alignRows(rows.flat(), { right: [2] });
}

/** How many users a share has of each kind where the load has most, or how many starts in all. */
function countKinds({ planned }: Inspection, load: PlannedLoad, share: Share): number[] {
  const { kinds, revisions } = planned.plan;
  const loadIndex = revisions[0]!.loads.indexOf(load);
  const counts = new Array<number>(kinds.length).fill(0);
  if (load.model === 'users') {
    const placed = placeUsers({ load, loadIndex, kinds, share }, mostUsersOf(load, kinds));
    for (const { kind } of placed) counts[kind]!++;
    return counts;
  }
  const picker = new KindPicker(load.kinds.map((kind) => ({ weight: kinds[kind]!.weight, fixedCount: undefined })));
  picker.skipAhead(countStarts(load).count);
  for (const [index, kind] of load.kinds.entries()) {
    counts[kind] = shareQuota(picker.picked[index]!, share, kind + loadIndex);
  }
  return counts;
}
