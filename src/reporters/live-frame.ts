import type { SeriesStatistics } from '../metrics/statistics.js';
import type { Palette } from './color.js';
import { formatTopErrors } from './format/format-errors.js';
import { type Figure, formatFigures } from './format/format-figures.js';
import { formatGeneratorNow } from './format/format-generator.js';
import { formatCount, formatMs, formatPlural } from './format/format-number.js';
import { formatProgress } from './format/format-progress.js';
import { formatSparkline, type SparkPoint } from './format/format-sparkline.js';
import { formatNotes, listFigures } from './format/format-status.js';
import { formatTable } from './format/format-table.js';
import { formatStanding } from './format/format-thresholds.js';
import { truncateText } from './format/pad-text.js';
import { pickBusiest } from './live-tables.js';
import type { FrameParts } from './plain-frame.js';

export interface FrameSize {
  columns: number;
  rows: number;
}

export interface LiveFrameParts extends FrameParts {
  /** The last minute, second by second. */
  rates: readonly SparkPoint[];
  p95Ms: readonly SparkPoint[];
}

/** Two lines above a table's rows and two below. */
const TABLE_FRAME = 4;
const LEAST_TABLE_ROWS = 3;
/** Thresholds that fail go before almost everything else, up to this many. */
const MAX_URGENT = 3;
const MAX_THRESHOLDS = 8;
/** Why the generator does not keep up. */
const MAX_REASONS = 1;
const MAX_ERRORS = 3;
const SPARK_LABEL_WIDTH = 6;
/** ` max 12,345 ms`. */
const SPARK_NOTE_WIDTH = 14;

/** Lines of a screen that are still free. */
class Room {
  #lines: number;

  constructor(lines: number) {
    this.#lines = Math.max(0, lines);
  }

  get lines(): number {
    return this.#lines;
  }

  /** As many of so many lines as there are, or none where fewer than `least` are left. */
  take(wanted: number, least = 1): number {
    const taken = this.#lines < least ? 0 : Math.min(Math.max(0, wanted), this.#lines);
    this.#lines -= taken;
    return taken;
  }
}

/**
 * The lines that are drawn over and over: where the run is, its figures, its last minute, thresholds, names, errors. On a
 * small screen what is less urgent is left out, and the busiest names stand for all.
 */
export function formatFrame(parts: LiveFrameParts, size: FrameSize, palette: Palette): string[] {
  const { interval, table, typeOf } = parts;
  const maxWidth = size.columns;
  const head = formatHead(parts, maxWidth, palette);
  // The cursor stands in a line of its own.
  const room = new Room(size.rows - 1 - head.length);
  const failing = interval.thresholds.filter(({ state }) => state === 'failed').length;
  const names = table.rows.length;
  const leastTable = TABLE_FRAME + Math.min(LEAST_TABLE_ROWS, names) + (names > LEAST_TABLE_ROWS ? 1 : 0);
  const tableLines = room.take(leastTable, TABLE_FRAME + 1);
  const urgentLines = room.take(Math.min(failing, MAX_URGENT));
  const reasons = formatGeneratorNow(interval.generator, { maxWidth, maxLines: room.lines }).slice(0, MAX_REASONS);
  room.take(reasons.length);
  const sparks = room.take(2, 2) === 0 ? [] : formatSparks(parts, maxWidth, palette);
  const standing = (maxLines: number) => formatStanding(interval.thresholds, typeOf, { maxWidth, maxLines });
  const thresholdLines = urgentLines + room.take(standing(MAX_THRESHOLDS).length - urgentLines);
  const errors = formatTopErrors(table.rows, { maxWidth, maxLines: Math.min(MAX_ERRORS, room.lines) });
  room.take(errors.length);
  const moreNames = tableLines === 0 ? 0 : room.take(TABLE_FRAME + names - tableLines);
  const blocks = [
    [...head, ...sparks],
    [...reasons.map(palette.warning)],
    standing(thresholdLines).flatMap(({ state, lines }) => lines.map(paintOf(state, palette))),
    formatNames(table, { maxWidth, lines: tableLines + moreNames, palette }),
    errors.map(palette.bad),
  ].filter((block) => block.length > 0);
  const isSpacious = room.lines >= blocks.length - 1;
  return blocks.flatMap((block, index) => (index > 0 && isSpacious ? ['', ...block] : block));
}

