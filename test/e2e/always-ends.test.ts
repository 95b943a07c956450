import { RunControls, type RunOptions, type RunResult, run } from 'loadwright/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServerProcess, startServer } from '../support/spawn-server.js';
import { writeScenario } from '../support/temporary-folder.js';

let server: ServerProcess;
beforeAll(async () => {
  server = await startServer('arrivals');
});
afterAll(() => server.stop());

function scenario(user: string, test: string): string {
  return writeScenario(`
import { constant, defineSetup, defineTest, defineUser } from 'loadwright';
const Visitor = defineUser({ ${user} });
export default defineTest({ users: { Visitor }, ${test} });`);
}

const runAt = (script: string, options: Partial<RunOptions> = {}): Promise<RunResult> =>
  run({ script, host: server.url, ...options } as RunOptions);

const GOES = `waitTime: constant(0.1), tasks: { async go({ http, id }) { await http.get('/' + id, { name: 'go' }); } }`;

test('a load that has ended can be changed, and the run still ends', async () => {
  const loads = `loads: {
    first: { executor: 'constant-users', users: 1, duration: '1s', gracefulStop: 0 },
    second: { executor: 'per-user-iterations', users: 1, iterations: 25, gracefulStop: 0 },
    third: { executor: 'per-user-iterations', users: 1, iterations: 2, after: 'first' },
  }`;
  const controls = new RunControls();
  const result = await runAt(scenario(GOES, loads), {
    controls,
    onEvent: (event) => {
      // The first load is over for a second by then; the second one goes on for half a second more.
      if (event.type === 'interval-closed' && event.interval === 1) controls.setUsers(3, { load: 'first' });
    },
  });
  expect(result.state).toBe('completed');
  expect(result.part.iterations.count).toBeGreaterThanOrEqual(25 + 2);
});

test('a change that is still to come keeps a load alive whose users have all left', async () => {
  const user = `tasks: { async go({ http, id, stopUser }) { await http.get('/' + id); stopUser(); } }`;
  const controls = new RunControls();
  const result = await runAt(scenario(user, `load: { users: 1 }`), {
    controls,
    onEvent: (event) => {
      if (event.type === 'run-started') queueMicrotask(() => controls.setUsers(4));
    },
  });
  expect(result.state).toBe('completed');
  expect(result.total.completed).toBe(4);
});

test('a worker that is lost after the others had nothing left to do ends the run', async () => {
  const user = `tasks: { async go({ id, sleep, stopUser }) { if (id === 0) stopUser(); await sleep(0.5); process.exit(3); } }`;
  const result = await runAt(scenario(user, `load: { users: 2, spawnRate: 100 }`), { workers: 2 });
  expect(result.state).toBe('incomplete');
  expect(result.exitCode).toBe(5);
});

test('a worker that blocks when everybody has left is ended', async () => {
  const user = `tasks: { async go({ stopUser }) { setImmediate(() => { for (;;) {} }); stopUser(); } }`;
  const result = await runAt(scenario(user, `load: { users: 1 }`));
  expect(result.exitCode).toBe(5);
});

test('a worker that blocks in a load that others come after is ended', async () => {
  const user = `tasks: { async go({ id, sleep }) { await sleep(0.2); if (id === 0) for (;;) {} } }`;
  const loads = `loads: {
    first: { executor: 'constant-users', users: 2, duration: '1s', gracefulStop: 0 },
    then: { executor: 'per-user-iterations', users: 1, iterations: 1, after: 'first', gracefulStop: 0 },
  }`;
  const result = await runAt(scenario(user, loads), { workers: 2 });
  expect(result.exitCode).toBe(5);
  expect(result.lostWorkers).toHaveLength(1);
});

for (const phase of ['verify', 'teardown']) {
  test(`Ctrl-C during ${phase} is exit code 130`, async () => {
    const hang = `async (_, ...rest) => { await rest.at(-1).http.get('/${phase}'); await rest.at(-1).sleep(60); }`;
    const hooks =
      phase === 'verify'
        ? `verify: ${hang},`
        : `setup: { thing: defineSetup(async () => ({ a: 1 }), { teardown: ${hang} }) },`;
    const controller = new AbortController();
    const before = (await server.readJson<{ url: string }[]>('/__arrivals')).length;
    const running = runAt(scenario(GOES, `${hooks} load: { users: 1, runTime: '300ms' }`), {
      signal: controller.signal,
    });
    await expect
      .poll(
        async () =>
          (await server.readJson<{ url: string }[]>('/__arrivals'))
            .slice(before)
            .some(({ url }) => url === `/${phase}`),
        { timeout: 10_000 },
      )
      .toBe(true);
    controller.abort('SIGINT');
    const result = await running;
    expect(result).toMatchObject({ state: 'stopped', exitCode: 130 });
  });
}

test('iterations that nobody is left for are dropped, not forgotten', async () => {
  const user = `tasks: { async go({ stopUser }) { stopUser(); } }`;
  const load = `load: { executor: 'shared-iterations', users: 3, iterations: 100, gracefulStop: 0 }`;
  const result = await runAt(scenario(user, load));
  expect(result.part.iterations.count + result.part.droppedIterations).toBe(100);
});

test('a kind whose places others have taken gets its turn', async () => {
  const script = writeScenario(`
import { defineTest, defineUser } from 'loadwright';
const Often = defineUser({ weight: 9, tasks: { async go({ http, sleep, iteration }) { await http.get('/often'); if (iteration < 20) await sleep(0.8); } } });
const Rare = defineUser({ weight: 1, tasks: { async go({ http }) { await http.get('/rare'); } } });
export default defineTest({ users: { Often, Rare }, load: { executor: 'constant-arrival-rate', rate: 20, duration: '3s', preAllocatedUsers: 1, maxUsers: 4 } });`);
  const { requests } = await runAt(script);
  expect(requests.find(({ name }) => name === '/rare')?.completed ?? 0).toBeGreaterThan(2);
});

test('an open load whose rows have run out starts nobody else', async () => {
  const script = writeScenario(`
import { defineTest, defineUser, feeder } from 'loadwright';
const rows = feeder([{ n: 1 }, { n: 2 }, { n: 3 }], { unique: 'iteration', atEnd: 'stop' });
const Visitor = defineUser({
  async onStart({ http }) { await http.get('/login'); },
  tasks: { async go({ http, next }) { const row = next(rows); await http.get('/row/' + row.n, { name: 'row' }); } },
});
export default defineTest({ users: { Visitor }, load: { executor: 'constant-arrival-rate', rate: 20, duration: '1s', preAllocatedUsers: 2, maxUsers: 4 } });`);
  const { requests, part } = await runAt(script);
  expect(requests.find(({ name }) => name === 'row')?.completed).toBe(3);
  expect(requests.find(({ name }) => name === '/login')?.completed).toBeLessThanOrEqual(4);
  expect(part.droppedIterations).toBe(16);
});

test('a shape that changes from users to a rate fails the run, and says so', async () => {
  const result = await runAt(scenario(GOES, `load: { shape: (second) => (second > 1 ? { rate: 5 } : { users: 1 }) }`));
  expect(result.exitCode).toBe(1);
  expect(result).toMatchObject({ state: 'stopped', stop: { by: 'script' } });
  expect(JSON.stringify(result)).toMatch(/first wanted users, but at second 2 it wants a rate/);
});
