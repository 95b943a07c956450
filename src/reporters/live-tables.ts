import type { RunTotals, Table } from '../metrics/run-totals.js';
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

function tablesOf(event: IntervalClosed, totals: RunTotals): LiveTables {
  let tables = known.get(totals);
  if (tables?.event !== event) {
    tables = { event };
    known.set(totals, tables);
  }
  return tables;
}
