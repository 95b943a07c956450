import type { RunResult } from '../../runtime/protocol.js';
import { formatDuration } from './format-duration.js';
import { formatPlural, formatShare } from './format-number.js';
import { formatStopCause } from './format-run-lines.js';

/** The exit code of a result once it is known which reports failed: they count less than a signal or a threshold. */
export function exitCodeWithReports(exitCode: number, failedReports: number): number {
  const outranks = exitCode === 99 || exitCode === 130 || exitCode === 143;
  return failedReports > 0 && !outranks ? 5 : exitCode;
}

/** The last words of a report: how the run ended, what went wrong, and what the command exits with. */
export function formatVerdict(result: RunResult, failedReports: number): { hasFailed: boolean; text: string } {
  const exitCode = exitCodeWithReports(result.exitCode, failedReports);
  const problems = findProblems(result, failedReports);
  const ended = `${describeEnd(result)} after ${formatDuration(result.durationMs)}`;
  const summary = problems.length === 0 ? 'no request failed' : problems.join(', ');
  const requests = result.total.completed === 0 ? 'no request was completed' : summary;
  const text = `${exitCode === 0 ? '' : 'FAILED: '}${ended}: ${problems.length === 0 ? requests : summary}.`;
  return { hasFailed: exitCode !== 0, text: `${text} Exit code ${exitCode}.` };
}

function describeEnd(result: RunResult): string {
  if (result.state === 'stopped') return `stopped by ${formatStopCause(result.stop)}`;
  return result.state === 'completed' ? 'completed' : 'incomplete';
}

function findProblems(result: RunResult, failedReports: number): string[] {
  const { failures, completed, failedShare } = result.total;
  const exceptions = result.part.exceptions.reduce((sum, { count }) => sum + count, 0);
  const lost = result.lostWorkers.length;
  const problems: string[] = [];
  if (result.exitCode === 99) problems.push('a threshold was not met');
  if (lost > 0)
    problems.push(`${formatPlural(lost, 'worker')} ${lost === 1 ? 'was' : 'were'} lost and numbers are missing`);
  if (failures > 0)
    problems.push(`${failures} of ${formatPlural(completed, 'request')} failed (${formatShare(failedShare)})`);
  if (exceptions > 0) problems.push(`${formatPlural(exceptions, 'exception')} thrown by tasks`);
  if (failedReports > 0) problems.push(`${formatPlural(failedReports, 'report')} could not be written`);
  return problems;
}
