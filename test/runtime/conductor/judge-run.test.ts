import { describe, expect, it } from 'vitest';
import type { ThresholdVerdict } from '../../../src/metrics/judge-thresholds.js';
import { tableOf } from '../../../src/metrics/run-totals.js';
import { judgeRun, type Outcome } from '../../../src/runtime/conductor/judge-run.js';
import type { StopCause, WorkerLost } from '../../../src/runtime/protocol.js';
import { createPart } from '../../support/run-events.js';

const FINE = createPart(0, [{ name: '/a' }]);
const FAILED = createPart(0, [{ name: '/a', error: 'status 500', status: 500 }]);
const THROWN = createPart(0, [], (tally) =>
  tally.addException({ message: 'no', traceback: '', nodes: [], count: 1, firstSeenMs: 0, lastSeenMs: 0 }),
);
const LOST: WorkerLost = { type: 'worker-lost', share: 1, reason: 'its thread ended' };
const SIGINT: StopCause = { by: 'signal', signal: 'SIGINT', reason: '' };
const SIGTERM: StopCause = { by: 'signal', signal: 'SIGTERM', reason: '' };
const ABORT: StopCause = { by: 'signal', signal: 'abort', reason: '' };
const SCRIPT: StopCause = { by: 'script', reason: 'enough', hasFailed: false };
const SCRIPT_FAILED: StopCause = { by: 'script', reason: 'broken', hasFailed: true };
const ABORT_RULE: StopCause = { by: 'threshold', reason: 'http_req_failed: rate<0.5', hasFailed: true };
const PENDING = verdictOf('http_req_duration', 'pending');
const PASSED = verdictOf('http_req_duration', 'passed');
const MISSED = verdictOf('http_req_duration', 'failed');
const RATE_KEPT = verdictOf('http_req_failed', 'passed');
const RATE_MISSED = verdictOf('http_req_failed', 'failed');
const RATE_OF_ONE_KEPT = verdictOf('http_req_failed{name:/a}', 'passed');

function verdictOf(key: string, state: ThresholdVerdict['state']): ThresholdVerdict {
  const settings = { abortOnFail: false, delayAbortEvalMs: 0, isAbortRule: false, hasData: state !== 'pending' };
  return { key, expression: 'p(95)<200', state, value: undefined, limit: 200, ...settings };
}

function judge(changes: Partial<Omit<Outcome, 'total'>>): number {
  const part = changes.part ?? FINE;
  const { aggregated } = tableOf(part.series, 1000);
  const fine = { lostWorkers: [], stop: undefined, thresholds: [], verifyFailures: [], hasTeardownFailed: false };
  return judgeRun({ ...fine, exitCodeOnError: 1, hasSaturated: false, ...changes, part, total: aggregated });
}

describe('judgeRun', () => {
  it.each<[string, Partial<Outcome>, number]>([
    ['a run without faults', {}, 0],
    ['a run without requests', { part: createPart(0, []) }, 0],
    ['a stop by the scenario', { stop: SCRIPT }, 0],
    ['an abort by the library’s user', { stop: ABORT }, 0],
    ['a failed request', { part: FAILED }, 1],
    ['an exception', { part: THROWN }, 1],
    ['a stop by the scenario as failed', { stop: SCRIPT_FAILED }, 1],
    ['a failed request before an abort', { part: FAILED, stop: ABORT }, 1],
    ['failures with an exit code of their own', { part: FAILED, exitCodeOnError: 42 }, 42],
    ['exceptions with an exit code of their own', { part: THROWN, exitCodeOnError: 42 }, 42],
    ['failures that are to be overlooked', { part: FAILED, exitCodeOnError: 0 }, 0],
    ['a lost worker', { lostWorkers: [LOST] }, 5],
    ['a lost worker and failures', { lostWorkers: [LOST], part: FAILED, exitCodeOnError: 0 }, 5],
    ['thresholds that are kept', { thresholds: [PASSED, PENDING] }, 0],
    ['a threshold that is not', { thresholds: [PASSED, MISSED] }, 99],
    ['a threshold before failures', { thresholds: [MISSED], part: FAILED, exitCodeOnError: 42 }, 99],
    ['a threshold before a lost worker', { thresholds: [MISSED], lostWorkers: [LOST] }, 99],
    ['a threshold before a failed teardown', { thresholds: [MISSED], hasTeardownFailed: true }, 99],
    ['failed requests that a threshold allows', { thresholds: [RATE_KEPT], part: FAILED }, 0],
    ['failed requests of one name that a threshold allows', { thresholds: [RATE_OF_ONE_KEPT], part: FAILED }, 1],
    ['failed requests beside another threshold', { thresholds: [PASSED], part: FAILED }, 1],
    ['exceptions, whatever failed requests may do', { thresholds: [RATE_KEPT], part: THROWN }, 1],
    ['failed requests that a threshold does not allow', { thresholds: [RATE_MISSED], part: FAILED }, 99],
    ['an abort rule', { stop: ABORT_RULE }, 99],
    ['what verify found', { verifyFailures: ['stock is below 0'] }, 99],
    ['what verify found, before a lost worker', { verifyFailures: ['no'], lostWorkers: [LOST] }, 99],
    ['a failed teardown', { hasTeardownFailed: true }, 4],
    ['a failed teardown and failures', { hasTeardownFailed: true, part: FAILED }, 4],
    ['a lost worker and a failed teardown', { lostWorkers: [LOST], hasTeardownFailed: true }, 5],
    ['Ctrl-C after a failed threshold', { stop: SIGINT, thresholds: [MISSED] }, 130],
    ['Ctrl-C', { stop: SIGINT }, 130],
    ['SIGTERM', { stop: SIGTERM }, 143],
    ['Ctrl-C with a lost worker and failures', { stop: SIGINT, lostWorkers: [LOST], part: FAILED }, 130],
  ])('%s', (_, outcome, exitCode) => {
    expect(judge(outcome)).toBe(exitCode);
  });
});