function formatHead(parts: LiveFrameParts, maxWidth: number, palette: Palette): string[] {
  const { interval, figures } = parts;
  const notes = formatNotes(interval, figures, maxWidth);
  const { before, done, toCome, after } = formatProgress(figures.progress, maxWidth);
  const paint = paintOf(judgeNow(parts, notes.length), palette);
  const shown = listFigures(interval, figures).map((figure) => paintFigure(figure, parts, palette));
  return [
    `${before}${paint(done)}${palette.faint(toCome)}${after}`,
    ...formatFigures(shown, { maxWidth, paintLabel: palette.faint }),
    ...notes.map(palette.warning),
  ];
}

/** At a glance, by the colour of the bar. */
function judgeNow({ interval, figures }: LiveFrameParts, notes: number): 'passed' | 'failed' | 'pending' {
  if (interval.thresholds.some(({ state }) => state === 'failed')) return 'failed';
  return figures.failures + notes > 0 || interval.generator.verdict !== 'healthy' ? 'pending' : 'passed';
}

function paintOf(state: 'passed' | 'failed' | 'pending', palette: Palette): (text: string) => string {
  return { passed: palette.good, failed: palette.bad, pending: palette.warning }[state];
}

function paintFigure(figure: Figure, { figures, interval }: LiveFrameParts, palette: Palette): Figure {
  if (figure.label === 'failed' && figures.failures > 0) return { ...figure, paint: palette.bad };
  if (figure.label !== 'generator' || interval.generator.verdict === 'healthy') return figure;
  return { ...figure, paint: interval.generator.verdict === 'saturated' ? palette.bad : palette.warning };
}

function formatSparks({ rates, p95Ms }: LiveFrameParts, maxWidth: number, palette: Palette): string[] {
  const width = Math.max(1, maxWidth - SPARK_LABEL_WIDTH - SPARK_NOTE_WIDTH);
  const line = (
    label: string,
    points: readonly SparkPoint[],
    join: 'mean' | 'greatest',
    show: (value: number) => string,
  ) => {
    const greatest = points.reduce((most, { value = 0 }) => Math.max(most, value), 0);
    const blocks = formatSparkline(points, { maxWidth: width, join });
    const note = truncateText(` max ${show(greatest)}`, Math.max(0, maxWidth - SPARK_LABEL_WIDTH - blocks.length));
    return `${palette.faint(label.padEnd(SPARK_LABEL_WIDTH))}${palette.accent(blocks)}${palette.faint(note)}`;
  };
  return [line('req/s', rates, 'mean', formatCount), line('p95', p95Ms, 'greatest', (ms) => `${formatMs(ms)} ms`)];
}

/** The table, with the busiest names where not all have room. */
function formatNames(
  table: LiveFrameParts['table'],
  { maxWidth, lines, palette }: { maxWidth: number; lines: number; palette: Palette },
): string[] {
  if (lines === 0) return [];
  const room = lines - TABLE_FRAME;
  const shown: SeriesStatistics[] = pickBusiest(table.rows, table.rows.length <= room ? room : room - 1);
  const { head, rows, foot } = formatTable({ ...table, rows: shown }, maxWidth);
  const left = table.rows.length - shown.length;
  return [
    ...head,
    ...rows.map((line, index) => ((shown[index]?.failures ?? 0) > 0 ? palette.bad(line) : line)),
    ...(left === 0 ? [] : [palette.faint(`… and ${formatPlural(left, 'more name')}, in the final report`)]),
    ...foot,
  ];
}
