import { appendFileSync } from 'node:fs';
import { redactSecrets } from '../redact-secrets.js';
import type { RunEvent, RunResult } from '../runtime/protocol.js';
import { escapeText } from './format/escape-text.js';
import { formatPlural } from './format/format-number.js';
import { describeThreshold, formatMeasured } from './format/format-thresholds.js';
import { formatVerdict } from './format/format-verdict.js';
import { formatGithubSummary } from './github-summary.js';
import type { TerminalStream } from './live-area.js';
import { LiveCounts } from './live-counts.js';
import type { Reporter } from './reporter.js';

export interface GithubOptions {
  /** Where annotations go: the step's standard output. */
  stream: Pick<TerminalStream, 'write'>;
  /** `GITHUB_STEP_SUMMARY`: the file that a step's summary is appended to. */
  summaryPath: string | undefined;
}

/** GitHub shows ten annotations of a kind for each step. */
const MAX_ANNOTATIONS = 10;

/**
 * For a run on GitHub Actions: a step summary in Markdown, an error for each failed threshold, and a warning where
 * Loadwright itself did not keep up. Nobody asked for it, so a summary that cannot be written is only warned of.
 */
export function createGithubReporter(options: GithubOptions): Reporter {
  const counts = new LiveCounts();
  let failedReports = 0;
  let result: RunResult | undefined;
  return {
    name: 'GitHub Actions',
    onEvent(event: RunEvent) {
      if (event.type === 'run-started') counts.start(event);
      if (event.type === 'warning' && event.code === 'ERR_REPORT_FAILED') failedReports++;
      if (event.type === 'run-finished') result = event.result;
    },
    finish() {
      if (result === undefined) return;
      counts.learnTypes(result.part);
      const summary = formatGithubSummary(result, counts.typeOf, failedReports);
      const lines = [...annotate(result, counts, failedReports), ...writeSummary(options.summaryPath, summary)];
      for (const line of lines) options.stream.write(`${line}\n`);
    },
  };
}

function annotate(result: RunResult, { typeOf }: LiveCounts, failedReports: number): string[] {
  const failed = result.thresholds.filter(({ state }) => state === 'failed');
  const listed = failed.slice(0, failed.length > MAX_ANNOTATIONS ? MAX_ANNOTATIONS - 1 : MAX_ANNOTATIONS);
  const errors = listed.map((verdict) => `${describeThreshold(verdict)}: ${formatMeasured(verdict, typeOf)}`);
  const left = failed.length - listed.length;
  if (left > 0) errors.push(`${formatPlural(left, 'more threshold')} failed`);
  const verdict = formatVerdict(result, failedReports);
  const { generator } = result;
  return [
    ...errors.map((message) => command('error', 'Threshold failed', message)),
    ...(verdict.hasFailed && failed.length === 0 ? [command('error', 'Load test failed', verdict.text)] : []),
    ...(generator.verdict === 'healthy'
      ? []
      : [command('warning', `Loadwright itself was ${generator.verdict}`, describeReasons(generator.reasons))]),
  ];
}

function describeReasons(reasons: RunResult['generator']['reasons']): string {
  return reasons.map(({ message, advice }) => `${message} → ${advice}`).join('\n');
}

function writeSummary(path: string | undefined, summary: string): string[] {
  if (path === undefined || path === '') return [];
  try {
    appendFileSync(path, summary);
    return [];
  } catch (error) {
    return [command('warning', 'No step summary', (error as Error).message)];
  }
}

/** A workflow command; what could end it, or begin another one, is escaped. */
function command(level: 'error' | 'warning', title: string, message: string): string {
  const shown = redactSecrets(message).split('\n').map(escapeText).join('\n');
  return `::${level} title=${escapeData(title).replaceAll(':', '%3A').replaceAll(',', '%2C')}::${escapeData(shown)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
