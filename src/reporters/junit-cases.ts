import type { CheckCounts } from '../metrics/tally.js';
import { redactSecrets } from '../redact-secrets.js';
import type { RunResult, RunStarted } from '../runtime/protocol.js';
import { formatDuration } from './format/format-duration.js';
import { formatCount, formatPlural, formatShare } from './format/format-number.js';
import { describeOne, formatStopped } from './format/format-run-lines.js';
import { describeThreshold, formatMeasured, type ReadMeasureType } from './format/format-thresholds.js';

/** One test case: passed where it has neither failure nor error. */
export interface JunitCase {
  name: string;
  seconds: number;
  /** It was judged, and did not keep to what was asked. */
  failure?: Problem;
  /** It could not be judged. */
  error?: Problem;
  isSkipped?: boolean;
}

export interface JunitSuite {
  name: 'loads' | 'thresholds' | 'checks' | 'verify';
  cases: JunitCase[];
}

interface Problem {
  type: string;
  /** In a line, with what was measured. */
  message: string;
}

/** A run as test cases: one for each load, threshold and check, and one for `verify` where there is one. */
export function listJunitSuites(result: RunResult, started: RunStarted, typeOf: ReadMeasureType): JunitSuite[] {
  const judged: JunitSuite[] = [
    { name: 'thresholds', cases: listThresholds(result, typeOf) },
    { name: 'checks', cases: [...result.part.checks].sort((a, b) => (a.name < b.name ? -1 : 1)).map(caseOfCheck) },
    { name: 'verify', cases: listVerify(result) },
  ];
  const hasFailed = judged.some(({ cases }) => cases.some(({ failure }) => failure !== undefined));
  const suites: JunitSuite[] = [{ name: 'loads', cases: listLoads(result, started, hasFailed) }, ...judged];
  return suites.filter(({ cases }) => cases.length > 0);
}

function listThresholds({ thresholds }: RunResult, typeOf: ReadMeasureType): JunitCase[] {
  return thresholds.map((verdict) => {
    const name = describeThreshold(verdict);
    const message = `${name}: ${formatMeasured(verdict, typeOf)}`;
    return {
      name,
      seconds: 0,
      ...(verdict.state === 'failed' ? { failure: { type: 'threshold', message } } : {}),
      ...(verdict.state === 'pending' ? { isSkipped: true } : {}),
    };
  });
}

function caseOfCheck({ name, passes, failures }: CheckCounts): JunitCase {
  const shown = redactSecrets(name);
  if (failures === 0) return { name: shown, seconds: 0 };
  const all = passes + failures;
  const message = `${shown}: ${formatCount(failures)} of ${formatCount(all)} failed (${formatShare(failures / all)})`;
  return { name: shown, seconds: 0, failure: { type: 'check', message } };
}

function listVerify({ verifyFailures }: RunResult): JunitCase[] {
  if (verifyFailures === undefined) return [];
  if (verifyFailures.length === 0) return [{ name: 'verify', seconds: 0 }];
  const message = verifyFailures.map((failure) => redactSecrets(failure)).join('\n');
  return [{ name: 'verify', seconds: 0, failure: { type: 'verify', message } }];
}

/** Requests are not counted by load, so what went wrong in a run is said of each of its loads. */
function listLoads(result: RunResult, { plan, options }: RunStarted, hasFailed: boolean): JunitCase[] {
  const isSaturatedBad = options.failOnSaturated?.value === true;
  const failures = [
    ...findStop(result),
    ...(result.exitCode === 0 ? [] : findFailures(result)),
    ...(isSaturatedBad && result.generator.verdict === 'saturated' ? ['Loadwright itself was saturated'] : []),
  ];
  const lost = result.lostWorkers.map(({ share, reason }) => `worker ${share} was lost: ${redactSecrets(reason)}`);
  const incomplete = result.state === 'incomplete' && lost.length === 0 ? ['numbers are missing'] : lost;
  const isUntold = result.exitCode !== 0 && !hasFailed && failures.length + incomplete.length === 0;
  const untold = isUntold ? [`the run ended with exit code ${result.exitCode}`, ...listWarnings(result)] : [];
  const errors = [...incomplete, ...untold];
  return (plan.revisions[0]?.loads ?? []).map((load) => ({
    name: `${load.name}: ${describeOne(load, false)}`,
    seconds: result.durationMs / 1000,
    ...(failures.length === 0 ? {} : { failure: { type: 'load', message: failures.join('; ') } }),
    ...(errors.length === 0 ? {} : { error: { type: 'incomplete', message: errors.join('; ') } }),
  }));
}

function findStop(result: RunResult): string[] {
  if (result.state !== 'stopped' || result.exitCode === 0) return [];
  return [formatStopped(result.stop, `after ${formatDuration(result.durationMs)}`)];
}

function findFailures({ total, part, thresholds }: RunResult): string[] {
  const isJudged = thresholds.some(({ key }) => key === 'http_req_failed');
  const { failures, completed, failedShare } = total;
  const exceptions = part.exceptions.reduce((sum, { count }) => sum + count, 0);
  return [
    ...(failures === 0 || isJudged
      ? []
      : [`${formatCount(failures)} of ${formatPlural(completed, 'request')} failed (${formatShare(failedShare)})`]),
    ...(exceptions === 0 ? [] : [`${formatPlural(exceptions, 'exception')} thrown by tasks`]),
  ];
}

function listWarnings({ warnings }: RunResult): string[] {
  return warnings.map(({ code, message }) => `${code} ${redactSecrets(message)}`);
}
