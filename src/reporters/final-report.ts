import type { Table } from '../metrics/run-totals.js';
import { redactSecrets } from '../redact-secrets.js';
import type { RunResult, WorkerLost } from '../runtime/protocol.js';
import type { Palette } from './color.js';
import { escapeLines, escapeText } from './format/escape-text.js';
import { formatChecks, formatGroups } from './format/format-checks.js';
import { formatDuration } from './format/format-duration.js';
import { formatErrors, formatExceptions } from './format/format-errors.js';
import { formatFinding } from './format/format-finding.js';
import { formatGenerator, formatGeneratorFigures } from './format/format-generator.js';
import { formatLoadFigures, formatOutside, formatVerifyFailures } from './format/format-load-figures.js';
import { formatMetrics } from './format/format-metrics.js';
import { formatBytes, formatCount, formatMs, formatPlural } from './format/format-number.js';
import { formatPercentiles, withServiceTimes } from './format/format-percentiles.js';
import { formatPlace } from './format/format-run-lines.js';
import { type FormattedTable, formatTable } from './format/format-table.js';
import { formatThresholds } from './format/format-thresholds.js';
import { formatVerdict } from './format/format-verdict.js';
import { truncateText, wrapText } from './format/pad-text.js';
import type { LiveCounts } from './live-counts.js';

export interface FinalReportParts {
  result: RunResult;
  /** Everything that was warned of while the run went on; the result's own are added if they are not among them. */
  warnings: readonly { code: string; message: string }[];
  counts: Pick<LiveCounts, 'mostUsers' | 'countedFromMs' | 'typeOf'>;
}

/** Names are listed one by one up to this many. */
const MAX_LISTED = 10;

/** The report about a whole run, as lines no wider than `maxWidth`. */
export function formatFinalReport(parts: FinalReportParts, maxWidth: number, palette: Palette): string[] {
  const { result, counts } = parts;
  const table = { rows: result.requests, aggregated: result.total };
  const warnings = mergeWarnings(parts);
  const failedReports = warnings.filter(({ code }) => code === 'ERR_REPORT_FAILED').length;
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', palette.heading(truncateText(title, maxWidth)), ...lines];
  const verdict = formatVerdict(result, failedReports);
  return [
    '',
    ...joinTable(formatTable(table, maxWidth), (line, index) =>
      (table.rows[index]?.failures ?? 0) > 0 ? palette.bad(line) : line,
    ),
    ...section('Thresholds', formatVerdicts(parts, maxWidth, palette)),
    ...section('Finding', formatSentences(formatFindings(parts), maxWidth)),
    ...section('Verify', formatVerifyFailures(result.verifyFailures, maxWidth).map(palette.bad)),
    ...formatTimes(table, maxWidth).flatMap(({ title, lines }) => section(title, lines)),
    ...section('Metrics', formatMetrics(result.part.measures, result.durationMs - counts.countedFromMs, maxWidth)),
    ...section('Checks', formatChecks(result.part.checks, maxWidth)),
    ...section('Groups (ms)', formatGroups(result.part.groups, maxWidth)),
    ...section('Error report', formatErrors(result.requests, maxWidth)),
    ...section('Exceptions', formatExceptions(result.part.exceptions, maxWidth)),
    ...section('Interrupted', formatInterrupted(result, maxWidth)),
    ...section(
      'Lost workers',
      result.lostWorkers.flatMap((lost) => formatLostWorker(lost, maxWidth)),
    ),
    ...section('Generator', formatGenerator(result.generator, maxWidth).map(palette.warning)),
    ...section(
      'Warnings',
      warnings.flatMap((warning) => formatWarning(warning, maxWidth).map(palette.warning)),
    ),
    '',
    ...formatTotals(result)
      .flatMap((line) => wrapText(line, maxWidth, 5))
      .map(palette.faint),
    ...wrapText(verdict.text, maxWidth, 6).map(verdict.hasFailed ? palette.bad : palette.good),
  ];
}

function formatVerdicts({ result, counts }: FinalReportParts, maxWidth: number, palette: Palette): string[] {
  const paints = { passed: palette.good, failed: palette.bad, pending: palette.warning };
  return formatThresholds(result.thresholds, counts.typeOf, maxWidth).flatMap(({ state, lines }) =>
    lines.map(paints[state]),
  );
}

