import { type RunResult, run } from 'loadwright/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServerProcess, startServer } from '../support/spawn-server.js';
import { writeScenario } from '../support/temporary-folder.js';

let server: ServerProcess;
beforeAll(async () => {
  server = await startServer('arrivals');
});
afterAll(() => server.stop());

async function runJudged(thresholds: string, options: object = {}): Promise<RunResult> {
  const script = writeScenario(`
import { constant, defineTest, defineUser, metric } from 'loadwright';
const Visitor = defineUser({
  waitTime: constant(0.02),
  tasks: { async go({ http, check }) {
    const response = await http.get('/', { expect: 200 });
    check(response, { 'is odd': () => false });
  } },
});
export default defineTest({
  users: { Visitor }, thresholds: ${thresholds}, load: { users: 4, spawnRate: 100, runTime: '1500ms' },
});`);
  return run({ script, host: server.url, workers: 2, ...options });
}

function statesOf({ thresholds }: RunResult): string[] {
  return thresholds.map(({ key, expression, state }) => `${key} ${expression} ${state}`);
}

test('a failed threshold is exit code 99, and the run goes to its end', async () => {
  const result = await runJudged(
    `{ http_req_duration: ['p(95)<0', 'p(95)<10000'], checks: ['rate>0.5'], 'http_reqs{name:/}': ['count>10'] }`,
  );
  expect(result).toMatchObject({ state: 'completed', exitCode: 99, durationMs: 1500 });
  expect(result.thresholds.map(({ state }) => state)).toEqual(['failed', 'passed', 'failed', 'passed']);
});

test('kept thresholds are exit code 0, and failed checks alone fail nothing', async () => {
  const result = await runJudged(`{ http_req_failed: ['rate<0.01'], dropped_iterations: ['count==0'] }`);
  expect(result.exitCode).toBe(0);
  expect(result.part.checks).toMatchObject([{ name: 'is odd', passes: 0 }]);
});

test('abortOnFail ends the run early, by the threshold, with full numbers', async () => {
  const result = await runJudged(`{ http_req_duration: [{ threshold: 'p(50)<0', abortOnFail: true }] }`, {
    load: { runTime: '1h' },
  });
  expect(result).toMatchObject({ state: 'stopped', exitCode: 99, stop: { by: 'threshold', hasFailed: true } });
  expect(result.state === 'stopped' && result.stop.reason).toMatch(/http_req_duration.*p\(50\)<0/);
  expect(result.durationMs).toBeGreaterThanOrEqual(1000);
  expect(result.durationMs).toBeLessThan(2000);
  expect(result.total.begun).toBe(result.total.completed + result.total.interrupted);
});

test('a lower bound on a count, and a metric without data, are judged at the end alone', async () => {
  const thresholds = `{
    http_reqs: [{ threshold: 'count>1000000', abortOnFail: true }],
    'http_req_duration{name:/never}': [{ threshold: 'p(95)<500', abortOnFail: true }],
    'http_req_waiting{name:/never}': [{ threshold: 'p(95)<500', allowNoData: true }],
  }`;
  const pending: string[] = [];
  const result = await runJudged(thresholds, {
    load: { users: 4, spawnRate: 100, runTime: '2500ms' },
    onEvent: (event: { type: string; thresholds?: { state: string }[] }) => {
      if (event.type === 'interval-closed') pending.push(event.thresholds!.map(({ state }) => state).join());
    },
  });
  expect(pending.slice(0, 2)).toEqual(['pending,pending,pending', 'pending,pending,pending']);
  expect(result).toMatchObject({ state: 'completed', exitCode: 99, durationMs: 2500 });
  expect(statesOf(result).map((line) => line.split(' ').at(-1))).toEqual(['failed', 'failed', 'passed']);
  expect(result.thresholds.map(({ hasData }) => hasData)).toEqual([true, false, false]);
});

test('a rule of abortOn ends the run when it applies, and not before', async () => {
  const applied = await runJudged('{}', { load: { runTime: '1h' }, abortOn: ['http_req_duration p(50)>0 for 2s'] });
  expect(applied).toMatchObject({ state: 'stopped', exitCode: 99, stop: { by: 'threshold' } });
  expect(applied.durationMs).toBeGreaterThanOrEqual(2000);
  expect(applied.durationMs).toBeLessThan(3500);
  const quiet = await runJudged('{}', {
    abortOn: ['http_req_failed rate>0.5 for 1s', 'http_req_duration p(95)>60000 for 1s'],
  });
  expect(quiet).toMatchObject({ state: 'completed', exitCode: 0, thresholds: [] });
});
