import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { defineTest, defineUser, type Load } from '../../../src/index.js';
import { RunTotals } from '../../../src/metrics/run-totals.js';
import { run } from '../../../src/node.js';
import { rehearseSeconds } from '../../../src/runtime/conductor/rehearse-seconds.js';
import type { Plan } from '../../../src/runtime/plan.js';
import { planOf } from '../../support/planned-loads.js';

const LOAD: Load = { executor: 'constant-arrival-rate', rate: 100, duration: '1s', preAllocatedUsers: 1 };
const PLAN: Plan = {
  revisions: [{ revision: 0, effectiveAtMs: 0, loads: planOf({ load: LOAD }) }],
  kinds: [],
  seed: 1,
  measures: [],
};

afterEach(() => vi.restoreAllMocks());

test('a rehearsal goes through all that the conductor does with a second, and what it counts adds up', async () => {
  const table = vi.spyOn(RunTotals.prototype, 'table');
  const window = vi.spyOn(RunTotals.prototype, 'window');
  await rehearseSeconds(PLAN, 1);
  const { aggregated, rows } = table.mock.results.at(-1)!.value as ReturnType<RunTotals['table']>;
  const seconds = table.mock.calls.length;
  expect(seconds).toBeGreaterThan(10);
  expect(rows).toHaveLength(1);
  expect(aggregated).toMatchObject({ completed: 1000 * seconds, requestsPerSecond: 1000 });
  expect(aggregated.service!.percentiles[99]).toBeGreaterThan(aggregated.percentiles[50]!);
  const current = window.mock.results.at(-1)!.value as ReturnType<RunTotals['window']>;
  expect(current.aggregated.completed).toBe(10_000);
});

test('only a load of many starts a second is rehearsed, and nothing of that is in its counts', async () => {
  const server = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const Visitor = defineUser({ tasks: { get: ({ http }) => http.get('/') } });
  const totals = vi.spyOn(RunTotals.prototype, 'add');
  const runWith = async (load: Load) => {
    totals.mockClear();
    const result = await run({ test: defineTest({ host, users: { Visitor }, load }), reporters: [] });
    const names = totals.mock.calls.flatMap(([, { series }]) => series.map(({ name }) => name));
    return { result, rehearsed: names.filter((name) => name === 'rehearsal').length };
  };
  const closed = await runWith({ executor: 'shared-iterations', users: 2, iterations: 10 });
  expect(closed.rehearsed).toBe(0);
  const open = { executor: 'constant-arrival-rate', duration: '200ms', preAllocatedUsers: 10, maxUsers: 100 } as const;
  expect((await runWith({ ...open, rate: 50 })).rehearsed).toBe(0);
  const hurried = await runWith({ ...open, rate: 500 });
  expect(hurried.rehearsed).toBeGreaterThan(10);
  expect(hurried.result.requests.map(({ name }) => name)).toEqual(['/']);
  expect(hurried.result.total.completed).toBe(100);
});