function formatFindings({ result, counts }: FinalReportParts): string[] {
  const { finding, durationMs } = result;
  if (finding === undefined) return [];
  return formatFinding(finding, { mostUsers: counts.mostUsers, durationMs, typeOf: counts.typeOf });
}

function formatSentences(sentences: readonly string[], maxWidth: number): string[] {
  return sentences.flatMap((sentence) => wrapText(sentence, maxWidth, 5));
}

/** Response times, and service times of their own where the two ever differed. */
function formatTimes(table: Table, maxWidth: number): { title: string; lines: string[] }[] {
  const linesOf = (shown: Table) => joinTable(formatPercentiles(shown, maxWidth), (line) => line);
  const title = 'Response time percentiles (ms)';
  if (table.aggregated.service === undefined) return [{ title, lines: linesOf(table) }];
  return [
    { title: `${title}, from the intended start`, lines: linesOf(table) },
    { title: 'Service time percentiles (ms)', lines: linesOf(withServiceTimes(table)) },
  ];
}

function joinTable(table: FormattedTable, paint: (line: string, index: number) => string): string[] {
  return [...table.head, ...table.rows.map(paint), ...table.foot];
}

function mergeWarnings({ warnings, result }: FinalReportParts): { code: string; message: string }[] {
  const heard = new Set(warnings.map(({ code, message }) => `${code} ${message}`));
  return [...warnings, ...result.warnings.filter(({ code, message }) => !heard.has(`${code} ${message}`))];
}

export function formatWarning({ code, message }: { code: string; message: string }, maxWidth: number): string[] {
  const text = escapeLines(redactSecrets(message)).join(' ');
  return wrapText(`${escapeText(code)}  ${text}`, maxWidth, 6);
}

function formatInterrupted(result: RunResult, maxWidth: number): string[] {
  const { interrupted } = result.total;
  if (interrupted === 0) return [];
  const verb = interrupted === 1 ? 'was' : 'were';
  const rows = result.requests.filter((row) => row.interrupted > 0).sort((a, b) => b.interrupted - a.interrupted);
  const listed = rows
    .slice(0, MAX_LISTED)
    .map((row) => `  ${row.interrupted} × ${escapeText(row.method)} ${escapeText(row.name)}`);
  const more = rows.length > MAX_LISTED ? [`  … and ${formatPlural(rows.length - MAX_LISTED, 'more name')}`] : [];
  const text =
    `${formatPlural(interrupted, 'request')} ${verb} still unanswered at the end. ` +
    'The target may have handled them; they are not in the requests above.';
  return [...wrapText(text, maxWidth, 3), ...listed.flatMap((line) => wrapText(line, maxWidth, 1)), ...more];
}

export function formatLostWorker(lost: WorkerLost, maxWidth: number): string[] {
  const text = `worker ${lost.share}${formatPlace(lost)}: ${escapeLines(redactSecrets(lost.reason)).join(' ')}`;
  return wrapText(text, maxWidth, 4);
}

function formatTotals(result: RunResult): string[] {
  const { iterations, interruptedIterations: cut } = result.part;
  const { bytesReceived, bytesSent } = result.total;
  const mean = iterations.count === 0 ? '' : ` of ${formatMs(iterations.totalMs / iterations.count)} ms on average`;
  const interrupted = cut > 0 ? `, ${formatCount(cut)} more interrupted` : '';
  const drain = result.drainMs < 100 ? '' : `, then waited ${formatDuration(result.drainMs)} for answers`;
  return [
    `${formatPlural(result.usersStarted, 'user')} started, ${formatPlural(iterations.count, 'iteration')}${mean}${interrupted}, ` +
      `${formatBytes(bytesReceived)} received, ${formatBytes(bytesSent)} sent${drain}.`,
    ...formatLoadFigures(result.part),
    ...formatOutside(result.outside),
    formatGeneratorFigures(result.generator, sumTimes(result)),
  ];
}

/** Of all requests together, from their dispatch. */
function sumTimes({ total }: RunResult): number {
  return total.completed * ((total.service ?? total).meanMs ?? 0);
}
