import { afterEach, describe, expect, it } from 'vitest';
import { defineSetup, type SetupContext } from '../../../src/runtime/user/define-setup.js';
import { UserStopped } from '../../../src/runtime/user/user-signals.js';
import { createSignal } from '../../support/run-share.js';
import { assign, createResult, createScriptWorker, loadScript, refusalOf } from '../../support/script-harness.js';
import { closeServers, startEcho } from '../../support/small-servers.js';

afterEach(closeServers);

/** Never ends by itself. */
const hang = () => new Promise<never>(() => {});

describe('loading', () => {
  it('says what there is', async () => {
    const setup = { a: defineSetup(() => 1, { timeout: '5s' }), b: defineSetup(() => 2) };
    const { worker } = createScriptWorker();
    expect(await worker.load(assign({ setup, verify: () => true }))).toEqual({
      setups: [
        { name: 'a', timeoutMs: 5000 },
        { name: 'b', timeoutMs: 60_000 },
      ],
      verifyTimeoutMs: 300_000,
      monitors: [],
    });
    expect(await worker.load(assign({}))).toEqual({
      setups: [],
      verifyTimeoutMs: undefined,
      monitors: [],
    });
  });

  it('refuses what is no setup and no verify', async () => {
    const { worker } = createScriptWorker();
    expect((await refusalOf(worker.load(assign({ setup: { a: () => 1 } })))).code).toBe('ERR_SCENARIO_INVALID');
    expect((await refusalOf(worker.load(assign({ verify: true })))).message).toContain('"verify" of defineTest');
  });

  it('of nothing at all is nothing to set up, judge or tear down', async () => {
    const { worker, counted } = await loadScript({});
    expect(await worker.setup()).toEqual({});
    expect(await worker.verify(createResult())).toEqual([]);
    await worker.teardown();
    expect(counted.teardown).toBeUndefined();
  });
});

