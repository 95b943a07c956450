import type { Table } from '../../metrics/run-totals.js';
import type { SeriesStatistics } from '../../metrics/statistics.js';
import { escapeText } from './escape-text.js';
import { formatMs, formatRate } from './format-number.js';
import { type Column, layoutTable } from './layout-table.js';

const COLUMNS: readonly Column[] = [
  { header: 'Type', align: 'left', width: 8, dropRank: 5 },
  { header: 'Name', align: 'left', width: 22, leastFlexibleWidth: 12 },
  { header: '# reqs', align: 'right', width: 7 },
  { header: '# fails', align: 'right', width: 13, endsGroup: true, dropRank: 9 },
  { header: 'Avg', align: 'right', width: 7, dropRank: 6 },
  { header: 'Min', align: 'right', width: 7, dropRank: 2 },
  { header: 'Max', align: 'right', width: 7, dropRank: 4 },
  { header: 'Med', align: 'right', width: 7, endsGroup: true, dropRank: 3 },
  { header: 'req/s', align: 'right', width: 8, dropRank: 7 },
  { header: 'failures/s', shortHeader: 'fail/s', align: 'right', width: 11, dropRank: 1 },
];

/** A table in parts, so that each may be shown or coloured on its own. */
export interface FormattedTable {
  /** Column names and the line under them. */
  head: string[];
  /** One line a row, in the table's order. */
  rows: string[];
  /** The line under the rows and the sum. */
  foot: string[];
}

/** The console table, laid out as Locust's where `maxWidth` allows it, and never wider than that. */
export function formatTable(table: Table, maxWidth: number): FormattedTable {
  const cells = [...table.rows, table.aggregated].map(cellsOf);
  const { header, rule, rows } = layoutTable(columnsFor(table), cells, maxWidth);
  return { head: [header, rule], rows: rows.slice(0, -1), foot: [rule, rows.at(-1)!] };
}

/** The type is left out later where it takes it to tell two rows of one name apart. */
function columnsFor({ rows }: Table): readonly Column[] {
  const isTypeNeeded = new Set(rows.map(({ name }) => name)).size < rows.length;
  return isTypeNeeded
    ? COLUMNS.map((column) => (column.header === 'Type' ? { ...column, dropRank: 8 } : column))
    : COLUMNS;
}

function cellsOf(row: SeriesStatistics): string[] {
  return [
    escapeText(row.method),
    escapeText(row.name),
    String(row.completed),
    `${row.failures}(${(row.failedShare * 100).toFixed(2)}%)`,
    formatMs(row.meanMs),
    formatMs(row.minMs),
    formatMs(row.maxMs),
    formatMs(row.medianMs),
    formatRate(row.requestsPerSecond),
    formatRate(row.failuresPerSecond),
  ];
}
