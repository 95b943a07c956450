import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defineTest, defineUser } from 'loadwright';
import { LoadwrightError, run } from 'loadwright/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startChild } from '../support/child-program.js';
import { writeScenario } from '../support/temporary-folder.js';

const scenarioOf = (task: string) => `import { defineUser } from 'loadwright';
export const Visitor = defineUser({ tasks: { async go({ http, sleep, signal, measure }) { ${task} } } });`;

let served = 0;
const server = createServer((_request, response) => {
  served++;
  response.end('ok');
});
let host = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const Visitor = defineUser({
  waitTime: () => 0.01,
  tasks: {
    async home({ http }) {
      await http.get('/', { expect: 200 });
    },
  },
});
const definition = defineTest({ users: { Visitor }, load: { users: 3, spawnRate: 100, runTime: '300ms' } });

describe('run({ test }) in this thread', () => {
  test('counts what the server served, and leaves the process as it was', async () => {
    const before = served;
    const log = console.log;
    const listeners = ['uncaughtException', 'unhandledRejection'].map((event) => process.listenerCount(event));
    const result = await run({ test: definition, host });
    expect(result).toMatchObject({ state: 'completed', exitCode: 0, workers: 0, usersStarted: 3 });
    expect(result.total.completed).toBe(served - before);
    expect(result.total.completed).toBeGreaterThan(5);
    expect(console.log).toBe(log);
    expect(['uncaughtException', 'unhandledRejection'].map((event) => process.listenerCount(event))).toEqual(listeners);
  });

  test('two runs at once do not mix', async () => {
    const before = served;
    const [first, second] = await Promise.all([run({ test: definition, host }), run({ test: definition, host })]);
    expect(first.total.completed + second.total.completed).toBe(served - before);
    expect(first.usersStarted + second.usersStarted).toBe(6);
  });

  test('ends when its signal is aborted, with full numbers', async () => {
    const before = served;
    const stop = new AbortController();
    const result = await run({
      test: definition,
      host,
      load: { users: 3, spawnRate: 100, runTime: '1h' },
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === 'interval-closed') stop.abort('seen enough');
      },
    });
    expect(result.state === 'stopped' && result.stop).toMatchObject({ by: 'signal', reason: 'seen enough' });
    expect(result.total.completed).toBe(served - before);
  });

  test('a listener that throws ends the run and is what it rejects with', async () => {
    for (const type of ['run-started', 'interval-closed', 'run-finished']) {
      const onEvent = (event: { type: string }) => {
        if (event.type === type) throw new RangeError(`at ${type}`);
      };
      const load = { users: 1, runTime: type === 'interval-closed' ? '1h' : '1200ms' };
      await expect(run({ test: definition, host, load, onEvent })).rejects.toThrow(`at ${type}`);
    }
  });

  test('what cannot work is refused by code', async () => {
    const codeOf = async (options: Parameters<typeof run>[0]) => {
      const error = await run(options).catch((thrown: unknown) => thrown);
      return error instanceof LoadwrightError ? error.code : error;
    };
    expect(await codeOf({ test: definition, host, workers: 2 })).toBe('ERR_OPTION_CONFLICT');
    expect(await codeOf({ test: definition, host, load: { users: 0 } })).toBe('ERR_OPTION_INVALID');
    expect(await codeOf({ test: definition, host, kinds: ['Nobody'] })).toBe('ERR_OPTION_INVALID');
    expect(await codeOf({ script: 'nowhere.ts' })).toBe('ERR_SCRIPT_NOT_FOUND');
    expect(await codeOf({ test: definition, host: 'http://127.0.0.1:9' })).toBe('ERR_HOST_UNREACHABLE');
  });
});

