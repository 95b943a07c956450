import { expect, test } from 'vitest';
import { Pace } from '../../../src/runtime/worker/pace.js';

/** When 200 tasks start that are due every 100 ms, each so much after it was due. */
function startsWith(pace: Pace, lateMs: (index: number) => number): number[] {
  const starts = [0];
  for (let index = 1; index < 200; index++) starts.push(pace.nextDueMs(starts.at(-1)!, 100) + lateMs(index));
  return starts;
}

test('starts that are late, or early, by a timer do not move those after them', () => {
  expect(startsWith(new Pace(), () => 1.4).at(-1)).toBeCloseTo(199 * 100 + 1.4, 6);
  expect(startsWith(new Pace(), () => -0.7).at(-1)).toBeCloseTo(199 * 100 - 0.7, 6);
  expect(startsWith(new Pace(), (index) => (index % 2 === 0 ? 0 : 60)).at(-1)).toBeCloseTo(199 * 100 + 60, 6);
});

test('a start that is a whole interval late, or follows a task that took too long, sets the pace anew', () => {
  const pace = new Pace();
  expect(pace.nextDueMs(0, 100)).toBe(100);
  expect(pace.nextDueMs(200, 100)).toBe(300);
  pace.lose();
  expect(pace.nextDueMs(350, 100)).toBe(450);
});
