import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import { now } from '../../../src/metrics/clock.js';
import { defineUser } from '../../../src/runtime/user/define-user.js';
import { loadOf } from '../../support/one-load.js';
import { runShare } from '../../support/run-share.js';

/** An open load of so many starts a second, for half a second, with users enough. */
function openLoad(rate: number) {
  return loadOf({
    executor: 'constant-arrival-rate',
    rate,
    duration: '500ms',
    preAllocatedUsers: 100,
    maxUsers: 100,
    gracefulStop: '2s',
  });
}

it('a start that is due when an iteration ends does not wait for a timer', async () => {
  const setTimer = globalThis.setTimeout;
  const spy = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, delayMs = 0) => {
    return setTimer(run, delayMs + 20);
  }) as typeof setTimeout);
  onTestFinished(() => spy.mockRestore());
  const lagsMs: number[] = [];
  let firstMs: number | undefined;
  const Visitor = defineUser({
    tasks: {
      // Some are always at work: one starts every 0.2 ms.
      async home({ iteration }) {
        const beganMs = now();
        firstMs ??= beganMs - iteration * 0.2;
        lagsMs.push(beganMs - firstMs - iteration * 0.2);
        while (now() < beganMs + 0.5) await nextTurn();
      },
    },
  });
  const { part } = await runShare({ Visitor }, { loads: [openLoad(5000)] });
  expect(lagsMs).toHaveLength(2500);
  expect(part.startLag.count).toBe(2500);
  // By such timers alone, a twentieth would be that early.
  expect(lagsMs.filter((lagMs) => lagMs < 1).length).toBeGreaterThan(2500 / 3);
});

it('iterations that wait for nothing leave the thread its turns, though the next is always due', async () => {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  let firstMs: number | undefined;
  const Visitor = defineUser({
    tasks: {
      home({ iteration }) {
        firstMs ??= now() - iteration;
        while (now() < firstMs + iteration + 1.1);
      },
    },
  });
  count();
  const { part } = await runShare({ Visitor }, { loads: [openLoad(1000)] });
  isOver = true;
  expect(part.iterations.count).toBe(500);
  expect(turns).toBeGreaterThan(250);
});
