import type { ThresholdVerdict } from '../../metrics/judge-thresholds.js';
import type { MeasureType } from '../../metrics/measure-selector.js';
import { findBuiltInMetric } from '../../metrics/metric-table.js';
import { redactSecrets } from '../../redact-secrets.js';
import { escapeText } from './escape-text.js';
import { formatElapsed } from './format-duration.js';
import { formatAgainst, formatPlural } from './format-number.js';
import { padEnd, padStart, truncateText, widthOf, wrapText } from './pad-text.js';

/** The type of the measure with this key; only a scenario's own metrics need to be known. */
export type ReadMeasureType = (key: string) => MeasureType | undefined;

/** One threshold as lines, so that each may be coloured. */
export interface FormattedThreshold {
  state: ThresholdVerdict['state'];
  lines: string[];
}

const MARKS: Record<ThresholdVerdict['state'], string> = { passed: '✓', failed: '✗', pending: '○' };
const MARK_WIDTH = 2;
const GAP = '  ';
/** Below this, what is judged gets a line of its own rather than a part of one. */
const LEAST_TEXT_WIDTH = 12;
const MAX_LINES = 6;
const EXPRESSION = /^(?<method>\w+).*?[<>=!]=?(?<limit>[^<>=!]*)$/;

/** How every threshold was kept and what was measured, aligned, no wider than `maxWidth`. */
export function formatThresholds(
  thresholds: readonly ThresholdVerdict[],
  typeOf: ReadMeasureType,
  maxWidth: number,
): FormattedThreshold[] {
  const cells = thresholds.map((verdict) => formatThresholdCells(verdict, typeOf));
  const valueWidth = widestOf(cells.map(({ value }) => value));
  const textRoom = maxWidth - MARK_WIDTH - GAP.length - valueWidth;
  const noteWidth = widestOf(cells.map(({ note }) => note));
  const besideNote = textRoom - (noteWidth === 0 ? 0 : GAP.length + noteWidth);
  const longest = widestOf(cells.map(({ text }) => text));
  const isNoteBeside = besideNote >= longest;
  const room = Math.min(longest, isNoteBeside ? besideNote : textRoom);
  return cells.map((row) => ({
    state: row.state,
    lines: textRoom < LEAST_TEXT_WIDTH ? stack(row, maxWidth) : layOut(row, { room, valueWidth, isNoteBeside }),
  }));
}

/** How many passed, failed and are pending, in a few characters; empty without thresholds. */
export function countThresholds(thresholds: readonly ThresholdVerdict[]): string {
  const counted = withoutQuietRules(thresholds);
  if (counted.length === 0) return '';
  return `thresholds ${countStates(counted)}`;
}

function countStates(thresholds: readonly ThresholdVerdict[]): string {
  const parts = (['passed', 'failed', 'pending'] as const).flatMap((state) => {
    const count = thresholds.filter((verdict) => verdict.state === state).length;
    return count === 0 ? [] : [`${count} ${MARKS[state]}`];
  });
  return parts.join(' ');
}

/** The thresholds that fail now, one line each, up to so many lines. */
export function formatFailing(
  thresholds: readonly ThresholdVerdict[],
  typeOf: ReadMeasureType,
  { maxWidth, maxLines }: { maxWidth: number; maxLines: number },
): string[] {
  const failing = thresholds.filter(({ state }) => state === 'failed');
  if (failing.length === 0 || maxLines < 1) return [];
  const listed = failing.slice(0, failing.length > maxLines ? maxLines - 1 : maxLines);
  const lines = listed.map((verdict) => {
    const { text, value, note } = formatThresholdCells(verdict, typeOf);
    const figures = [value, note].filter((part) => part !== '').join(GAP);
    const room = maxWidth - MARK_WIDTH - GAP.length - widthOf(figures);
    const shown = room < LEAST_TEXT_WIDTH ? text : truncateText(text, room);
    return truncateText(`${MARKS.failed} ${shown}${GAP}${figures}`, maxWidth);
  });
  const rest = failing.length - listed.length;
  return rest === 0
    ? lines
    : [...lines, truncateText(`${MARKS.failed} ${formatPlural(rest, 'more threshold')}`, maxWidth)];
}

const STANDING_ORDER: readonly ThresholdVerdict['state'][] = ['failed', 'pending', 'passed'];

