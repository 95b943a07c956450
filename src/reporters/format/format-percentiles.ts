import type { Table } from '../../metrics/run-totals.js';
import type { SeriesStatistics } from '../../metrics/statistics.js';
import { REPORTED_PERCENTILES, type ReportedPercentile } from '../../metrics/time-statistics.js';
import { escapeText } from './escape-text.js';
import { formatMs } from './format-number.js';
import type { FormattedTable } from './format-table.js';
import { type Column, layoutTable } from './layout-table.js';

/** Which percentiles go first where the terminal is too narrow for all: the ones with a near neighbour. */
const DROP_RANKS: Partial<Record<ReportedPercentile, number>> = {
  66: 2,
  80: 3,
  98: 4,
  75: 5,
  99.99: 6,
  99.9: 7,
  90: 8,
};

/** The same rows with service times in place of response times; where the two never differed they are the same. */
export function withServiceTimes({ rows, aggregated }: Table): Table {
  const swap = (row: SeriesStatistics): SeriesStatistics => ({ ...row, ...row.service });
  return { rows: rows.map(swap), aggregated: swap(aggregated) };
}

/** Percentiles of the rows' times in ms by name, never wider than `maxWidth`. */
export function formatPercentiles(table: Table, maxWidth: number): FormattedTable {
  const names = new Set(table.rows.map((row) => row.name));
  const isTypeNeeded = names.size < table.rows.length;
  const columns: Column[] = [
    { header: 'Type', align: 'left', width: 8, ...(isTypeNeeded ? {} : { dropRank: 1 }) },
    { header: 'Name', align: 'left', width: 22, leastFlexibleWidth: 22 },
    ...REPORTED_PERCENTILES.map((percentile) => percentileColumn(percentile)),
    { header: '# reqs', align: 'right', width: 7, dropRank: 9 },
  ];
  const cells = [...table.rows, table.aggregated].map(cellsOf);
  const { header, rule, rows } = layoutTable(columns, cells, maxWidth);
  return { head: [header, rule], rows: rows.slice(0, -1), foot: [rule, rows.at(-1)!] };
}

function percentileColumn(percentile: ReportedPercentile): Column {
  const dropRank = DROP_RANKS[percentile];
  return { header: `${percentile}%`, align: 'right', width: 6, ...(dropRank === undefined ? {} : { dropRank }) };
}

function cellsOf(row: SeriesStatistics): string[] {
  return [
    escapeText(row.method),
    escapeText(row.name),
    ...REPORTED_PERCENTILES.map((percentile) => formatMs(row.percentiles[percentile])),
    String(row.completed),
  ];
}
