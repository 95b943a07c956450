import { describe, expect, it } from 'vitest';
import { defineUser } from '../../../src/runtime/user/define-user.js';
import { UserStopped } from '../../../src/runtime/user/user-signals.js';
import { constant } from '../../../src/runtime/user/wait.js';
import { createSignal, listen, runShare, startShare } from '../../support/run-share.js';

describe('a user', () => {
  it('passes on what onStart returned, to tasks and to onStop', async () => {
    const seen: unknown[] = [];
    const Visitor = defineUser({
      onStart: async ({ id }) => ({ token: `t${id}` }),
      tasks: { home: ({ state }) => seen.push(state) },
      onStop: ({ state }) => seen.push(state),
    });
    await runShare({ Visitor }, { load: { users: 2, iterationsPerUser: 2 } });
    expect(seen.filter((state) => (state as { token: string }).token === 't0')).toHaveLength(3);
    expect(seen).toHaveLength(6);
  });

  it('has an id of the whole run, an iteration from 0, the environment, and a seed of its own', async () => {
    const seen: unknown[] = [];
    const Visitor = defineUser({
      tasks: { home: ({ id, iteration, env, random }) => seen.push([id, iteration, env.KEY, random()]) },
    });
    const run = () =>
      runShare({ Visitor }, { load: { users: 2, iterationsPerUser: 2 }, settings: { env: { KEY: 'value' } } });
    await run();
    const first = seen.splice(0).sort();
    expect(first.map((entry) => (entry as unknown[]).slice(0, 3))).toEqual([
      [0, 0, 'value'],
      [0, 1, 'value'],
      [1, 0, 'value'],
      [1, 1, 'value'],
    ]);
    expect(new Set(first.map((entry) => (entry as unknown[])[3])).size).toBe(4);
    await run();
    expect(seen.sort()).toEqual(first);
  });

  it('is counted as started, and ends the run when its iterations are done', async () => {
    const Visitor = defineUser({ tasks: { home: () => {} } });
    const { part, usersStarted, snapshots } = await runShare({ Visitor }, { load: { users: 7, iterationsPerUser: 3 } });
    expect(part.iterations.count).toBe(21);
    expect(part.startLag.count).toBe(7);
    expect(usersStarted).toBe(7);
    expect(snapshots.at(-1)).toMatchObject({ isFinal: true, gauges: { users: { Visitor: 0 } } });
    expect(snapshots.filter(({ isFinal }) => isFinal)).toHaveLength(1);
  });

  it('whose onStart throws ends, is counted and runs no onStop', async () => {
    let calls = 0;
    const Visitor = defineUser({
      onStart: async () => {
        throw new Error('no login');
      },
      tasks: { home: () => calls++ },
      onStop: () => calls++,
    });
    const { part } = await runShare({ Visitor }, { load: { users: 3 } });
    expect(part.exceptions).toMatchObject([{ message: 'Visitor.onStart: Error: no login', count: 3 }]);
    expect(calls).toBe(0);
    expect(part.iterations.count).toBe(0);
  });

  it('that ends itself is not replaced and is no exception', async () => {
    let stops = 0;
    const Visitor = defineUser({
      tasks: {
        home({ id, iteration, stopUser }) {
          if (iteration === id) stopUser();
        },
      },
      onStop: () => stops++,
    });
    const { part, usersStarted } = await runShare({ Visitor }, { load: { users: 4 } });
    expect(part.exceptions).toEqual([]);
    expect(usersStarted).toBe(4);
    expect(stops).toBe(4);
    expect(part.iterations.count).toBe(1 + 2 + 3 + 4);
  });

  it.each([
    [{}, false],
    [{ failed: true }, true],
  ])('asks for the end of the run with stopRun(reason, %j)', async (options, hasFailed) => {
    const Visitor = defineUser({ tasks: { home: ({ stopRun }) => stopRun('stock is empty', options) } });
    const { part, stopRequests } = await runShare({ Visitor });
    expect(stopRequests).toEqual([{ reason: 'stock is empty', hasFailed }]);
    expect(part.exceptions).toEqual([]);
  });

  it('prints with its kind and number', async () => {
    const Visitor = defineUser({ tasks: { home: ({ log }) => log('answer %d', 42, { a: 1 }) } });
    const { logs } = await runShare({ Visitor }, { load: { iterationsPerUser: 1 } });
    expect(logs).toEqual([{ level: 'info', message: 'Visitor#0: answer 42 { a: 1 }', source: 'worker-0' }]);
  });

  it('counts checks and groups, and a group passes its result on', async () => {
    const results: unknown[] = [];
    const Visitor = defineUser({
      tasks: {
        async home({ check, group }) {
          results.push(check(5, { 'is 5': (value) => value === 5, 'is 6': (value) => value === 6 }));
          results.push(await group('outer', async ({ sleep }) => sleep(0.02).then(() => 'done')));
          await group('broken', () => Promise.reject(new Error('inside')));
        },
      },
    });
    const { part } = await runShare({ Visitor }, { load: { iterationsPerUser: 2 } });
    expect(part.checks).toEqual([
      { name: 'is 5', passes: 2, failures: 0 },
      { name: 'is 6', passes: 0, failures: 2 },
    ]);
    expect(part.groups).toMatchObject([
      { name: 'outer', count: 2 },
      { name: 'broken', count: 2 },
    ]);
    expect(part.groups[0]!.minMs).toBeGreaterThanOrEqual(19);
    expect(results).toEqual([false, 'done', false, 'done']);
    expect(part.exceptions).toMatchObject([{ message: 'Visitor.home: Error: inside', count: 2 }]);
  });

  it('notes on the beacon whose code goes on', async () => {
    const arrived = createSignal();
    const First = defineUser({ tasks: { home: () => {} } });
    const Second = defineUser({
      fixedCount: 1,
      tasks: {
        never: { weight: 0, run: () => {} },
        async stuck({ sleep }) {
          await sleep(0);
          arrived.give();
          await sleep(100);
        },
      },
    });
    const run = await startShare({ First, Second }, { load: { users: 1 } });
    await arrived.promise;
    expect(run.lastSeen).toEqual({ kind: 1, task: 1 });
    await run.stopAndFinish();
  });
});