describe('setups', () => {
  it('run one after another in the order declared; teardowns in reverse, with the data, frozen', async () => {
    const order: string[] = [];
    const define = (name: string) =>
      defineSetup(
        async ({ sleep }) => {
          order.push(`${name} begins`);
          await sleep(0.01);
          order.push(`${name} ends`);
          return { name, list: [{ id: 1 }] };
        },
        {
          teardown: async (data, { sleep }) => {
            await sleep(0.005);
            expect(Object.isFrozen(data.list[0])).toBe(true);
            order.push(`${data.name} torn down`);
          },
        },
      );
    const { worker } = await loadScript({ setup: { b: define('b'), a: define('a') } });
    const data = await worker.setup();
    expect(data).toEqual({ b: { name: 'b', list: [{ id: 1 }] }, a: { name: 'a', list: [{ id: 1 }] } });
    await worker.teardown();
    await worker.teardown();
    expect(order).toEqual(['b begins', 'b ends', 'a begins', 'a ends', 'a torn down', 'b torn down']);
  });

  it('are given http, env, seeded numbers, a log', async () => {
    const echo = await startEcho();
    const run = async ({ http, env, random, log, signal }: SetupContext) => {
      const response = await http.get('/all', { required: true });
      log('%d and', 1, { a: 2 });
      return [response.text(), env.KEY, random.integer(1, 1_000_000), signal.aborted];
    };
    const test = { setup: { a: defineSetup(run), b: defineSetup(run) } };
    const settings = { ...assign({}).settings, env: { KEY: 'value' } };
    const give = async (seed: number) => {
      const { worker, logs } = await loadScript(test, { host: echo.url, settings, seed });
      return { data: (await worker.setup()) as Record<string, unknown[]>, logs };
    };
    const first = await give(7);
    expect(first.data.a).toEqual(['ok', 'value', expect.any(Number), false]);
    expect(first.data.a![2]).not.toBe(first.data.b![2]);
    expect((await give(7)).data).toEqual(first.data);
    expect((await give(8)).data.a![2]).not.toBe(first.data.a![2]);
    expect(first.logs[0]).toEqual({ level: 'info', message: 'setup a: 1 and { a: 2 }', source: 'scenario' });
  });

  it('that throws is named, with the stack of the scenario, and what was behind it', async () => {
    const broken = defineSetup(() => {
      throw new TypeError('no products', { cause: new Error('the table is empty') });
    });
    const error = await refusalOf((await loadScript({ setup: { broken } })).worker.setup());
    expect([error.code, error.exitCode]).toEqual(['ERR_SETUP_FAILED', 4]);
    expect(error.message).toMatch(
      /^The setup "broken" failed\.\n\nTypeError: no products\n +at .*script-worker\.test\.ts/,
    );
    expect(error.message).toContain('Caused by: Error: the table is empty');
    expect(error.message).not.toContain('script-phase');
  });

  it('after one that fails do not run; those before it are torn down', async () => {
    const told: string[] = [];
    const teardown = (name: string) => ({ teardown: () => told.push(`${name} torn down`) });
    const setup = {
      first: defineSetup(() => 1, teardown('first')),
      broken: defineSetup(() => Promise.reject('a text'), teardown('broken')),
      never: defineSetup(() => told.push('never runs'), teardown('never')),
    };
    const { worker } = await loadScript({ setup });
    const error = await refusalOf(worker.setup());
    expect(error.message).toBe('The setup "broken" failed.\n\nthrown: a text');
    await worker.teardown();
    expect(told).toEqual(['first torn down']);
  });

  it('that return what cannot be copied are told where it is', async () => {
    const setup = { catalogue: defineSetup(() => ({ products: [{ save: () => {} }] })) };
    const error = await refusalOf((await loadScript({ setup })).worker.setup());
    expect([error.code, error.message]).toEqual([
      'ERR_SETUP_FAILED',
      'The setup "catalogue" returned what cannot be copied to other threads: catalogue.products[0].save is a function.',
    ]);
    const forgotten = { late: defineSetup(() => ({ rows: Promise.resolve([]) })) };
    expect((await refusalOf((await loadScript({ setup: forgotten })).worker.setup())).hint).toBe('await late.rows');
  });

  it('that take too long end, their calls too, and say how to give them more', async () => {
    const caught = createSignal<unknown>();
    const slow = defineSetup(({ sleep }) => sleep(60).catch(caught.give), { timeout: '50ms' });
    const error = await refusalOf((await loadScript({ setup: { slow } })).worker.setup());
    expect([error.message, error.hint]).toEqual([
      'The setup "slow" was not done within 50ms.',
      "defineSetup(run, { timeout: '5m' })",
    ]);
    expect(await caught.promise).toBeInstanceOf(UserStopped);
  });
});

describe('teardowns', () => {
  it('all run, whatever one does, each with its time; all failures are told', async () => {
    const told: string[] = [];
    const setup = {
      good: defineSetup(() => 1, { teardown: () => told.push('good') }),
      bad: defineSetup(() => 1, {
        teardown: () => {
          throw new Error('cannot delete');
        },
      }),
      none: defineSetup(() => 1),
      slow: defineSetup(() => 1, { teardown: hang, timeout: '30ms' }),
    };
    const { worker } = await loadScript({ setup });
    await worker.setup();
    const error = await refusalOf(worker.teardown());
    expect(error.code).toBe('ERR_SETUP_FAILED');
    expect(error.message).toMatch(
      /^The teardown of "slow" was not done within 30ms\.\n\nThe teardown of "bad" failed\.\n\nError: cannot delete\n/,
    );
    expect(told).toEqual(['good']);
  });
});

