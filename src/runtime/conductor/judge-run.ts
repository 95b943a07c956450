import type { ThresholdVerdict } from '../../metrics/judge-thresholds.js';
import type { SeriesStatistics } from '../../metrics/statistics.js';
import type { Part } from '../../metrics/tally.js';
import type { StopCause, WorkerLost } from '../protocol.js';

export interface Outcome {
  total: SeriesStatistics;
  part: Part;
  lostWorkers: readonly WorkerLost[];
  stop: StopCause | undefined;
  thresholds: readonly ThresholdVerdict[];
  verifyFailures: readonly string[];
  /** A teardown failed. */
  hasTeardownFailed: boolean;
  exitCodeOnError: number;
  /** `--fail-on-saturated`, and Loadwright itself did not keep up. */
  hasSaturated: boolean;
}

/**
 * The exit code of a run: 130 or 143 for a signal; 99 for a failed threshold, `verify` or abort rule, or a generator that
 * must not be saturated and was; 5 for a lost worker; 4 for a failed teardown; and 1 (or `--exit-code-on-error`) for
 * failed requests, exceptions, or a run that stopped itself as failed. A threshold on `http_req_failed` decides about failed requests in place of that. Silence is
 * not success: only 0 is.
 */
export function judgeRun(outcome: Outcome): number {
  const { stop, thresholds, verifyFailures, lostWorkers, exitCodeOnError } = outcome;
  if (stop?.by === 'signal' && stop.signal === 'SIGINT') return 130;
  if (stop?.by === 'signal' && stop.signal === 'SIGTERM') return 143;
  if (thresholds.some(({ state }) => state === 'failed') || verifyFailures.length > 0) return 99;
  if (stop?.by === 'threshold' || outcome.hasSaturated) return 99;
  if (lostWorkers.length > 0) return 5;
  if (outcome.hasTeardownFailed) return 4;
  return hasErrors(outcome) || (stop?.by === 'script' && stop.hasFailed) ? exitCodeOnError : 0;
}

function hasErrors({ total, part, thresholds }: Outcome): boolean {
  if (part.exceptions.length > 0) return true;
  const isJudged = thresholds.some(({ key }) => key === 'http_req_failed');
  return total.failures > 0 && !isJudged;
}
