import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { now } from '../../../src/metrics/clock.js';
import { percentilesOf } from '../../../src/metrics/histogram.js';
import { defineUser } from '../../../src/runtime/user/define-user.js';
import { loopTurn } from '../../../src/runtime/worker/loop-turn.js';
import { loadOf } from '../../support/one-load.js';
import { runShare } from '../../support/run-share.js';

/** An open load of so many starts a second, for half a second, with users enough, there before or made when needed. */
function openLoad(rate: number, preAllocatedUsers = 400) {
  return loadOf({
    executor: 'constant-arrival-rate',
    rate,
    duration: '500ms',
    preAllocatedUsers,
    maxUsers: 400,
    gracefulStop: '2s',
  });
}

function busyFor(ms: number): void {
  for (const untilMs = now() + ms; now() < untilMs; );
}

it('a start that is due when an iteration ends does not wait for a timer', async () => {
  const Visitor = defineUser({
    tasks: {
      // Some are always at work: one starts every 0.2 ms.
      async home() {
        const beganMs = now();
        while (now() < beganMs + 0.3) await nextTurn();
      },
    },
  });
  const { part } = await runShare({ Visitor }, { loads: [openLoad(5000)] });
  expect(part.startLag.count + part.droppedIterations).toBe(2500);
  const [medianMs] = percentilesOf(part.startLag.durations, [50]);
  // By timers alone it is 0.7; nothing but the machine is in the way of 0.
  expect(medianMs).toBeLessThan(0.4);
});

it('starts that a held-up thread makes up for need few users, for those that end take the next', async () => {
  let begun = 0;
  const Visitor = defineUser({
    tasks: {
      async home() {
        begun++;
        busyFor(begun === 30 ? 300 : 0.03);
        await nextTurn();
      },
    },
  });
  const { part, usersStarted } = await runShare({ Visitor }, { loads: [openLoad(200, 5)] });
  expect(part.iterations.count).toBe(100);
  expect(part.startLag.maxMs).toBeGreaterThan(150);
  // Sixty were due at once, and so many users would have been needed to begin them all before the first one ends.
  expect(usersStarted).toBeLessThan(20);
});

it('iterations that wait for nothing leave the thread its turns, though the next is due', async () => {
  const startsByTurn = new Map<number, number>();
  const Visitor = defineUser({
    tasks: {
      // As long as from one start to the next, nearly.
      home() {
        startsByTurn.set(loopTurn(), (startsByTurn.get(loopTurn()) ?? 0) + 1);
        busyFor(0.9);
      },
    },
  });
  const { part } = await runShare({ Visitor }, { loads: [openLoad(1000)] });
  expect(part.iterations.count).toBe(500);
  // One from the timer, and one from a second look; else tens of them go by in one turn.
  expect(Math.max(...startsByTurn.values())).toBeLessThan(5);
});
