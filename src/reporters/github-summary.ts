import type { SeriesStatistics } from '../metrics/statistics.js';
import type { RunResult } from '../runtime/protocol.js';
import { formatMarkdownTable, escapeMarkdown as text } from './format/format-markdown.js';
import { formatCount, formatMs, formatPlural, formatRate, formatShare } from './format/format-number.js';
import { describeThreshold, formatMeasured, type ReadMeasureType } from './format/format-thresholds.js';
import { formatHeadline, formatVerdict } from './format/format-verdict.js';

/** A step summary holds a megabyte, and people read no more than this. */
const MAX_ROWS = 50;
const MAX_ERRORS = 10;
const MARKS = { passed: '✅', failed: '❌', pending: '⚪' } as const;

/** The report of a run as Markdown: verdict, thresholds, requests, errors, and how Loadwright itself kept up. */
export function formatGithubSummary(result: RunResult, typeOf: ReadMeasureType, failedReports: number): string {
  const verdict = formatVerdict(result, failedReports);
  return `${[
    `## ${verdict.hasFailed ? MARKS.failed : MARKS.passed} Load test ${text(result.scenario)}`,
    '',
    text(verdict.text),
    '',
    ...formatHeadline(result).flatMap((line) => [text(line), '']),
    ...section('Thresholds', formatThresholds(result, typeOf)),
    ...section(
      'Verify',
      (result.verifyFailures ?? []).slice(0, MAX_ERRORS).map((failure) => `- ${text(failure)}`),
    ),
    ...section(
      'Bottlenecks',
      (result.bottlenecks ?? []).map(
        ({ title, evidence }, index) => `${index + 1}. ${text([`${title}.`, ...evidence].join(' '))}`,
      ),
    ),
    ...section('Requests', formatRequests(result)),
    ...section('Errors', formatErrors(result.requests)),
    ...section(`Generator: ${result.generator.verdict}`, formatGenerator(result)),
  ].join('\n')}\n`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`### ${title}`, '', ...lines, ''];
}

function formatThresholds({ thresholds }: RunResult, typeOf: ReadMeasureType): string[] {
  if (thresholds.length === 0) return [];
  const rows = thresholds.map((verdict) => [
    `${MARKS[verdict.state]} ${text(describeThreshold(verdict))}`,
    text(formatMeasured(verdict, typeOf)),
  ]);
  return formatMarkdownTable(['Threshold', 'Measured'], rows);
}

function formatRequests({ requests, total }: RunResult): string[] {
  if (requests.length === 0) return [];
  const left = requests.length - MAX_ROWS;
  const head = ['Request', '# reqs', '# fails', 'Avg', 'p50', 'p95', 'p99', 'Max', 'req/s'];
  const rows = [...requests.slice(0, MAX_ROWS), total].map((row) => [
    text(`${row.method} ${row.name}`.trim()),
    formatCount(row.completed),
    row.failures === 0 ? '0' : `${formatCount(row.failures)} (${formatShare(row.failedShare)})`,
    ...[row.meanMs, row.percentiles[50], row.percentiles[95], row.percentiles[99], row.maxMs].map(formatMs),
    formatRate(row.requestsPerSecond),
  ]);
  const more = left > 0 ? ['', `… and ${formatPlural(left, 'more name')}.`] : [];
  return [...formatMarkdownTable(head, rows), '', 'Times are in milliseconds.', ...more];
}

function formatErrors(requests: readonly SeriesStatistics[]): string[] {
  const errors = requests
    .flatMap(({ method, name, errors: reasons }) => reasons.map((reason) => ({ ...reason, of: `${method} ${name}` })))
    .sort((a, b) => b.count - a.count);
  if (errors.length === 0) return [];
  const rows = errors
    .slice(0, MAX_ERRORS)
    .map(({ of, error, count }) => [`${text(of)}: ${text(error)}`, formatCount(count)]);
  const left = errors.length - MAX_ERRORS;
  const more = left > 0 ? ['', `… and ${formatPlural(left, 'more reason')}.`] : [];
  return [...formatMarkdownTable(['Error', '# occurrences'], rows), ...more];
}

function formatGenerator({ generator }: RunResult): string[] {
  if (generator.verdict === 'healthy') return ['Loadwright itself kept up with the load.'];
  return generator.reasons.map(({ message, advice }) => `- ${text(message)}: ${text(advice)}`);
}
