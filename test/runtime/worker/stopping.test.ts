import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { now } from '../../../src/metrics/clock.js';
import { defineUser } from '../../../src/runtime/user/define-user.js';
import { UserStopped } from '../../../src/runtime/user/user-signals.js';
import { constant } from '../../../src/runtime/user/wait.js';
import { createSignal, listen, runShare, startShare } from '../../support/run-share.js';

/** Time for a signal, a left-behind task and a busy machine; a wait that is not cut short takes far longer. */
const AT_ONCE_MS = 250;

describe('at the stop', () => {
  it('waiting users end at once, also with a stop timeout', async () => {
    const allDone = createSignal();
    let done = 0;
    const home = () => {
      if (++done === 20) allDone.give();
    };
    const Visitor = defineUser({ waitTime: constant(100), tasks: { home }, onStop: () => {} });
    const run = await startShare({ Visitor }, { load: { users: 20 } });
    await allDone.promise;
    await setImmediate();
    expect(await run.stopAndFinish(60_000)).toBeLessThan(AT_ONCE_MS);
    expect(run.part.exceptions).toEqual([]);
  });

  it('pending calls reject with UserStopped, which is no exception, and the task is no iteration', async () => {
    const begun = createSignal();
    const errors: unknown[] = [];
    const Visitor = defineUser({
      tasks: {
        async home({ sleep, measure, signal }) {
          const pending = [sleep(100), measure('call', () => new Promise(() => {}))];
          begun.give();
          for (const result of await Promise.allSettled(pending)) {
            errors.push(result.status === 'rejected' && result.reason, signal.aborted);
          }
          await sleep(100);
        },
      },
    });
    const run = await startShare({ Visitor }, { settings: { drainTimeoutMs: 50 } });
    await begun.promise;
    await run.stopAndFinish();
    expect(errors.map((error) => (error instanceof UserStopped ? 'UserStopped' : error))).toEqual([
      'UserStopped',
      true,
      'UserStopped',
      true,
    ]);
    expect(run.part.exceptions).toEqual([]);
    expect(run.part.iterations.count).toBe(0);
    expect(run.part.series).toMatchObject([{ method: 'CALL', name: 'call', begun: 1, completed: 0, interrupted: 1 }]);
  });

  it('nobody begins anything any more: users still to come stay away', async () => {
    const begun = createSignal();
    const Visitor = defineUser({
      tasks: { home: ({ sleep }) => sleep(100).finally(() => {}) },
      onStart: () => begun.give(),
    });
    const run = await startShare({ Visitor }, { load: { users: 1000, spawnRate: 1 } });
    await begun.promise;
    await run.stopAndFinish();
    expect(run.usersStarted).toBe(1);
  });

  it('a request on the wire is waited for, though its user has gone', async () => {
    const asked = createSignal();
    const host = await listen((_, response) => {
      asked.give();
      setTimeout(() => response.end('late'), 100);
    });
    const Visitor = defineUser({ tasks: { home: ({ http }) => http.get('/') } });
    const run = await startShare({ Visitor }, { host });
    await asked.promise;
    await run.stopAndFinish();
    expect(run.part.series).toMatchObject([{ begun: 1, completed: 1, failures: 0, interrupted: 0 }]);
    expect(run.part.iterations.count).toBe(0);
  });

  it('a request that is not answered in time is interrupted: neither completed nor failed', async () => {
    const asked = createSignal();
    const host = await listen(() => asked.give());
    const Visitor = defineUser({ tasks: { home: ({ http }) => http.get('/') } });
    const run = await startShare({ Visitor }, { host, settings: { drainTimeoutMs: 100 } });
    await asked.promise;
    const tookMs = await run.stopAndFinish();
    expect(tookMs).toBeGreaterThanOrEqual(95);
    expect(tookMs).toBeLessThan(100 + AT_ONCE_MS);
    expect(run.part.series).toMatchObject([{ begun: 1, completed: 0, failures: 0, interrupted: 1 }]);
  });

  it('an onStart under way ends without being counted', async () => {
    const begun = createSignal();
    const Visitor = defineUser({
      async onStart({ sleep }) {
        begun.give();
        await sleep(100);
      },
      tasks: { home: () => expect.fail('a task ran') },
      onStop: () => expect.fail('onStop ran'),
    });
    const run = await startShare({ Visitor });
    await begun.promise;
    expect(await run.stopAndFinish()).toBeLessThan(AT_ONCE_MS);
    expect(run.part.exceptions).toEqual([]);
  });
});