describe('a program given as text', () => {
  test('gets its threads, though it was said to be a module', async () => {
    const script = writeScenario(scenarioOf(`await http.get('/');`));
    const options = JSON.stringify({ script, host, workers: 1, load: { runTime: '300ms' } });
    const program = `import { run } from 'loadwright/node';
const { exitCode, workers, total } = await run(${options});
console.log(JSON.stringify([exitCode, workers, total.failures, total.completed > 0]));`;
    const { line } = await startChild(program);
    expect(JSON.parse(line)).toEqual([0, 1, 0, true]);
  });
});

describe('an end that nobody waits for', () => {
  const runTask = (tasks: string) =>
    run({ script: writeScenario(scenarioOf(tasks)), host, workers: 1, load: { runTime: '300ms' } });

  test('calls that are not awaited, or are wrapped, make no exception at the stop', async () => {
    const results = await Promise.all([
      runTask(`const p = http.get('/slow'); await sleep(60); await p;`),
      runTask(`try { await sleep(60); } catch (error) { throw new Error('login failed', { cause: error }); }`),
      runTask(`await Promise.any([sleep(60), sleep(70)]);`),
      runTask(`const { setTimeout: wait } = await import('node:timers/promises'); await wait(60_000, 0, { signal });`),
    ]);
    for (const { exitCode, part } of results)
      expect({ exitCode, exceptions: part.exceptions }).toEqual({ exitCode: 0, exceptions: [] });
  });

  test('in this thread nothing is left open, and nothing rejects unheard', async () => {
    const unheard: unknown[] = [];
    const note = (error: unknown) => unheard.push(error);
    process.on('unhandledRejection', note);
    const Forgetful = defineUser({
      tasks: {
        async go({ http, sleep }) {
          const forgotten = http.get('/');
          void sleep(60);
          await sleep(60);
          await forgotten;
        },
      },
    });
    await run({
      test: defineTest({ users: { Forgetful } }),
      host,
      load: { users: 5, spawnRate: 100, runTime: '200ms' },
    });
    process.off('unhandledRejection', note);
    expect(unheard).toEqual([]);
    await expect.poll(() => new Promise((resolve) => server.getConnections((_error, count) => resolve(count)))).toBe(0);
  });

  test('a signal that is aborted already ends the run at once', async () => {
    const result = await run({
      test: definition,
      host,
      load: { users: 3, runTime: '1h' },
      signal: AbortSignal.abort('before'),
    });
    expect(result.state).toBe('stopped');
    expect(result.durationMs).toBeGreaterThanOrEqual(0);
  });

  test('measured errors of every shape are counted and end nothing', async () => {
    const result = await runTask(`
      try { await measure('odd', () => { throw Object.create(null); }); } catch {}
      try { await measure('odd', () => { const e = new Error(); e.message = () => 1; throw e; }); } catch {}
      await sleep(60);`);
    expect(result.total).toMatchObject({ completed: 2, failures: 2, interrupted: 0 });
  });
});

describe('--reset-stats', () => {
  const load = { users: 4, spawnRate: 2, runTime: '3500ms' };

  test('forgets what finished in the ramp, and what began there and ended later still adds up', async () => {
    const all = await run({ test: definition, host, load });
    const { total } = await run({ test: definition, host, load, resetStats: true } as Parameters<typeof run>[0]);
    expect(total.completed).toBeGreaterThan(0);
    expect(total.completed).toBeLessThan(all.total.completed);
    expect(total.begun).toBe(total.completed + total.interrupted);
  });

  test('keeps everything where the ramp takes the whole run', async () => {
    const short = { users: 4, spawnRate: 2, runTime: '1900ms' };
    const { total } = await run({ test: definition, host, load: short, resetStats: true } as Parameters<typeof run>[0]);
    expect(total.completed).toBeGreaterThan(0);
  });
});

test('passwords of a host are in no event and no result', async () => {
  const events: string[] = [];
  const withPassword = host.replace('http://', 'http://joe:s3cret@');
  const result = await run({
    test: definition,
    host: withPassword,
    onEvent: (event) => events.push(JSON.stringify(event)),
  });
  expect(result.exitCode).toBe(0);
  expect(JSON.stringify(result) + events.join('')).not.toContain('s3cret');
});
