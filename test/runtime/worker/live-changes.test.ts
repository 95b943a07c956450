import { describe, expect, it } from 'vitest';
import { now } from '../../../src/metrics/clock.js';
import { amendLine } from '../../../src/runtime/load/line.js';
import type { PlannedLoad } from '../../../src/runtime/plan.js';
import { defineUser } from '../../../src/runtime/user/define-user.js';
import { byNumber, createVisitor, loadOf, range } from '../../support/one-load.js';
import { createSignal, startShare } from '../../support/run-share.js';

describe('a pause', () => {
  /** Pauses at the fifth iteration for 300 ms. */
  async function runPaused(load: PlannedLoad) {
    const reached = createSignal();
    const begunAtMs: number[] = [];
    const Visitor = defineUser({
      tasks: {
        async home({ sleep }) {
          begunAtMs.push(now());
          if (begunAtMs.length === 5) reached.give();
          await sleep(0.01);
        },
      },
    });
    const run = await startShare({ Visitor }, { loads: [load] });
    await reached.promise;
    run.pause();
    const pausedAtMs = now();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const resumedAtMs = now();
    run.resume();
    await run.finish();
    return {
      run,
      begunAtMs,
      begunInBetween: begunAtMs.filter((atMs) => atMs > pausedAtMs && atMs < resumedAtMs),
      begunAfter: begunAtMs.filter((atMs) => atMs >= resumedAtMs),
      tookMs: now() - run.startAtMs,
    };
  }

  it('lets nothing begin, and moves the end on', async () => {
    const load = loadOf({ executor: 'constant-users', users: 2, duration: '400ms', gracefulStop: 0 });
    const { begunInBetween, begunAfter, tookMs } = await runPaused(load);
    expect(begunInBetween).toEqual([]);
    expect(begunAfter.length).toBeGreaterThan(5);
    expect(tookMs).toBeGreaterThanOrEqual(700);
    expect(tookMs).toBeLessThan(900);
  });

  it('lets no start of an open load go, and loses none', async () => {
    const load = loadOf({ executor: 'constant-arrival-rate', rate: 50, duration: '400ms', preAllocatedUsers: 20 });
    const { run, begunAtMs, begunInBetween, tookMs } = await runPaused(load);
    expect(begunInBetween).toEqual([]);
    expect([begunAtMs.length, run.part.droppedIterations]).toEqual([20, 0]);
    // Starts are not late for it: they were meant for later.
    expect(run.part.startLag.maxMs).toBeLessThan(100);
    expect(tookMs).toBeGreaterThanOrEqual(700);
  });

  it('can be ended by the stop of the run', async () => {
    const { Visitor } = createVisitor(0.01);
    const run = await startShare({ Visitor }, { load: { users: 3 } });
    run.pause();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await run.stopAndFinish(1000)).toBeLessThan(200);
  });
});

describe('a change of the plan', () => {
  /** The same load, from an instant on at another value. */
  function changed<Load extends PlannedLoad>(load: Load, fromMs: number, value: number): Load {
    const tail = [{ fromMs, toMs: fromMs, from: value, to: value }];
    return { ...load, line: amendLine(load.line, fromMs, tail) };
  }

  it('brings users and takes the newest first: 2, then 5, then 1', async () => {
    const events: string[] = [];
    const times: number[] = [];
    const note = (what: string) => (context: { id: number }) => {
      events.push(`${what}${context.id}`);
      times.push(now());
    };
    const Visitor = defineUser({
      onStart: note('+') as (context: { id: number }) => void,
      tasks: { home: ({ sleep }) => sleep(0.005) },
      onStop: note('-'),
    });
    const load = loadOf({ executor: 'constant-users', users: 2, duration: '900ms', gracefulStop: 0 });
    const run = await startShare({ Visitor }, { loads: [load] });
    const more = changed(load, 300, 5);
    run.amend(300, more);
    // Sent while the first is still to come.
    run.amend(600, changed(more, 600, 1));
    await run.finish();
    const delays = times.map((atMs) => atMs - run.startAtMs);
    expect(events.slice(0, 5)).toEqual(['+0', '+1', '+2', '+3', '+4']);
    expect(events.slice(5, 9).sort()).toEqual(['-1', '-2', '-3', '-4']);
    expect(events.slice(9)).toEqual(['-0']);
    expect(Math.max(...delays.slice(0, 2))).toBeLessThan(290);
    expect(Math.min(...delays.slice(2, 5))).toBeGreaterThanOrEqual(300);
    expect(Math.min(...delays.slice(5, 9))).toBeGreaterThanOrEqual(600);
    expect(Math.min(...delays.slice(9))).toBeGreaterThanOrEqual(900);
    expect(run.usersStarted).toBe(5);
  });

  it('at the instant of a start neither loses nor doubles it', async () => {
    const { Visitor, indexes } = createVisitor(0.001);
    const load = loadOf({ executor: 'constant-arrival-rate', rate: 20, duration: '1s', preAllocatedUsers: 3 });
    const run = await startShare({ Visitor }, { loads: [load] });
    run.amend(500, changed(load, 500, 40));
    await run.finish();
    expect(indexes.sort(byNumber)).toEqual(range(30));
    expect(run.part.droppedIterations).toBe(0);
  });

  it('reaches a share that had no users so far', async () => {
    const { Visitor } = createVisitor(0.005);
    const load = loadOf({ executor: 'constant-users', users: 1, duration: '500ms', gracefulStop: 0 });
    const started = await Promise.all(
      range(4).map(async (index) => {
        const run = await startShare({ Visitor }, { loads: [load], share: { index, count: 4 }, staysIdle: true });
        run.amend(200, changed(load, 200, 4));
        return run;
      }),
    );
    await Promise.all(started.map((run) => run.finish()));
    expect(started.map(({ usersStarted }) => usersStarted)).toEqual([1, 1, 1, 1]);
  });
});