describe('with a stop timeout', () => {
  it('tasks in progress may end, and count', async () => {
    const begun = createSignal();
    let ended = 0;
    const Visitor = defineUser({
      waitTime: constant(100),
      tasks: {
        async home({ sleep }) {
          begun.give();
          await sleep(0.15);
          ended++;
        },
      },
    });
    const run = await startShare({ Visitor });
    await begun.promise;
    const tookMs = await run.stopAndFinish(60_000);
    expect(tookMs).toBeGreaterThan(100);
    expect(tookMs).toBeLessThan(150 + AT_ONCE_MS);
    expect([ended, run.part.iterations.count]).toEqual([1, 1]);
  });

  it('tasks that take longer are cut off at its end', async () => {
    const begun = createSignal();
    const Visitor = defineUser({
      tasks: {
        async home({ sleep }) {
          begun.give();
          await sleep(100);
        },
      },
    });
    const run = await startShare({ Visitor });
    await begun.promise;
    const tookMs = await run.stopAndFinish(150);
    expect(tookMs).toBeGreaterThanOrEqual(145);
    expect(tookMs).toBeLessThan(150 + AT_ONCE_MS);
    expect(run.part.iterations.count).toBe(0);
  });
});

describe('a user that does not want to end', () => {
  it('is left behind when it swallows what its calls reject with, and goes on calling', async () => {
    const begun = createSignal();
    let rounds = 0;
    let stops = 0;
    const Visitor = defineUser({
      tasks: {
        async stubborn({ sleep }) {
          begun.give();
          for (;;) {
            try {
              rounds++;
              await sleep(1);
            } catch {}
          }
        },
      },
      onStop: () => stops++,
    });
    const run = await startShare({ Visitor }, { load: { users: 50 } });
    await begun.promise;
    expect(await run.stopAndFinish()).toBeLessThan(AT_ONCE_MS);
    expect(rounds).toBeLessThanOrEqual(3 * run.usersStarted);
    expect(stops).toBe(run.usersStarted);
    expect(run.part.exceptions).toEqual([]);
  });

  it('is left behind within 20 ms when it awaits a promise of somebody else', async () => {
    const begun = createSignal();
    const foreign = createSignal();
    const Visitor = defineUser({
      tasks: {
        async home() {
          begun.give();
          await foreign.promise;
          throw new Error('after the end');
        },
      },
      async onStop({ sleep }) {
        foreign.give();
        await sleep(0.02);
      },
    });
    const run = await startShare({ Visitor });
    await begun.promise;
    const tookMs = await run.stopAndFinish();
    expect(tookMs).toBeGreaterThanOrEqual(15);
    expect(tookMs).toBeLessThan(AT_ONCE_MS);
    expect(run.part.exceptions).toEqual([]);
  });
});

describe('a run time', () => {
  it('ends the run by itself, on time', async () => {
    const Visitor = defineUser({ waitTime: constant(0.01), tasks: { home: () => {} } });
    const run = await runShare({ Visitor }, { load: { users: 3, runTimeMs: 300 } });
    const tookMs = now() - run.startAtMs;
    expect(tookMs).toBeGreaterThanOrEqual(300);
    expect(tookMs).toBeLessThan(300 + AT_ONCE_MS);
    expect(run.part.iterations.count).toBeGreaterThan(30);
  });
});
