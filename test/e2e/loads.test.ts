import { type RunEvent, run } from 'loadwright/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Arrival, arrivalsOf, countArrivals, readArrivals } from '../support/arrivals.js';
import { type ServerProcess, startServer } from '../support/spawn-server.js';
import { writeScenario } from '../support/temporary-folder.js';

let server: ServerProcess;
beforeAll(async () => {
  server = await startServer('arrivals');
});
afterAll(() => server.stop());

const HEAD = `
import { constant, defineTest, defineUser } from 'loadwright';
const Dweller = defineUser({
  waitTime: constant(60),
  async onStart({ http, env, id }) { await http.get('/' + env.AT + '/up/' + id, { name: 'up' }); },
  tasks: { async dwell() {} },
  async onStop({ http, env, id }) { await http.get('/' + env.AT + '/down/' + id, { name: 'down' }); },
});
const Caller = defineUser({
  waitTime: constant(0.02),
  tasks: { async call({ http, env, iteration }) { await http.get('/' + env.AT + '/' + iteration, { name: env.AT }); } },
});
const users = { Dweller, Caller };
`;

interface Observed {
  result: Awaited<ReturnType<typeof run>>;
  arrivals: Arrival[];
  events: RunEvent[];
  originMs: number;
}

async function runLoads(test_: string, options: object = {}): Promise<Observed> {
  const before = await countArrivals(server);
  const events: RunEvent[] = [];
  let originMs = 0;
  const result = await run({
    script: writeScenario(`${HEAD}\nexport default defineTest({ users, ${test_} });`),
    host: server.url,
    workers: 2,
    ...options,
    onEvent: (event) => {
      events.push(event);
      if (event.type === 'run-started') originMs = Number(process.hrtime.bigint()) / 1e6;
    },
  });
  return { result, arrivals: await readArrivals(server, before), events, originMs };
}

/** Seconds since second 0 at which requests of a load came. */
function secondsOf({ arrivals, originMs }: Observed, name: string): number[] {
  return arrivalsOf(arrivals, name).map(({ atMs }) => (atMs - originMs) / 1000);
}

function usersAt({ arrivals, originMs }: Observed, name: string, seconds: number): number {
  const before = arrivalsOf(arrivals, name).filter(({ atMs }) => atMs - originMs <= seconds * 1000);
  return before.reduce((users, { url }) => users + (url.includes('/up/') ? 1 : -1), 0);
}

describe('shape', () => {
  test('users and rates follow it second by second, and null ends the load', async () => {
    const observed = await runLoads(`loads: {
      users: { user: 'Dweller', env: { AT: 'users' }, shape: (second) =>
        [{ users: 1 }, { users: 7 }, { users: 11, spawnRate: 10 }, { users: 2 }, null][second] },
      rates: { user: 'Caller', env: { AT: 'rates' }, shape: (second) => second < 4 ? { rate: [20, 50, 0, 20][second] } : null },
    }`);
    const { result, arrivals } = observed;
    expect(result).toMatchObject({ state: 'completed', exitCode: 0, total: { failures: 0 } });
    expect(result.total.completed).toBe(arrivals.length);
    expect([0.6, 1.6, 2.8, 3.6, 4.6].map((at) => usersAt(observed, 'users', at))).toEqual([1, 7, 11, 2, 0]);
    const seconds = secondsOf(observed, 'rates');
    expect(seconds).toHaveLength(90);
    expect(seconds.filter((at) => at > 2.3 && at < 2.95)).toEqual([]);
    expect(seconds.filter((at) => at > 1.1 && at <= 1.9).length).toBeGreaterThan(30);
    expect(result.durationMs).toBe(4000);
  });

  test('that throws ends the run with exit code 1 and what it said', async () => {
    const { result } = await runLoads(`load: { user: 'Caller', env: { AT: 'thrown' }, shape: (second) => {
      if (second === 2) throw new RangeError('no such second');
      return { users: 2 };
    } }`);
    expect(result).toMatchObject({ state: 'stopped', exitCode: 1 });
    expect(result.state === 'stopped' && result.stop.reason).toMatch(/no such second/);
    expect(result.durationMs).toBeLessThan(2500);
    expect(result.total.completed).toBeGreaterThan(20);
  });

  test('that ends at once does nothing', async () => {
    const { result, arrivals } = await runLoads(`load: { user: 'Dweller', env: { AT: 'none' }, shape: () => null }`);
    expect(result).toMatchObject({ state: 'completed', usersStarted: 0 });
    expect(arrivals).toEqual([]);
  });
});

