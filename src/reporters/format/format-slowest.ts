import { MOST_SLOWEST } from '../../metrics/slowest-requests.js';
import type { SeriesStatistics } from '../../metrics/statistics.js';
import { escapeText } from './escape-text.js';
import { formatElapsed } from './format-duration.js';
import { formatMs } from './format-number.js';
import { type Column, layoutTable } from './layout-table.js';

const COLUMNS: readonly Column[] = [
  { header: 'ms', align: 'right', width: 7 },
  { header: 'status', align: 'right', width: 6, dropRank: 1 },
  { header: 'at', align: 'right', width: 6, endsGroup: true, dropRank: 2 },
  { header: 'Trace', align: 'left', width: 32 },
  { header: 'Name', align: 'left', width: 22, leastFlexibleWidth: 12, dropRank: 3 },
];

/** The slowest requests with a trace, whatever their name; the page and the JSON have those of each name. */
export function formatSlowest(requests: readonly SeriesStatistics[], maxWidth: number): string[] {
  const all = requests
    .flatMap(({ method, name, slowest = [] }) => slowest.map((one) => ({ ...one, of: `${method} ${name}` })))
    .sort((a, b) => b.serviceMs - a.serviceMs || a.finishedAtMs - b.finishedAtMs)
    .slice(0, MOST_SLOWEST);
  if (all.length === 0) return [];
  const cells = all.map(({ serviceMs, status, finishedAtMs, traceId, of }) => [
    formatMs(serviceMs),
    status === 0 ? '-' : String(status),
    formatElapsed(finishedAtMs),
    escapeText(traceId),
    escapeText(of),
  ]);
  const { header, rule, rows } = layoutTable(COLUMNS, cells, maxWidth);
  return [header, rule, ...rows].map((line) => line.trimEnd());
}
