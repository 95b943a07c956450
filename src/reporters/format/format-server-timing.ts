import type { ServerTimingStatistics } from '../../metrics/server-timing-statistics.js';
import type { SeriesStatistics } from '../../metrics/statistics.js';
import { escapeText } from './escape-text.js';
import { formatMs, formatPlural, formatQuantity } from './format-number.js';
import { type Column, layoutTable } from './layout-table.js';
import { truncateText } from './pad-text.js';

/** The page and the JSON have them all. */
const MAX_ROWS = 15;
const MAX_SAID = 2;
const MAX_UNIT = 16;

const COLUMNS: readonly Column[] = [
  { header: 'Name', align: 'left', width: 22, leastFlexibleWidth: 12 },
  { header: 'Entry', align: 'left', width: 8, leastFlexibleWidth: 6 },
  { header: 'of time', align: 'right', width: 8 },
  { header: 'Avg', align: 'right', width: 7 },
  { header: '95%', align: 'right', width: 7, dropRank: 2 },
  { header: 'Max', align: 'right', width: 7, dropRank: 1 },
  { header: 'of reqs', align: 'right', width: 8, endsGroup: true, dropRank: 3 },
  { header: 'said', align: 'left', width: 12, leastFlexibleWidth: 12 },
];

/** What the target said of its own time, what took longest first; empty where it said nothing. */
export function formatServerTiming(requests: readonly SeriesStatistics[], maxWidth: number): string[] {
  const all = requests
    .flatMap(({ name, serverTiming = [] }) => serverTiming.map((entry) => ({ name, entry })))
    .sort((a, b) => b.entry.totalMs - a.entry.totalMs);
  if (all.length === 0) return [];
  const cells = all.slice(0, MAX_ROWS).map(({ name, entry }) => [escapeText(name), ...cellsOf(entry)]);
  const { header, rule, rows } = layoutTable(COLUMNS, cells, maxWidth);
  const rest = all.length - MAX_ROWS;
  const more =
    rest > 0 ? [truncateText(`… and ${formatPlural(rest, 'more row')} in the page and the JSON`, maxWidth)] : [];
  return [...[header, rule, ...rows].map((line) => line.trimEnd()), ...more];
}

function cellsOf(timing: ServerTimingStatistics): string[] {
  const { entry, timeShare, meanMs, percentiles, maxMs, countShare } = timing;
  return [
    escapeText(entry),
    timeShare === undefined ? '-' : formatPercent(timeShare),
    ...[meanMs, percentiles[95], maxMs].map(formatMs),
    formatPercent(countShare),
    formatSaid(timing),
  ];
}

/** In a few words: the number a response, or what was said most often. */
export function formatSaid({ descriptions, meanNumber, numbered, count, full }: ServerTimingStatistics): string {
  if (meanNumber !== undefined && numbered * 2 >= count) {
    const share = full > 0 ? `, full in ${formatPercent(full / count)}` : '';
    return `${formatQuantity(meanNumber)}${unitOf(descriptions[0]?.description ?? '')} on average${share}`;
  }
  const total = descriptions.reduce((sum, one) => sum + one.count, 0);
  return descriptions
    .slice(0, MAX_SAID)
    .map((one) => `${escapeText(one.description)} ${formatPercent(one.count / total)}`)
    .join(', ');
}

/** What follows the number: ` queries`, ` of 20`. */
function unitOf(description: string): string {
  const unit = /^\d[\d.]*\s+(.+)$/.exec(description)?.[1] ?? '';
  return unit === '' || unit.length > MAX_UNIT ? '' : ` ${escapeText(unit)}`;
}

/** Whole percents; never rounded to nothing or to everything. */
export function formatPercent(share: number): string {
  if (share > 0 && share < 0.005) return '<1%';
  if (share < 1 && share >= 0.995) return '>99%';
  return `${Math.round(share * 100)}%`;
}
