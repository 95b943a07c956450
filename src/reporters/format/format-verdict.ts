import type { RunResult } from '../../runtime/protocol.js';
import { formatDuration } from './format-duration.js';
import { formatMs, formatPlural, formatShare } from './format-number.js';
import { formatStopped } from './format-run-lines.js';

/** The exit code of a result once it is known which reports failed: they count less than a signal or a threshold. */
export function exitCodeWithReports(exitCode: number, failedReports: number): number {
  const outranks = exitCode === 99 || exitCode === 130 || exitCode === 143;
  return failedReports > 0 && !outranks ? 5 : exitCode;
}

export interface FormattedVerdict {
  hasFailed: boolean;
  /** `PASSED: completed after …`. */
  text: string;
  /** The same without its first word, for where that is said already. */
  sentence: string;
}

/** The first words of a report: how the run ended, what went wrong, and what the command exits with. */
export function formatVerdict(result: RunResult, failedReports: number): FormattedVerdict {
  const exitCode = exitCodeWithReports(result.exitCode, failedReports);
  const problems = findProblems(result, failedReports);
  const ended = `${describeEnd(result)} after ${formatDuration(result.durationMs)}`;
  const requests = result.total.completed === 0 ? 'no request was completed' : 'no request failed';
  const summary = [...(problems.length === 0 ? [requests] : problems), ...findKept(result), ...findSlow(result)].join(
    ', ',
  );
  const rest = `${ended}: ${summary}. Exit code ${exitCode}.`;
  return {
    hasFailed: exitCode !== 0,
    text: wordOf(exitCode, problems.length) + rest,
    sentence: rest.charAt(0).toUpperCase() + rest.slice(1),
  };
}

/** Whoever asked for 0 in spite of failures (`--exit-code-on-error`) is not told that all went well. */
function wordOf(exitCode: number, problems: number): string {
  if (exitCode !== 0) return 'FAILED: ';
  return problems === 0 ? 'PASSED: ' : '';
}

/** The figures most people look for first, in a line; empty where no request was completed. */
export function formatHeadline({ total }: RunResult): string[] {
  const { completed, requestsPerSecond, percentiles } = total;
  if (completed === 0) return [];
  const times = ([50, 95, 99] as const).map((percentile) => `p${percentile} ${formatMs(percentiles[percentile])}`);
  return [`${formatPlural(completed, 'request')} · ${requestsPerSecond.toFixed(1)}/s · ${times.join(' · ')} ms`];
}

function describeEnd(result: RunResult): string {
  if (result.state === 'stopped') return formatStopped(result.stop);
  return result.state === 'completed' ? 'completed' : 'incomplete';
}

/** What makes the exit code 99. */
function findBroken({ thresholds, verifyFailures = [] }: RunResult): string[] {
  const own = thresholds.filter(({ isAbortRule }) => !isAbortRule);
  const failed = own.filter(({ state }) => state === 'failed').length;
  const rules = thresholds.filter(({ isAbortRule, state }) => isAbortRule && state === 'failed').length;
  return [
    ...(failed === 0 ? [] : [`${failed} of ${formatPlural(own.length, 'threshold')} failed`]),
    ...(rules === 0 ? [] : [rules === 1 ? 'an abort rule applied' : `${rules} abort rules applied`]),
    ...(verifyFailures.length === 0 ? [] : ['verify failed']),
  ];
}

function findKept({ thresholds }: RunResult): string[] {
  const isKept = thresholds.length > 0 && thresholds.every(({ state }) => state === 'passed');
  return isKept ? [`${formatPlural(thresholds.length, 'threshold')} passed`] : [];
}

/** No fault of the target, and with `--fail-on-saturated` one of the run. */
function findSlow({ generator }: RunResult): string[] {
  return generator.verdict === 'saturated' ? ['the generator was saturated'] : [];
}

function findProblems(result: RunResult, failedReports: number): string[] {
  const { failures, completed, failedShare } = result.total;
  const exceptions = result.part.exceptions.reduce((sum, { count }) => sum + count, 0);
  const lost = result.lostWorkers.length;
  const problems: string[] = [];
  problems.push(...findBroken(result));
  if (lost > 0)
    problems.push(`${formatPlural(lost, 'worker')} ${lost === 1 ? 'was' : 'were'} lost and numbers are missing`);
  if (failures > 0)
    problems.push(`${failures} of ${formatPlural(completed, 'request')} failed (${formatShare(failedShare)})`);
  if (exceptions > 0) problems.push(`${formatPlural(exceptions, 'exception')} thrown by tasks`);
  if (failedReports > 0) problems.push(`${formatPlural(failedReports, 'report')} could not be written`);
  return problems;
}
