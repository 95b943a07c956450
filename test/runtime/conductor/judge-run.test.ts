import { describe, expect, it } from 'vitest';
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

function judge(changes: Partial<Omit<Outcome, 'total'>>): number {
  const part = changes.part ?? FINE;
  const { aggregated } = tableOf(part.series, 1000);
  return judgeRun({ lostWorkers: [], stop: undefined, exitCodeOnError: 1, ...changes, part, total: aggregated });
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
    ['Ctrl-C', { stop: SIGINT }, 130],
    ['SIGTERM', { stop: SIGTERM }, 143],
    ['Ctrl-C with a lost worker and failures', { stop: SIGINT, lostWorkers: [LOST], part: FAILED }, 130],
  ])('%s', (_, outcome, exitCode) => {
    expect(judge(outcome)).toBe(exitCode);
  });
});
