import { describe, expect, test } from 'vitest';
import type { KindCounts } from '../../../src/metrics/kind-totals.js';
import type { UsersLoad } from '../../../src/runtime/plan.js';
import { defineUser, sequence, task } from '../../../src/runtime/user/define-user.js';
import { constant } from '../../../src/runtime/user/wait.js';
import { loadOf } from '../../support/one-load.js';
import { createSignal, runShare, runShares, type ShareRun, startShare } from '../../support/run-share.js';

/** What a scenario's own code counted. */
class Seen {
  readonly #counts = new Map<string, number>();

  /** A task that counts itself. */
  readonly count = (name: string, then: () => unknown = () => undefined) => {
    return () => {
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
      return then() as undefined;
    };
  };

  get all(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}

function countsOf(run: ShareRun, kind: string): KindCounts {
  return run.part.kinds!.find((one) => one.kind === kind)!;
}

function startsOf(run: ShareRun, kind = 'A'): Record<string, number> {
  return Object.fromEntries(countsOf(run, kind).tasks.map(({ task: name, started }) => [name, started]));
}

describe('what begins is counted by kind and task', () => {
  test('as the tasks count themselves, over any number of shares', async () => {
    for (const shares of [1, 2, 4]) {
      const seen = { A: new Seen(), B: new Seen() };
      const users = {
        A: defineUser({ tasks: { often: { weight: 3, run: seen.A.count('often') }, rarely: seen.A.count('rarely') } }),
        B: defineUser({ tasks: [task(2, seen.B.count('task 1')), task(1, seen.B.count('task 2'))] }),
      };
      const runs = await runShares(users, { shares, load: { users: 8, iterationsPerUser: 50 } });
      for (const kind of ['A', 'B'] as const) {
        const sums: Record<string, number> = {};
        for (const run of runs) {
          for (const [name, count] of Object.entries(startsOf(run, kind))) sums[name] = (sums[name] ?? 0) + count;
        }
        expect(sums).toEqual(seen[kind].all);
        expect(Object.values(sums).reduce((all, count) => all + count, 0)).toBe(200);
      }
    }
  });

  test('once each second, in the snapshots that are sent anyway, and never twice', async () => {
    const A = defineUser({ waitTime: constant(0.05), tasks: { home: () => {} } });
    const run = await runShare({ A }, { load: { users: 2, runTimeMs: 1200 } });
    const each = run.snapshots.map(({ part }) => part.kinds![0]!.tasks[0]?.started ?? 0);
    expect(run.snapshots.length).toBeLessThanOrEqual(3);
    expect(each[0]).toBeGreaterThan(10);
    expect(each.reduce((sum, count) => sum + count, 0)).toBe(run.part.iterations.count);
  });

  test('also where a task throws, ends its user, or is interrupted', async () => {
    const hasBegun = createSignal();
    const A = defineUser({
      tasks: sequence([
        function breaks() {
          throw new Error('no');
        },
        function leaves({ interrupt }) {
          interrupt();
        },
      ]),
    });
    const B = defineUser({ tasks: { ends: ({ stopUser }) => stopUser() } });
    const C = defineUser({
      tasks: {
        async hangs({ sleep }) {
          hasBegun.give();
          await sleep(60);
        },
      },
    });
    const run = await startShare({ A, B, C }, { load: { users: 3, iterationsPerUser: 4 } });
    await hasBegun.promise;
    await run.stopAndFinish();
    expect(startsOf(run, 'A').breaks).toBeGreaterThanOrEqual(1);
    expect(startsOf(run, 'B')).toEqual({ ends: 1 });
    expect(startsOf(run, 'C')).toEqual({ hangs: 1 });
    const begun = run.part.kinds!.flatMap(({ tasks }) => tasks).reduce((sum, { started }) => sum + started, 0);
    expect(run.part.interruptedIterations).toBe(1);
    expect(begun).toBe(run.part.iterations.count + 1);
  });

  test('where tags left tasks out, under their own names', async () => {
    const A = defineUser({
      tasks: {
        first: () => {},
        second: { tags: ['x'], run: () => {} },
        inner: { tags: ['x'], tasks: { one: () => {} } },
      },
    });
    const run = await runShare({ A }, { settings: { tags: ['x'] }, load: { iterationsPerUser: 40 } });
    const { second = 0, inner, 'inner > one': one = 0, ...rest } = startsOf(run);
    expect(rest).toEqual({});
    expect(inner).toBe(1);
    expect(second + one).toBe(40);
  });
});

describe('sets and sequences', () => {
  test('a sequence counts its rounds, the last one too if it was left early', async () => {
    const seen = new Seen();
    const A = defineUser({
      tasks: sequence([seen.count('first'), seen.count('second')].map((run, at) => ({ run, tags: [String(at)] }))),
    });
    const run = await runShare({ A }, { load: { iterationsPerUser: 5 } });
    expect(seen.all).toEqual({ first: 3, second: 2 });
    expect(countsOf(run, 'A')).toMatchObject({
      rounds: 3,
      tasks: [
        { task: 'task 1', started: 3 },
        { task: 'task 2', started: 2 },
      ],
    });
  });

  test('a nested one counts how often it was entered', async () => {
    const seen = new Seen();
    const A = defineUser({
      tasks: {
        outside: seen.count('outside'),
        flow: sequence([seen.count('flow > task 1'), seen.count('flow > task 2')]),
        set: {
          tasks: {
            stay: seen.count('set > stay'),
            leave: ({ interrupt }) => {
              seen.count('set > leave')();
              interrupt();
            },
          },
        },
      },
    });
    const run = await runShare({ A }, { load: { users: 3, iterationsPerUser: 100 } });
    const { flow = 0, set = 0, ...tasks } = startsOf(run);
    expect(tasks).toEqual(seen.all);
    expect(Object.values(tasks).reduce((sum, count) => sum + count, 0)).toBe(300);
    expect(flow).toBe(seen.all['flow > task 1']);
    // Users may be in it when they end.
    expect(set - seen.all['set > leave']!).toBeGreaterThanOrEqual(0);
    expect(set - seen.all['set > leave']!).toBeLessThanOrEqual(3);
    expect(countsOf(run, 'A').rounds).toBe(0);
  });

  test('an open load counts its iterations, and every step of a sequence', async () => {
    const seen = new Seen();
    const A = defineUser({
      tasks: {
        single: seen.count('single'),
        flow: sequence([seen.count('flow > task 1'), seen.count('flow > task 2')]),
      },
    });
    const load = loadOf({ executor: 'constant-arrival-rate', rate: 100, duration: '1s', preAllocatedUsers: 5 });
    const run = await runShare({ A }, { loads: [load] });
    const { flow = 0, ...tasks } = startsOf(run);
    expect(tasks).toEqual(seen.all);
    expect(flow).toBe(seen.all['flow > task 1']);
    expect(countsOf(run, 'A').rounds).toBe(100 - run.part.droppedIterations);
    expect(tasks.single! + flow).toBe(countsOf(run, 'A').rounds);
  });
});

test('the time that users are at work is counted from second 0 to their end', async () => {
  const A = defineUser({ waitTime: constant(60), tasks: { home: () => {} } });
  const B = defineUser({ tasks: { once: ({ stopUser }) => stopUser() } });
  const load = loadOf({ executor: 'constant-users', users: 3, duration: '500ms' }) as UsersLoad;
  const calledAtMs = performance.now();
  const run = await runShare({ A, B }, { loads: [{ ...load, kinds: [0, 1] }] });
  const tookMs = performance.now() - calledAtMs;
  const { userMs } = countsOf(run, 'A');
  expect(userMs).toBeGreaterThan(2 * 480);
  expect(userMs).toBeLessThan(2 * tookMs);
  expect(countsOf(run, 'B').userMs).toBeLessThan(userMs / 4);
});
