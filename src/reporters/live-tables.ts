import type { RunTotals, Table } from '../metrics/run-totals.js';
import type { SeriesStatistics } from '../metrics/statistics.js';
import type { IntervalClosed } from '../runtime/protocol.js';

interface LiveTables {
  event: IntervalClosed;
  total?: Table;
  window?: Table;
}

const known = new WeakMap<RunTotals, LiveTables>();

/** The run so far, at the end of an interval; worked out once, however many reporters ask. */
export function readTotalTable(event: IntervalClosed, totals: RunTotals): Table {
  const tables = tablesOf(event, totals);
  tables.total ??= totals.table((event.interval + 1) * 1000);
  return tables.total;
}

/** The ten seconds that end with an interval; worked out once, however many reporters ask. */
export function readWindowTable(event: IntervalClosed, totals: RunTotals): Table {
  const tables = tablesOf(event, totals);
  tables.window ??= totals.window();
  return tables.window;
}

/** Counts and times of the run so far, at the rates of the last ten seconds. */
export function withCurrentRates(total: Table, window: Table): Table {
  const keyOf = ({ method, name }: SeriesStatistics) => `${method}\n${name}`;
  const current = new Map(window.rows.map((row) => [keyOf(row), row]));
  const withRates = (row: SeriesStatistics, now: SeriesStatistics | undefined): SeriesStatistics => ({
    ...row,
    requestsPerSecond: now?.requestsPerSecond ?? 0,
    failuresPerSecond: now?.failuresPerSecond ?? 0,
  });
  return {
    rows: total.rows.map((row) => withRates(row, current.get(keyOf(row)))),
    aggregated: withRates(total.aggregated, window.aggregated),
  };
}

/** The names with the most requests, in the table's order. */
export function pickBusiest(rows: readonly SeriesStatistics[], room: number): SeriesStatistics[] {
  const count = Math.max(1, room);
  if (rows.length <= count) return [...rows];
  const busiest = new Set([...rows].sort((a, b) => b.completed - a.completed).slice(0, count));
  return rows.filter((row) => busiest.has(row));
}

function tablesOf(event: IntervalClosed, totals: RunTotals): LiveTables {
  let tables = known.get(totals);
  if (tables?.event !== event) {
    tables = { event };
    known.set(totals, tables);
  }
  return tables;
}