/** How all thresholds stand now, one line each, those that fail first, up to so many lines. */
export function formatStanding(
  thresholds: readonly ThresholdVerdict[],
  typeOf: ReadMeasureType,
  { maxWidth, maxLines }: { maxWidth: number; maxLines: number },
): FormattedThreshold[] {
  const counted = withoutQuietRules(thresholds);
  const sorted = STANDING_ORDER.flatMap((wanted) => counted.filter(({ state }) => state === wanted));
  if (sorted.length === 0 || maxLines < 1) return [];
  const isAll = sorted.length <= maxLines;
  const cells = sorted
    .slice(0, isAll ? maxLines : maxLines - 1)
    .map((verdict) => formatThresholdCells(verdict, typeOf));
  const valueWidth = widestOf(cells.map(({ value }) => value));
  const room = Math.min(
    widestOf(cells.map(({ text }) => text)),
    Math.max(LEAST_TEXT_WIDTH, maxWidth - MARK_WIDTH - GAP.length - valueWidth),
  );
  const lines = cells.map(({ state, text, value, note }) => {
    const head = `${MARKS[state]} ${padEnd(truncateText(text, room), room)}${GAP}${padStart(value, valueWidth)}`;
    const isNoteShown = note !== '' && widthOf(head) + GAP.length + widthOf(note) <= maxWidth;
    return { state, lines: [truncateText(isNoteShown ? `${head}${GAP}${note}` : head, maxWidth)] };
  });
  if (isAll) return lines;
  const rest = sorted.slice(maxLines - 1);
  const left = `… and ${formatPlural(rest.length, 'more threshold')}: ${countStates(rest)}`;
  return [...lines, { state: rest[0]!.state, lines: [truncateText(left, maxWidth)] }];
}

/** Metric, bound and what was measured, in one line. */
export function formatThreshold(verdict: ThresholdVerdict, typeOf: ReadMeasureType): string {
  const { text, value, note } = formatThresholdCells(verdict, typeOf);
  return `${MARKS[verdict.state]} ${[text, value, note].filter((part) => part !== '').join(GAP)}`;
}

/** Metric, bound and window; names as they are, so that each report escapes them in its own way. */
export function describeThreshold({ key, expression, windowMs, isAbortRule }: ThresholdVerdict): string {
  const over = windowMs === undefined ? '' : ` ${isAbortRule ? 'for' : 'in every'} ${windowMs / 1000} s`;
  return `${isAbortRule ? 'abort on ' : ''}${redactSecrets(key)} ${expression}${over}`;
}

interface Cells {
  state: ThresholdVerdict['state'];
  text: string;
  value: string;
  note: string;
}

/** What is judged, what was measured, and when it was worst: each of them in words. */
export function formatThresholdCells(verdict: ThresholdVerdict, typeOf: ReadMeasureType): Cells {
  const { state, worst } = verdict;
  return {
    state,
    text: escapeText(describeThreshold(verdict)),
    value: formatMeasured(verdict, typeOf),
    note: worst === undefined ? '' : `worst at ${formatElapsed(worst.fromMs)}–${formatElapsed(worst.toMs)}`,
  };
}

function withoutQuietRules(thresholds: readonly ThresholdVerdict[]): ThresholdVerdict[] {
  return thresholds.filter(({ isAbortRule, state }) => !isAbortRule || state === 'failed');
}

/** What was measured, in the unit of its metric, and never rounded to the other side of the limit. */
export function formatMeasured(
  { key, expression, value, unit: own = '' }: Pick<ThresholdVerdict, 'key' | 'expression' | 'value' | 'unit'>,
  typeOf: ReadMeasureType,
): string {
  if (value === undefined) return 'no data';
  const builtIn = findBuiltInMetric(key.split('{', 1)[0]!);
  const type = builtIn?.type ?? typeOf(key);
  const { method = '', limit: limitText } = EXPRESSION.exec(expression)?.groups ?? {};
  const limit = Number(limitText);
  const unit = method === 'count' && type === 'trend' ? '' : (builtIn?.unit ?? escapeText(own));
  if (type === 'rate') return `${formatAgainst(value * 100, limit * 100, 2)} %`;
  if (unit === 'ms') return `${formatAgainst(value, limit, digitsOfMs(value))} ms`;
  const perSecond = type === 'counter' && method === 'rate' ? '/s' : '';
  const digits = Number.isInteger(value) && perSecond === '' ? 0 : 2;
  return `${formatAgainst(value, limit, digits)}${unit === '' ? '' : ` ${unit}`}${perSecond}`;
}

/** As `formatMs` has it. */
function digitsOfMs(ms: number): number {
  if (ms < 0.01) return 3;
  if (ms < 1) return 2;
  return ms < 9.95 ? 1 : 0;
}

function layOut(
  { state, text, value, note }: Cells,
  { room, valueWidth, isNoteBeside }: { room: number; valueWidth: number; isNoteBeside: boolean },
): string[] {
  const isShort = widthOf(text) <= room;
  const [first = '', ...more] = isShort ? [text] : wrapText(text, room - MARK_WIDTH, MAX_LINES);
  const head = `${MARKS[state]} ${padEnd(first, room)}${GAP}${padStart(value, valueWidth)}`;
  const beside = isNoteBeside && note !== '' ? GAP + note : '';
  const below = !isNoteBeside && note !== '' ? [note] : [];
  return [head + beside, ...[...more, ...below].map((line) => `${' '.repeat(MARK_WIDTH * 2)}${line}`)];
}

/** For terminals too narrow for columns. */
function stack({ state, text, value, note }: Cells, maxWidth: number): string[] {
  return wrapText(
    [`${MARKS[state]} ${text}`, value, note].filter((part) => part !== '').join(GAP),
    maxWidth,
    MAX_LINES,
  );
}

function widestOf(texts: readonly string[]): number {
  return texts.reduce((widest, text) => Math.max(widest, widthOf(text)), 0);
}