describe('shapes', () => {
  it('are asked by the second, and not any more after their end', async () => {
    let asked = 0;
    const shape = (second: number) => {
      asked++;
      return second < 3 ? { users: second * 10, spawnRate: 5 } : null;
    };
    const { worker } = await loadScript({ load: { shape } });
    expect(await worker.askShape('default', 0, 1)).toEqual([0, 10].map((users) => ({ users, spawnRate: 5 })));
    expect(await worker.askShape('default', 2, 4)).toEqual([{ users: 20, spawnRate: 5 }, null, null]);
    expect(await worker.askShape('default', 5, 6)).toEqual([null, null]);
    expect(asked).toBe(4);
  });

  it('are those of the profile', async () => {
    const test = { load: { users: 1 }, profiles: { peak: { loads: { a: { shape: () => ({ rate: 3 }) } } } } };
    const { worker } = await loadScript(test, { profile: 'peak' });
    expect(await worker.askShape('a', 0, 0)).toEqual([{ rate: 3 }]);
    expect((await refusalOf(worker.askShape('default', 0, 0))).message).toContain('"default" has no shape');
  });

  it('that return nonsense are a mistake of the scenario', async () => {
    const { worker } = await loadScript({ load: { shape: () => ({ users: -1 }) } });
    const error = await refusalOf(worker.askShape('default', 9, 9));
    expect(error.code).toBe('ERR_SCENARIO_INVALID');
    expect(error.message).toBe('The shape of the load "default" returned { users: -1 } at second 9.');
  });
});

describe('verify', () => {
  const judge = async (verify: unknown, setup: object = {}) => {
    const { worker } = await loadScript({ setup, verify });
    await worker.setup();
    return worker.verify(createResult(4321));
  };

  it('is given the result and the data, frozen, and passes with nothing and true', async () => {
    const setup = { stock: defineSetup(() => ({ before: [5] })) };
    const seen: unknown[] = [];
    const verify = (result: { durationMs: number }, data: { stock: { before: number[] } }) => {
      seen.push(result.durationMs, data, Object.isFrozen(data), Object.isFrozen(data.stock.before));
    };
    expect(await judge(verify, setup)).toEqual([]);
    expect(seen).toEqual([4321, { stock: { before: [5] } }, true, true]);
    expect(await judge(async () => true)).toEqual([]);
    expect(await judge(() => [])).toEqual([]);
  });

  it('says what is wrong as a text, a list, false or an error', async () => {
    expect(await judge(() => 'oversold')).toEqual(['oversold']);
    expect(await judge(async () => ['a', true, 'b', undefined])).toEqual(['a', 'b']);
    expect(await judge(() => false)).toEqual(['verify returned false']);
    expect(await judge(() => 42)).toEqual([expect.stringContaining('verify returned 42')]);
    expect(await judge(() => Promise.reject('lost'))).toEqual(['verify threw lost']);
    const [thrown] = await judge(() => {
      throw new Error('stock below 0');
    });
    expect(thrown).toMatch(/^stock below 0 \(.*script-worker\.test\.ts:\d+:\d+\)$/);
  });
});

describe('what is requested outside the load', () => {
  it('is counted by phase, begun = completed + interrupted', async () => {
    const echo = await startEcho(({ url }, _request, response) => {
      if (url === '/never') return;
      response.statusCode = url === '/bad' ? 500 : 200;
      response.end('ok');
    });
    const setup = {
      a: defineSetup(
        async ({ http }) => {
          await http.get('/good', { name: 'products' });
          await http.get('/bad');
          http.get('/never').catch(() => {});
        },
        { teardown: (_, { http }) => http.delete('/good') },
      ),
    };
    const verify = async (_result: unknown, _data: unknown, { http }: SetupContext) => (await http.get('/good')).ok;
    const { worker, counted } = await loadScript({ setup, verify }, { host: echo.url });
    await worker.setup();
    expect(
      counted.setup!.map(({ name, begun, completed, failures, interrupted }) => [
        name,
        begun,
        completed,
        failures,
        interrupted,
      ]),
    ).toEqual([
      ['products', 1, 1, 0, 0],
      ['/bad', 1, 1, 1, 0],
      ['/never', 1, 0, 0, 1],
    ]);
    expect(await worker.verify(createResult())).toEqual([]);
    expect(counted.verify).toMatchObject([{ method: 'GET', name: '/good', completed: 1 }]);
    await worker.teardown();
    expect(counted.teardown).toMatchObject([{ method: 'DELETE', completed: 1 }]);
  });
});
