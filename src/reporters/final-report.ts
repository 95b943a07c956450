import type { Table } from '../metrics/run-totals.js';
import { redactSecrets } from '../redact-secrets.js';
import type { RunResult, WorkerLost } from '../runtime/protocol.js';
import type { Palette } from './color.js';
import { escapeLines, escapeText } from './format/escape-text.js';
import { formatBottlenecks } from './format/format-bottlenecks.js';
import { formatChecks, formatGroups } from './format/format-checks.js';
import { formatErrors, formatExceptions } from './format/format-errors.js';
import { formatFacts } from './format/format-facts.js';
import { formatFinding } from './format/format-finding.js';
import { formatGenerator, listGeneratorFacts } from './format/format-generator.js';
import { formatVerifyFailures } from './format/format-load-figures.js';
import { formatMetrics } from './format/format-metrics.js';
import { formatMonitors } from './format/format-monitors.js';
import { formatPlural } from './format/format-number.js';
import { formatPercentiles, withServiceTimes } from './format/format-percentiles.js';
import { listRunFacts } from './format/format-run-facts.js';
import { formatPlace } from './format/format-run-lines.js';
import { formatServerTiming } from './format/format-server-timing.js';
import { formatSlowest } from './format/format-slowest.js';
import { type FormattedTable, formatTable } from './format/format-table.js';
import { formatThresholds } from './format/format-thresholds.js';
import { formatHeadline, formatVerdict } from './format/format-verdict.js';
import { truncateText, wrapText } from './format/pad-text.js';
import type { LiveCounts } from './live-counts.js';
import type { FrameSize } from './live-frame.js';

export interface FinalReportParts {
  result: RunResult;
  /** Everything that was warned of while the run went on; the result's own are added if they are not among them. */
  warnings: readonly { code: string; message: string }[];
  counts: Pick<LiveCounts, 'mostUsers' | 'countedFromMs' | 'typeOf'>;
}

/** Names are listed one by one up to this many. */
const MAX_LISTED = 10;

/** Sentences are easier to read in lines of this length, however wide the terminal. */
const MAX_PROSE_WIDTH = 80;

/**
 * The report about a whole run, as lines no wider than the screen: how it ended first, then what was asked of it, what
 * was measured, what went wrong, and how Loadwright itself did. Where it is longer than the screen, how it ended is said
 * once more below.
 */
export function formatFinalReport(parts: FinalReportParts, size: FrameSize, palette: Palette): string[] {
  const { result } = parts;
  const proseWidth = Math.min(size.columns, MAX_PROSE_WIDTH);
  const warnings = mergeWarnings(parts);
  const failedReports = warnings.filter(({ code }) => code === 'ERR_REPORT_FAILED').length;
  const verdict = formatVerdict(result, failedReports);
  const verdictLines = wrapText(verdict.text, size.columns, 6).map(verdict.hasFailed ? palette.bad : palette.good);
  const sections: Section[] = [
    ...listJudged(parts, size.columns, palette),
    ...listMeasured(result, size.columns, palette),
    ...listTroubles(result, size.columns),
    ...listCounted(parts, size.columns),
    {
      title: 'Warnings',
      lines: warnings.flatMap((warning) => formatWarning(warning, proseWidth).map(palette.warning)),
    },
    { title: 'Run', lines: formatFacts(listRunFacts(result), proseWidth) },
    { title: `Generator: ${result.generator.verdict}`, lines: formatKeptUp(result, proseWidth, palette) },
  ];
  const lines = [
    '',
    ...verdictLines,
    ...formatHeadline(result).flatMap((line) => wrapText(line, proseWidth, 2)),
    ...sections.flatMap(({ title, lines }) =>
      lines.length === 0 ? [] : ['', palette.heading(truncateText(title, size.columns)), ...lines],
    ),
    '',
  ];
  return lines.length > size.rows ? [...lines, ...verdictLines] : lines;
}

interface Section {
  title: string;
  /** A section without any is left out. */
  lines: readonly string[];
}

/** What was asked of the target, and how it kept to it. */
function listJudged(parts: FinalReportParts, maxWidth: number, palette: Palette): Section[] {
  const proseWidth = Math.min(maxWidth, MAX_PROSE_WIDTH);
  return [
    { title: 'Thresholds', lines: formatVerdicts(parts, maxWidth, palette) },
    { title: 'Finding', lines: formatSentences(formatFindings(parts), proseWidth) },
    { title: 'Bottlenecks', lines: formatBottlenecks(parts.result.bottlenecks ?? [], proseWidth) },
    { title: 'Verify', lines: formatVerifyFailures(parts.result.verifyFailures, maxWidth).map(palette.bad) },
  ];
}

function listMeasured(result: RunResult, maxWidth: number, palette: Palette): Section[] {
  const table = { rows: result.requests, aggregated: result.total };
  const lines = joinTable(formatTable(table, maxWidth), (line, index) =>
    (table.rows[index]?.failures ?? 0) > 0 ? palette.bad(line) : line,
  );
  return [
    { title: 'Requests (times in ms)', lines },
    ...formatTimes(table, maxWidth),
    { title: "The target's own time (Server-Timing, ms)", lines: formatServerTiming(result.requests, maxWidth) },
    { title: 'Slowest requests with a trace', lines: formatSlowest(result.requests, maxWidth) },
  ];
}

function listTroubles(result: RunResult, maxWidth: number): Section[] {
  return [
    { title: 'Error report', lines: formatErrors(result.requests, maxWidth) },
    { title: 'Exceptions', lines: formatExceptions(result.part.exceptions, maxWidth) },
    { title: 'Interrupted', lines: formatInterrupted(result, Math.min(maxWidth, MAX_PROSE_WIDTH)) },
    { title: 'Lost workers', lines: result.lostWorkers.flatMap((lost) => formatLostWorker(lost, maxWidth)) },
  ];
}

/** What the scenario counted itself. */
function listCounted({ result, counts }: FinalReportParts, maxWidth: number): Section[] {
  const { checks, groups, measures } = result.part;
  return [
    { title: 'Checks', lines: formatChecks(checks, maxWidth) },
    { title: 'Groups (ms)', lines: formatGroups(groups, maxWidth) },
    { title: 'Metrics', lines: formatMetrics(measures, result.durationMs - counts.countedFromMs, maxWidth) },
    { title: 'Monitors', lines: formatMonitors(result.monitors, maxWidth) },
  ];
}

function formatKeptUp(result: RunResult, maxWidth: number, palette: Palette): string[] {
  return [
    ...formatGenerator(result.generator, maxWidth).map(palette.warning),
    ...formatFacts(listGeneratorFacts(result.generator, sumTimes(result)), maxWidth),
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
function formatTimes(table: Table, maxWidth: number): Section[] {
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

/** Of all requests together, from their dispatch. */
function sumTimes({ total }: RunResult): number {
  return total.completed * ((total.service ?? total).meanMs ?? 0);
}
