import type { Table } from '../metrics/run-totals.js';
import type { IntervalClosed } from '../runtime/protocol.js';
import type { Palette } from './color.js';
import { formatTopErrors } from './format/format-errors.js';
import { formatGeneratorNow } from './format/format-generator.js';
import { formatStatus, type StatusFigures } from './format/format-status.js';
import { formatTable } from './format/format-table.js';
import { formatFailing, type ReadMeasureType } from './format/format-thresholds.js';

/** What is shown of a run while it goes on. */
export interface FrameParts {
  interval: IntervalClosed;
  /** Counts and times of the run so far, at the rates of the ten seconds ending now. */
  table: Table;
  figures: StatusFigures;
  typeOf: ReadMeasureType;
}

/** Thresholds that fail are named up to this many. */
const MAX_FAILING = 3;
/** Why the generator does not keep up. */
const MAX_REASONS = 1;
const MAX_ERRORS = 3;

/** How the run stands, for a file or a pipe: what is wrong, in words, and the table of all names. */
export function formatPlainFrame(parts: FrameParts, maxWidth: number, palette: Palette): string[] {
  const { interval, table, figures, typeOf } = parts;
  const { head, rows, foot } = formatTable(table, maxWidth);
  return [
    ...formatStatus(interval, figures, maxWidth),
    ...formatFailing(interval.thresholds, typeOf, { maxWidth, maxLines: MAX_FAILING }).map(palette.bad),
    ...formatGeneratorNow(interval.generator, { maxWidth, maxLines: MAX_REASONS }).map(palette.warning),
    ...head,
    ...rows.map((line, index) => ((table.rows[index]?.failures ?? 0) > 0 ? palette.bad(line) : line)),
    ...foot,
    ...formatTopErrors(table.rows, { maxWidth, maxLines: MAX_ERRORS }).map(palette.bad),
  ];
}
