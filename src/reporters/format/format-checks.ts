import { percentilesOf } from '../../metrics/histogram.js';
import type { CheckCounts, TrendCounts } from '../../metrics/tally.js';
import { escapeText } from './escape-text.js';
import { formatMs } from './format-number.js';
import { type Column, layoutTable } from './layout-table.js';

const CHECK_COLUMNS: readonly Column[] = [
  { header: 'Check', align: 'left', width: 31, leastFlexibleWidth: 12 },
  { header: 'passes', align: 'right', width: 8 },
  { header: 'failures', align: 'right', width: 8 },
  { header: 'passed', align: 'right', width: 9 },
];

const GROUP_COLUMNS: readonly Column[] = [
  { header: 'Group', align: 'left', width: 31, leastFlexibleWidth: 12 },
  { header: '# times', align: 'right', width: 8, endsGroup: true },
  { header: 'Avg', align: 'right', width: 7 },
  { header: 'Min', align: 'right', width: 7 },
  { header: 'Max', align: 'right', width: 7 },
  { header: 'Med', align: 'right', width: 7 },
  { header: '95%', align: 'right', width: 7 },
];

/** How often each check passed and failed, in order of their names; empty without any. */
export function formatChecks(checks: readonly CheckCounts[], maxWidth: number): string[] {
  const cells = sortByName(checks).map(({ name, passes, failures }) => {
    const share = passes + failures === 0 ? 0 : passes / (passes + failures);
    // Rounding down: 100.00% is said only of a check that never failed.
    const percent = Math.floor(share * 10_000) / 100;
    return [escapeText(name), String(passes), String(failures), `${percent.toFixed(2)}%`];
  });
  return layOut(CHECK_COLUMNS, cells, maxWidth);
}

/** Durations of groups in ms; empty without any. */
export function formatGroups(groups: readonly TrendCounts[], maxWidth: number): string[] {
  const cells = sortByName(groups.filter(({ count }) => count > 0)).map((group) => {
    const [median, high] = percentilesOf(group.durations, [50, 95]);
    const meanMs = group.totalMs / group.count;
    const times = [meanMs, group.minMs, group.maxMs, median, high].map(formatMs);
    return [escapeText(group.name), String(group.count), ...times];
  });
  return layOut(GROUP_COLUMNS, cells, maxWidth);
}

function layOut(columns: readonly Column[], cells: string[][], maxWidth: number): string[] {
  if (cells.length === 0) return [];
  const { header, rule, rows } = layoutTable(columns, cells, maxWidth);
  return [header, rule, ...rows];
}

function sortByName<T extends { name: string }>(all: readonly T[]): T[] {
  return [...all].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
