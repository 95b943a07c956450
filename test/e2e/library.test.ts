import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defineTest, defineUser } from 'loadwright';
import { LoadwrightError, run } from 'loadwright/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

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
    expect(result.total.completed).toBeGreaterThan(20);
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
