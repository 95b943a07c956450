import { type RunEvent, type RunResult, run } from 'loadwright/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCli } from '../support/spawn-cli.js';
import { type ServerProcess, startServer } from '../support/spawn-server.js';
import { writeScenario } from '../support/temporary-folder.js';

const HEAD = `import { constant, defineTest, defineUser } from 'loadwright';\n`;

let server: ServerProcess;
beforeAll(async () => {
  server = await startServer('arrivals');
});
afterAll(() => server.stop());

function runScenario(tasks: string, options: object = {}): Promise<RunResult> {
  const source = `${HEAD}const Visitor = defineUser({ waitTime: constant(0.01), ${tasks} });
export default defineTest({ users: { Visitor } });`;
  return run({
    script: writeScenario(source),
    host: server.url,
    load: { users: 20, spawnRate: 200, runTime: '1s' },
    workers: 2,
    ...options,
  } as Parameters<typeof run>[0]);
}

/** The run that ended soonest of up to three: a shared machine may take any one of them a tenth of a second. */
async function runAtBest(tasks: string): Promise<RunResult> {
  let best = await runScenario(tasks);
  for (let round = 1; round < 3 && best.drainMs >= 50; round++) {
    const next = await runScenario(tasks);
    if (next.drainMs < best.drainMs) best = next;
  }
  return best;
}

describe('the end of a run', () => {
  test('comes on time, and nothing begins after it', async () => {
    const result = await runAtBest(`tasks: { async go({ http }) { await http.get('/'); } }`);
    expect(result.state).toBe('completed');
    expect(result.durationMs).toBe(1000);
    expect(result.drainMs).toBeLessThan(50);
  });

  test('a task that swallows everything is left behind within 50 ms', async () => {
    const result = await runAtBest(
      `tasks: { async go({ http }) { for (;;) { try { await http.get('/', { name: 'again' }); } catch {} } } }`,
    );
    expect(result.drainMs).toBeLessThan(50);
    expect(result.part.exceptions).toEqual([]);
    expect(result.total.begun).toBe(result.total.completed + result.total.interrupted);
  });

  test('requests on the wire are waited for; users are told at once', async () => {
    const slow = await startServer('arrivals', ['--delay', '700']);
    const result = await runScenario(`tasks: { async go({ http }) { await http.get('/slow'); } }`, { host: slow.url });
    const { count } = await slow.readJson<{ count: number }>('/__count');
    await slow.stop();
    expect(result.total.completed).toBe(count);
    expect(result.total.interrupted).toBe(0);
    expect(result.drainMs).toBeGreaterThan(100);
    expect(result.drainMs).toBeLessThan(1500);
  });

  test('what is not answered within the drain time is interrupted, not failed', async () => {
    const slow = await startServer('arrivals', ['--delay', '60000']);
    const result = await runScenario(`tasks: { async go({ http }) { await http.get('/never'); } }`, {
      host: slow.url,
      drainTimeout: '300ms',
    });
    const { count } = await slow.readJson<{ count: number }>('/__count');
    await slow.stop('SIGKILL');
    expect(result.total).toMatchObject({ begun: 20, completed: 0, failures: 0, interrupted: 20 });
    expect(count).toBe(20);
    expect(result.exitCode).toBe(0);
  });

  test('onStop has its second, and its requests count', async () => {
    const result = await runScenario(`tasks: { async go({ http }) { await http.get('/'); } },
      async onStop({ http, sleep }) { await sleep(0.2); await http.post('/bye', { name: 'bye' }); }`);
    expect(result.requests.find(({ name }) => name === 'bye')?.completed).toBe(20);
    expect(result.drainMs).toBeGreaterThan(190);
  });

  test('tasks in progress finish within --stop-timeout', async () => {
    const tasks = `tasks: { async go({ http, sleep }) { await sleep(0.7); await http.get('/', { name: 'late' }); } }`;
    const without = await runScenario(tasks);
    const within = await runScenario(tasks, { load: { users: 20, spawnRate: 200, runTime: '1s', stopTimeout: '2s' } });
    expect(without.total.completed).toBe(20);
    expect(within.total.completed).toBe(40);
  });
});

