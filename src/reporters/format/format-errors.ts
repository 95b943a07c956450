import type { SeriesStatistics } from '../../metrics/statistics.js';
import type { ExceptionCounts } from '../../metrics/tally.js';
import { redactSecrets } from '../../redact-secrets.js';
import { escapeLines, escapeText } from './escape-text.js';
import { formatCount, formatPlural } from './format-number.js';
import { padEnd, padStart, truncateText, widthOf, wrapText } from './pad-text.js';

/** Beyond this, a report for people is no longer read; the files have them all. */
const MAX_ROWS = 50;
const MAX_LINES_PER_ERROR = 3;
const MAX_TRACEBACK_LINES = 12;
const COUNT_HEADER = '# occurrences';

/** Every reason requests failed for, the most frequent first. Empty without any. */
export function formatErrors(rows: readonly SeriesStatistics[], maxWidth: number): string[] {
  const errors = rows
    .flatMap(({ method, name, errors }) => errors.map(({ error, count }) => ({ method, name, error, count })))
    .sort((a, b) => b.count - a.count);
  if (errors.length === 0) return [];
  const countWidth = COUNT_HEADER.length;
  const textWidth = Math.max(10, maxWidth - countWidth - 1);
  const lines = errors.slice(0, MAX_ROWS).flatMap(({ method, name, error, count }) => {
    const text = `${escapeText(method)} ${escapeText(name)}: ${escapeText(redactSecrets(error))}`;
    return wrapText(text, textWidth - 2, MAX_LINES_PER_ERROR).map((line, index) =>
      index === 0 ? `${padEnd(String(count), countWidth)} ${line}` : `${' '.repeat(countWidth)}   ${line}`,
    );
  });
  const rule = `${'-'.repeat(countWidth)}|${'-'.repeat(Math.min(textWidth, 60))}`;
  return [`${COUNT_HEADER} Error`, rule, ...lines, ...formatRest(errors)].map((line) => truncateText(line, maxWidth));
}

interface NamedError {
  method: string;
  name: string;
  error: string;
  count: number;
}

/** The most frequent reasons requests failed for so far, one line each. */
export function formatTopErrors(
  rows: readonly SeriesStatistics[],
  { maxWidth, maxLines }: { maxWidth: number; maxLines: number },
): string[] {
  if (maxLines < 1) return [];
  const top: NamedError[] = [];
  for (const { method, name, errors } of rows) {
    for (const { error, count } of errors) {
      if (top.length >= maxLines && count <= top.at(-1)!.count) continue;
      top.push({ method, name, error, count });
      top.sort((a, b) => b.count - a.count);
      top.length = Math.min(top.length, maxLines);
    }
  }
  const width = widthOf(formatCount(top[0]?.count ?? 0));
  return top.map(({ method, name, error, count }) => {
    const text = `${escapeText(method)} ${escapeText(name)}: ${escapeText(redactSecrets(error))}`;
    return truncateText(`${padStart(formatCount(count), width)} × ${text}`, maxWidth);
  });
}

function formatRest(errors: readonly { count: number }[]): string[] {
  const rest = errors.slice(MAX_ROWS);
  if (rest.length === 0) return [];
  const occurrences = rest.reduce((sum, { count }) => sum + count, 0);
  return [`… and ${formatPlural(rest.length, 'more reason')} with ${formatPlural(occurrences, 'occurrence')}`];
}

/** What tasks threw: how often, what, on which workers, and the first one's lines. Empty without any. */
export function formatExceptions(exceptions: readonly ExceptionCounts[], maxWidth: number): string[] {
  const sorted = [...exceptions].sort((a, b) => b.count - a.count);
  const lines = sorted.slice(0, MAX_ROWS).flatMap((exception) => formatException(exception, maxWidth));
  return [...lines, ...formatRest(sorted)].map((line) => truncateText(line, maxWidth));
}

function formatException({ count, message, traceback, nodes }: ExceptionCounts, maxWidth: number): string[] {
  const messageLines = escapeLines(redactSecrets(message));
  const traceLines = escapeLines(redactSecrets(traceback)).filter((line) => line.trim() !== '');
  const firstFrame = traceLines.findIndex((line) => /^\s*at /.test(line));
  const frames =
    firstFrame < 0 ? traceLines.filter((line) => !message.includes(line.trim())) : traceLines.slice(firstFrame);
  const where = nodes.length === 0 ? '' : ` (${escapeText(nodes.join(', '))})`;
  const more = frames.length > MAX_TRACEBACK_LINES ? [`      … ${frames.length - MAX_TRACEBACK_LINES} more lines`] : [];
  return [
    ...wrapText(`${formatCount(count)} × ${messageLines[0] ?? ''}${where}`, maxWidth, MAX_LINES_PER_ERROR),
    ...messageLines.slice(1, 6).map((line) => truncateText(`    ${line}`, maxWidth)),
    ...frames
      .slice(0, MAX_TRACEBACK_LINES)
      .flatMap((line) => wrapText(line.trim(), Math.max(10, maxWidth - 6), 3).map((part) => `      ${part}`)),
    ...more,
  ];
}
