import { describe, expect, it } from 'vitest';
import { defineUser } from '../../../src/runtime/user/define-user.js';
import { byNumber, createVisitor, loadOf, range, VISITORS } from '../../support/one-load.js';
import { kindOf, planOf } from '../../support/planned-loads.js';
import { runShare, runShares, type ShareRun, startShare } from '../../support/run-share.js';

function sumOf(runs: readonly ShareRun[], read: (run: ShareRun) => number): number {
  return runs.reduce((sum, run) => sum + read(run), 0);
}

const droppedBy = (runs: readonly ShareRun[]) => sumOf(runs, ({ part }) => part.droppedIterations);
const finishedBy = (runs: readonly ShareRun[]) => sumOf(runs, ({ part }) => part.iterations.count);

describe('two loads', () => {
  it('have users, ids, environment, labels and ends of their own', async () => {
    const seen = new Map<string, Set<unknown>>([
      ['Visitor', new Set()],
      ['Buyer', new Set()],
    ]);
    const createUser = (name: string) =>
      defineUser({
        async onStart({ id, env }) {
          seen.get(name)!.add([id, env.SHOP, env.SIZE].join(' '));
        },
        tasks: { home: ({ sleep }) => sleep(0.02) },
      });
    const users = { Visitor: createUser('Visitor'), Buyer: createUser('Buyer') };
    const loads = planOf({
      loads: {
        browse: { executor: 'constant-users', user: 'Visitor', users: 3, duration: '1200ms', gracefulStop: 0 },
        buy: {
          executor: 'per-user-iterations',
          user: 'Buyer',
          users: 2,
          iterations: 4,
          startTime: '300ms',
          env: { SIZE: 'small' },
          labels: { size: 'small' },
        },
      },
      kinds: [kindOf('Visitor'), kindOf('Buyer')],
    });
    const narrowings: Record<string, string>[] = [{ load: 'buy' }, { size: 'small' }];
    const measures = narrowings.map((labels) => {
      return { key: `iterations${JSON.stringify(labels)}`, metric: 'iterations', type: 'counter' as const, labels };
    });
    const run = await startShare(users, { loads, settings: { env: { SHOP: 'here', SIZE: 'any' } }, measures });
    const tookMs = await run.finish();
    expect([...seen.get('Visitor')!].sort()).toEqual(['0 here any', '2 here any', '4 here any']);
    expect([...seen.get('Buyer')!].sort()).toEqual(['1 here small', '3 here small']);
    expect(run.endedLoads).toEqual(['buy', 'browse']);
    expect(run.snapshots[0]!.gauges).toMatchObject({
      users: { Visitor: 3, Buyer: 0 },
      usersByLoad: { browse: { Visitor: 3 }, buy: {} },
      usersStarted: 5,
    });
    expect(run.part.startLag.count).toBe(5);
    expect(run.part.droppedIterations).toBe(0);
    expect(run.part.measures.map(({ metric, sum }) => [metric, sum])).toEqual(Array(2).fill(['iterations', 8]));
    expect(tookMs).toBeGreaterThan(1150);
    expect(tookMs).toBeLessThan(1500);
  });

  it('are there at the same time, each as its plan says', async () => {
    const { Visitor, begunAtMs } = createVisitor(10);
    const loads = planOf({
      loads: {
        early: { executor: 'constant-users', users: 2, duration: '300ms', gracefulStop: 0 },
        late: { executor: 'constant-users', users: 3, duration: '200ms', startTime: '150ms', gracefulStop: 0 },
      },
      kinds: VISITORS,
    });
    const run = await runShare({ Visitor }, { loads });
    const delays = begunAtMs.map((atMs) => atMs - run.startAtMs);
    expect(delays).toHaveLength(5);
    expect(Math.max(...delays.slice(0, 2))).toBeLessThan(140);
    expect(Math.min(...delays.slice(2))).toBeGreaterThanOrEqual(150);
    expect(run.endedLoads).toEqual(['early', 'late']);
  });
});

describe.each([1, 2, 4])('limited iterations over %d shares', (shares) => {
  it('5 users × 20 that block for a second: 5 begin, 95 are dropped', async () => {
    const { Visitor, begunAtMs } = createVisitor(10);
    const load = loadOf({
      executor: 'per-user-iterations',
      users: 5,
      iterations: 20,
      maxDuration: '1s',
      gracefulStop: 0,
    });
    const runs = await runShares({ Visitor }, { loads: [load], shares });
    expect([begunAtMs.length, finishedBy(runs), droppedBy(runs)]).toEqual([5, 0, 95]);
  });

  it('5 users × 20 that have the time: 100, each user 20', async () => {
    const counts = new Map<number, number>();
    const Visitor = defineUser({
      tasks: { home: ({ id }) => void counts.set(id, (counts.get(id) ?? 0) + 1) },
    });
    const load = loadOf({ executor: 'per-user-iterations', users: 5, iterations: 20, maxDuration: '10s' });
    const runs = await runShares({ Visitor }, { loads: [load], shares });
    expect([...counts].sort(([a], [b]) => a - b)).toEqual(range(5).map((id) => [id, 20]));
    expect([finishedBy(runs), droppedBy(runs)]).toEqual([100, 0]);
  });

  it('100 for 10 users: exactly 100, each number once', async () => {
    const { Visitor, indexes } = createVisitor(0.002);
    const load = loadOf({ executor: 'shared-iterations', users: 10, iterations: 100, maxDuration: '10s' });
    const runs = await runShares({ Visitor }, { loads: [load], shares });
    expect(indexes.sort(byNumber)).toEqual(range(100));
    expect([finishedBy(runs), droppedBy(runs)]).toEqual([100, 0]);
  });

  it('10 for one user: exactly 10, though only one share has it', async () => {
    const { Visitor, indexes } = createVisitor(0);
    const load = loadOf({ executor: 'shared-iterations', users: 1, iterations: 10, maxDuration: '10s' });
    const runs = await runShares({ Visitor }, { loads: [load], shares });
    expect(indexes).toEqual(range(10));
    expect([finishedBy(runs), droppedBy(runs)]).toEqual([10, 0]);
  });

  it('shared ones that nobody began in time are dropped', async () => {
    const { Visitor, indexes } = createVisitor(10);
    const load = loadOf({
      executor: 'shared-iterations',
      users: 4,
      iterations: 30,
      maxDuration: '200ms',
      gracefulStop: 0,
    });
    const runs = await runShares({ Visitor }, { loads: [load], shares });
    expect([indexes.length, droppedBy(runs)]).toEqual([4, 26]);
  });
});