describe('threads that do not answer', () => {
  test('a task that blocks its thread is named and does not keep the run from ending', async () => {
    const events: RunEvent[] = [];
    const source = `${HEAD}
      const Quiet = defineUser({ waitTime: constant(0.01), tasks: { async fine({ http }) { await http.get('/fine'); } } });
      const Stuck = defineUser({ fixedCount: 1, tasks: {
        async 막힘({ http, sleep }) { await sleep(1.5); await http.get('/stuck'); while (true) {} },
      } });
      export default defineTest({ users: { Quiet, Stuck } });`;
    const result = await run({
      script: writeScenario(source),
      host: server.url,
      load: { users: 100, spawnRate: 1000, runTime: '5s' },
      workers: 2,
      onEvent: (event) => events.push(event),
    });
    expect(result.state).toBe('incomplete');
    expect(result.exitCode).toBe(5);
    expect(result.lostWorkers).toMatchObject([{ kind: 'Stuck', task: '막힘' }]);
    expect(events.find(({ type }) => type === 'worker-silent')).toMatchObject({ kind: 'Stuck', task: '막힘' });
    expect(result.drainMs).toBeLessThan(2500);
    const bySecond = events.flatMap((event) => (event.type === 'interval-closed' ? [event.part.series.length] : []));
    expect(bySecond.slice(0, 5).every((series) => series > 0)).toBe(true);
    expect(result.total.completed).toBeGreaterThan(1000);
  });

  test('one that ends by itself, and one that runs out of memory, are lost workers', async () => {
    const ended = await runScenario(
      `tasks: { async go({ http, id }) { await http.get('/'); if (id === 3) process.exit(0); } }`,
    );
    expect(ended).toMatchObject({ state: 'incomplete', exitCode: 5 });
    const full = await runScenario(
      `tasks: { async go({ id }) { const all = []; if (id === 3) for (;;) all.push(new Array(10_000).fill(id)); } }`,
      { workerMemory: 64 },
    );
    expect(full).toMatchObject({ state: 'incomplete', exitCode: 5 });
    expect(full.lostWorkers[0]!.reason).toMatch(/out of memory/);
  });

  test('what npm clients throw or reject outside a task is counted and loses no worker', async () => {
    const result = await runScenario(`tasks: { async go({ iteration }) {
      if (iteration !== 0) return;
      setTimeout(() => { throw new Error('from a timer'); }, 1);
      void Promise.reject(new Error('nobody waits'));
    } }`);
    expect(result.state).toBe('completed');
    expect(result.exitCode).toBe(1);
    const counts = Object.fromEntries(result.part.exceptions.map(({ message, count }) => [message, count]));
    expect(counts).toEqual({
      'uncaught exception: Error: from a timer': 20,
      'unhandled rejection: Error: nobody waits': 20,
    });
  });
});

describe('signals', () => {
  const STUCK = `${HEAD}const Visitor = defineUser({ tasks: { async go({ http }) { await http.get('/x'); while (true) {} } } });
export default defineTest({ users: { Visitor } });`;

  test('a second Ctrl-C ends anything within a second', async () => {
    const cli = startCli(['run', writeScenario(STUCK), '--headless', '--host', server.url, '-t', '60s']);
    await cli.printed(/blocked|silent|not answered/i);
    const startedAt = performance.now();
    cli.child.kill('SIGINT');
    setTimeout(() => cli.child.kill('SIGINT'), 200);
    const { code } = await cli.result;
    expect(code).toBe(130);
    expect(performance.now() - startedAt).toBeLessThan(1500);
  });

  test('SIGTERM ends in order with 143', async () => {
    const source = `${HEAD}const Visitor = defineUser({ waitTime: constant(0.05), tasks: { async go({ http }) { await http.get('/'); } } });
export default defineTest({ users: { Visitor } });`;
    const cli = startCli(['run', writeScenario(source), '--headless', '--host', server.url]);
    await cli.printed(/Aggregated +[1-9]/);
    cli.child.kill('SIGTERM');
    const { code, stdout } = await cli.result;
    expect(code).toBe(143);
    expect(stdout).toMatch(/Response time percentiles/);
  });
});

test('stopRun ends the run from inside a task', async () => {
  const stopping = (failed: boolean) =>
    `tasks: { async go({ http, stopRun, id }) { await http.get('/'); if (id === 7) stopRun('enough', { failed: ${failed} }); } }`;
  const load = { users: 20, spawnRate: 200, runTime: '30s' };
  const fine = await runScenario(stopping(false), { load });
  expect(fine).toMatchObject({ state: 'stopped', exitCode: 0, stop: { by: 'script', reason: 'enough' } });
  const failed = await runScenario(stopping(true), { load });
  expect(failed).toMatchObject({ state: 'stopped', exitCode: 1 });
});
