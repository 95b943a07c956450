import { expect, onTestFinished } from 'vitest';
import { LoadwrightError } from '../../src/errors.js';
import type { SeriesCounts } from '../../src/metrics/aggregate.js';
import type { Launcher } from '../../src/runtime/conductor/launch-entry.js';
import { ScriptWorker } from '../../src/runtime/conductor/script-worker.js';
import type { LogRecord, RunResult } from '../../src/runtime/protocol.js';
import type { ScriptAssignment, ScriptPhase } from '../../src/runtime/script-protocol.js';
import { defineTest } from '../../src/runtime/user/define-test.js';
import { defineUser } from '../../src/runtime/user/define-user.js';
import { forgetInProcessTest, keepInProcessTest } from '../../src/runtime/user/in-process-tests.js';
import { runScript } from '../../src/runtime/worker/script-entry.js';
import { HTTP_SETTINGS } from './http-harness.js';

/** The entry of the script worker in this thread, over a port as ever. */
export const HERE: Launcher = {
  limit: () => true,
  launch: (_entry, port) => runScript({ port, sharesThread: true }),
  close: async () => {},
};

export interface ScriptHarness {
  worker: ScriptWorker;
  logs: LogRecord[];
  /** What each phase was last said to have requested. */
  counted: Partial<Record<ScriptPhase, SeriesCounts[]>>;
}

/** A script worker that hears everything, closed with the test. */
export function createScriptWorker(launcher: Launcher = HERE): ScriptHarness {
  const worker = new ScriptWorker(launcher);
  const harness: ScriptHarness = { worker, logs: [], counted: {} };
  worker.onLog = (record) => harness.logs.push(record);
  worker.onCounted = (phase, series) => {
    harness.counted[phase] = series;
  };
  onTestFinished(() => worker.close());
  return harness;
}

/** What a run gives the worker about a test that has these keys besides users. */
export function assign(test: object, more: Partial<ScriptAssignment> = {}): ScriptAssignment {
  const users = { Visitor: defineUser({ tasks: { home: () => {} } }) };
  const id = keepInProcessTest({ ...defineTest({ users }), ...test });
  onTestFinished(() => forgetInProcessTest(id));
  return {
    script: { type: 'in-process', id },
    host: undefined,
    settings: { http: HTTP_SETTINGS, env: {} },
    seed: 1,
    ...more,
  };
}

/** A script worker in this thread that has loaded a test. */
export async function loadScript(test: object, more: Partial<ScriptAssignment> = {}): Promise<ScriptHarness> {
  const harness = createScriptWorker();
  await harness.worker.load(assign(test, more));
  return harness;
}

/** As much of a result as these tests read. */
export function createResult(durationMs = 1000): RunResult {
  return { state: 'completed', durationMs } as RunResult;
}

/** The expected failure that a promise rejects with. */
export async function refusalOf(promise: Promise<unknown>): Promise<LoadwrightError> {
  const error = await promise.then(
    (value) => expect.fail(`it was not refused, but gave ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof LoadwrightError)) expect.fail(`not expected: ${String(error)}`);
  return error;
}
