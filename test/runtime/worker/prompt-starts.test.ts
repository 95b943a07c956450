import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { now } from '../../../src/metrics/clock.js';
import { percentilesOf } from '../../../src/metrics/histogram.js';
import { defineUser } from '../../../src/runtime/user/define-user.js';
import { loopTurn } from '../../../src/runtime/worker/loop-turn.js';
import { loadOf } from '../../support/one-load.js';
import { runShare } from '../../support/run-share.js';

/** An open load of so many starts a second, for half a second, with users enough. */
function openLoad(rate: number) {
  return loadOf({
    executor: 'constant-arrival-rate',
    rate,
    duration: '500ms',
    preAllocatedUsers: 400,
    maxUsers: 400,
    gracefulStop: '2s',
  });
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

it('iterations that wait for nothing leave the thread its turns, though the next is due', async () => {
  const startsByTurn = new Map<number, number>();
  const Visitor = defineUser({
    tasks: {
      // As long as from one start to the next, nearly.
      home() {
        const beganMs = now();
        startsByTurn.set(loopTurn(), (startsByTurn.get(loopTurn()) ?? 0) + 1);
        while (now() < beganMs + 0.9);
      },
    },
  });
  const { part } = await runShare({ Visitor }, { loads: [openLoad(1000)] });
  expect(part.iterations.count).toBe(500);
  // One from the timer, and one from a second look; else tens of them go by in one turn.
  expect(Math.max(...startsByTurn.values())).toBeLessThan(5);
});