describe.each([1, 2, 4])('an open load over %d shares', (shares) => {
  it('of 50 a second for a second starts 50, each number once, at its instant', async () => {
    const { Visitor, begunAtMs, indexes } = createVisitor(0.005);
    const load = loadOf({
      executor: 'constant-arrival-rate',
      rate: 50,
      duration: '1s',
      preAllocatedUsers: 8,
      maxUsers: 40,
    });
    const runs = await runShares({ Visitor }, { loads: [load], shares });
    expect([...indexes].sort(byNumber)).toEqual(range(50));
    expect([finishedBy(runs), droppedBy(runs), sumOf(runs, ({ part }) => part.startLag.count)]).toEqual([50, 0, 50]);
    const firstAtMs = Math.min(...runs.map(({ startAtMs }) => startAtMs));
    for (const [at, index] of indexes.entries()) expect(begunAtMs[at]! - firstAtMs).toBeGreaterThanOrEqual(index * 20);
  });

  it('whose users all block runs one each, and drops the rest', async () => {
    const { Visitor, begunAtMs } = createVisitor(10);
    const load = loadOf({
      executor: 'constant-arrival-rate',
      rate: 10,
      duration: '950ms',
      preAllocatedUsers: 5,
      maxUsers: 5,
      gracefulStop: 0,
    });
    const runs = await runShares({ Visitor }, { loads: [load], shares });
    expect(begunAtMs.length + droppedBy(runs)).toBe(10);
    // Whose users are all busy drops a start, though another share may have a free one.
    expect(begunAtMs.length).toBe(5);
  });
});

describe('gracefulStop', () => {
  it('of a second lets 1.5 s finish in a run of one, and interrupts 2.5 s without calling it failed', async () => {
    const ended: string[] = [];
    const createUser = (name: string, seconds: number) =>
      defineUser({
        tasks: {
          async home({ measure, sleep }) {
            await measure(name, () => sleep(seconds));
            ended.push(name);
          },
        },
      });
    const loads = planOf({
      load: { executor: 'constant-users', users: 2, duration: '1s', gracefulStop: '1s' },
      kinds: [kindOf('Short'), kindOf('Long')],
    });
    const users = { Short: createUser('short', 1.5), Long: createUser('long', 2.5) };
    const run = await startShare(users, { loads });
    const tookMs = await run.finish();
    const { series, iterations, interruptedIterations, exceptions } = run.part;
    expect(ended).toEqual(['short']);
    expect([iterations.count, interruptedIterations]).toEqual([1, 1]);
    expect(exceptions).toEqual([]);
    expect(
      series.map(({ name, begun, completed, failures, interrupted }) => [
        name,
        begun,
        completed,
        failures,
        interrupted,
      ]),
    ).toEqual([
      ['short', 1, 1, 0, 0],
      ['long', 1, 0, 0, 1],
    ]);
    expect(tookMs).toBeGreaterThan(1950);
    expect(tookMs).toBeLessThan(2200);
  });
});

describe('an iteration that was cut off', () => {
  it('is counted as interrupted, once, in closed and in open loads, and no wait or onStart is one', async () => {
    const hanging = (seconds: number) => defineUser({ tasks: { home: ({ sleep }) => sleep(seconds) } });
    const Waiting = defineUser({ waitTime: () => 9, tasks: { home: () => {} } });
    const Starting = defineUser({ onStart: ({ sleep }) => sleep(9), tasks: { home: () => {} } });
    const Deaf = defineUser({
      tasks: {
        async home({ sleep }) {
          for (;;) await sleep(9).catch(() => {});
        },
      },
    });
    const frame = { users: 2, duration: '300ms', gracefulStop: '100ms', executor: 'constant-users' } as const;
    const loads = planOf({
      loads: {
        closed: { ...frame, user: 'Hanging' },
        waiting: { ...frame, user: 'Waiting' },
        starting: { ...frame, user: 'Starting' },
        deaf: { ...frame, user: 'Deaf' },
        open: {
          executor: 'constant-arrival-rate',
          user: 'Hanging',
          rate: 20,
          duration: '300ms',
          gracefulStop: '100ms',
          preAllocatedUsers: 10,
        },
      },
      kinds: ['Hanging', 'Waiting', 'Starting', 'Deaf'].map((name) => kindOf(name)),
    });
    const run = await runShare({ Hanging: hanging(9), Waiting, Starting, Deaf }, { loads });
    expect(run.part.iterations.count).toBe(2);
    expect(run.part.interruptedIterations).toBe(2 + 2 + 6);
  });
});