test('one load after another, with startTime, env and labels of their own', async () => {
  const observed = await runLoads(
    `loads: {
      third: { executor: 'shared-iterations', users: 3, iterations: 30, user: 'Caller', env: { AT: 'third' }, after: 'second' },
      first: { executor: 'constant-users', users: 4, duration: '500ms', user: 'Caller', env: { AT: 'first' }, labels: { step: 'one' } },
      second: { executor: 'per-user-iterations', users: 5, iterations: 4, user: 'Caller', env: { AT: 'second' }, after: 'first' },
      late: {
        executor: 'constant-arrival-rate', rate: 40, duration: '500ms', preAllocatedUsers: 20, startTime: '700ms',
        user: 'Caller', env: { AT: 'late' }, labels: { step: 'two' },
      },
      pasted: { executor: 'per-vu-iterations', vus: 2, iterations: 2, exec: 'Caller', env: { AT: 'pasted' }, startTime: '1s' },
    },
    thresholds: {
      'http_reqs{step:one}': ['count>10'],
      'http_reqs{step:two}': ['count==20'],
      'http_reqs{load:third}': ['count==30'],
      'http_reqs{run:all}': ['count>70'],
    }`,
    { labels: { run: 'all' } },
  );
  const { result } = observed;
  expect(result.thresholds.map(({ key, state }) => [key, state])).toEqual(
    result.thresholds.map(({ key }) => [key, 'passed']),
  );
  expect(result).toMatchObject({ state: 'completed', exitCode: 0 });
  const [first, second, third, late] = ['first', 'second', 'third', 'late'].map((name) => secondsOf(observed, name));
  expect([second!.length, third!.length, late!.length]).toEqual([20, 30, 20]);
  expect(arrivalsOf(observed.arrivals, 'pasted')).toHaveLength(4);
  expect(Math.min(...second!)).toBeGreaterThan(Math.max(...first!));
  expect(Math.min(...third!)).toBeGreaterThan(Math.max(...second!));
  expect(Math.min(...second!)).toBeGreaterThan(0.5);
  expect(Math.min(...late!)).toBeGreaterThan(0.695);
  expect(Math.max(...late!)).toBeGreaterThan(1.1);
});

test('a stop while loads wait for others ends all of them', async () => {
  const { result, arrivals } = await runLoads(
    `loads: {
      first: { users: 2, user: 'Caller', env: { AT: 'endless' } },
      never: { executor: 'constant-users', users: 5, duration: '1s', user: 'Caller', env: { AT: 'never' }, after: 'first' },
    }`,
    { signal: AbortSignal.timeout(2000) },
  );
  expect(result.state).toBe('stopped');
  expect(arrivalsOf(arrivals, 'never')).toEqual([]);
  expect(result.total.completed).toBe(arrivals.length);
});

test('starts that are due while the thread is held up begin late, also at the end', async () => {
  const { result, arrivals } = await runLoads(
    `users: { ...users, Blocker: defineUser({ tasks: { async call({ http, iteration }) {
      await http.get('/held/' + iteration, { name: 'held' });
      const untilMs = performance.now() + (iteration === 60 || iteration === 195 ? 300 : 0);
      while (performance.now() < untilMs);
    } } }) },
    load: { executor: 'constant-arrival-rate', rate: 200, duration: '1s', user: 'Blocker', preAllocatedUsers: 5, maxUsers: 200 }`,
    { workers: 1 },
  );
  expect(result.part.droppedIterations).toBe(0);
  const numbers = arrivalsOf(arrivals, 'held').map(({ url }) => Number(url.split('/')[2]));
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index));
  expect(result.part.startLag.maxMs).toBeGreaterThan(150);
});

test('a thread that never catches up with its starts ends in order, and what it did not get to is dropped', async () => {
  // 200 starts of 20 ms each in a load of one second: at its end three quarters of them have not begun.
  const { result } = await runLoads(
    `users: { ...users, Slow: defineUser({ tasks: { async call() {
      for (const untilMs = performance.now() + 20; performance.now() < untilMs; );
    } } }) },
    load: { executor: 'constant-arrival-rate', rate: 200, duration: '1s', user: 'Slow', preAllocatedUsers: 200, maxUsers: 200, gracefulStop: '1s' }`,
    { workers: 1 },
  );
  const { iterations, droppedIterations, interruptedIterations } = result.part;
  expect(result).toMatchObject({ state: 'completed', lostWorkers: [] });
  expect(droppedIterations).toBeGreaterThan(0);
  expect(iterations.count + interruptedIterations + droppedIterations).toBe(200);
  expect(result.drainMs).toBeLessThan(2000);
});