describe('onStop', () => {
  it('has a context of its own in which requests are sent and counted', async () => {
    const host = await listen((_, response) => response.end('bye'));
    const begun = createSignal();
    const texts: string[] = [];
    const Visitor = defineUser({
      tasks: {
        async home({ sleep }) {
          begun.give();
          await sleep(100);
        },
      },
      async onStop({ http, sleep, signal }) {
        await sleep(0.05);
        texts.push(`${(await http.get('/logout')).text()} ${signal.aborted}`);
      },
    });
    const run = await startShare({ Visitor }, { host });
    await begun.promise;
    const tookMs = await run.stopAndFinish();
    expect(texts).toEqual(['bye false']);
    expect(run.part.series).toMatchObject([{ name: '/logout', begun: 1, completed: 1, failures: 0, interrupted: 0 }]);
    expect(run.part.exceptions).toEqual([]);
    expect(tookMs).toBeLessThan(500);
  });

  it('has a second, then its calls end too', async () => {
    const errors: unknown[] = [];
    const Visitor = defineUser({
      tasks: { home: ({ stopUser }) => stopUser() },
      onStop: async ({ sleep }) => {
        await sleep(100).catch((error: unknown) => errors.push(error));
      },
    });
    const run = await startShare({ Visitor });
    const tookMs = await run.finish();
    expect(errors[0]).toBeInstanceOf(UserStopped);
    expect(tookMs).toBeGreaterThan(950);
    expect(tookMs).toBeLessThan(1300);
  });

  it('that awaits what nobody settles is left behind', async () => {
    const Visitor = defineUser({
      tasks: { home: ({ stopUser }) => stopUser() },
      onStop: () => new Promise(() => {}),
    });
    const run = await startShare({ Visitor });
    expect(await run.finish()).toBeLessThan(1300);
  });

  it('that throws is counted', async () => {
    const Visitor = defineUser({
      tasks: { home: ({ stopUser }) => stopUser() },
      onStop: () => {
        throw new TypeError('no goodbye');
      },
    });
    const { part } = await runShare({ Visitor }, { load: { users: 2 } });
    expect(part.exceptions).toMatchObject([{ message: 'Visitor.onStop: TypeError: no goodbye', count: 2 }]);
  });
});

describe('waits', () => {
  it('follow each task, and a function that returns no seconds is counted and replaced by a second', async () => {
    const Visitor = defineUser({ waitTime: constant(0.05), tasks: { home: () => {} } });
    const run = await startShare({ Visitor }, { load: { iterationsPerUser: 5 } });
    const tookMs = await run.finish();
    expect(tookMs).toBeGreaterThan(195);
    expect(tookMs).toBeLessThan(500);
    const Wrong = defineUser({ waitTime: () => Number.NaN, tasks: { home: () => {} } });
    const wrong = await runShare({ Wrong }, { load: { iterationsPerUser: 2 } });
    expect(wrong.part.exceptions).toMatchObject([{ count: 1 }]);
    expect(wrong.part.exceptions[0]!.message).toContain('Wrong.waitTime: RangeError: waitTime must return seconds');
  });
});
