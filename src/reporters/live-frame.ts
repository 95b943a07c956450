import type { Table } from '../metrics/run-totals.js';
import type { SeriesStatistics } from '../metrics/statistics.js';
import type { IntervalClosed } from '../runtime/protocol.js';
import type { Palette } from './color.js';
import { formatGeneratorNow } from './format/format-generator.js';
import { formatPlural } from './format/format-number.js';
import { formatStatus, type StatusFigures } from './format/format-run-lines.js';
import { formatTable } from './format/format-table.js';
import { formatFailing, type ReadMeasureType } from './format/format-thresholds.js';

export interface FrameSize {
  columns: number;
  /** Lines at most; infinite where nothing is drawn over. */
  rows: number;
}

export interface FrameParts {
  interval: IntervalClosed;
  /** Counts and times: the run so far. */
  total: Table;
  /** Rates: the ten seconds ending now. */
  window: Table;
  status: Omit<StatusFigures, 'requestsPerSecond' | 'completed' | 'failures'>;
  typeOf: ReadMeasureType;
}

/** Two lines above a table's rows, two below, one for the names that are left out and one the cursor stands in. */
const OTHER_ROWS = 6;
/** Thresholds that fail are named up to this many, where there is room. */
const MAX_FAILING = 3;
/** Why the generator does not keep up. */
const MAX_REASONS = 1;
const LEAST_TABLE_ROWS = 3;

/** The live table: the run so far, at the rates of the last ten seconds, with the busiest names where not all fit. */
export function formatFrame(parts: FrameParts, size: FrameSize, palette: Palette): string[] {
  const live = withCurrentRates(parts.total, parts.window);
  const { interval, typeOf } = parts;
  const { completed, failures, requestsPerSecond } = live.aggregated;
  const figures = { ...parts.status, completed, failures, requestsPerSecond };
  const status = formatStatus(interval, figures, size.columns);
  const room = size.rows - status.length - OTHER_ROWS;
  const maxLines = Math.min(MAX_FAILING, room - LEAST_TABLE_ROWS);
  const failing = formatFailing(interval.thresholds, typeOf, { maxWidth: size.columns, maxLines });
  const maxReasons = Math.min(MAX_REASONS, room - failing.length - LEAST_TABLE_ROWS);
  const generator = formatGeneratorNow(interval.generator, { maxWidth: size.columns, maxLines: maxReasons });
  const troubles = failing.length + generator.length;
  const isWell = failures + figures.exceptions + figures.droppedIterations + troubles === 0;
  const shown = pickBusiest(live.rows, room - troubles);
  const table = formatTable({ ...live, rows: shown }, size.columns);
  const left = live.rows.length - shown.length;
  return [
    ...status.map(isWell ? palette.good : palette.warning),
    ...failing.map(palette.bad),
    ...generator.map(palette.warning),
    ...table.head,
    ...table.rows.map((line, index) => ((shown[index]?.failures ?? 0) > 0 ? palette.bad(line) : line)),
    ...(left === 0 ? [] : [palette.faint(`… and ${formatPlural(left, 'more name')}, in the final report`)]),
    ...table.foot,
  ];
}

function withCurrentRates(total: Table, window: Table): Table {
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
function pickBusiest(rows: readonly SeriesStatistics[], room: number): SeriesStatistics[] {
  const count = Math.max(1, room);
  if (rows.length <= count) return [...rows];
  const busiest = new Set([...rows].sort((a, b) => b.completed - a.completed).slice(0, count));
  return rows.filter((row) => busiest.has(row));
}
