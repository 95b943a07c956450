import { expect, test } from 'vitest';
import { WorkPace } from '../../src/reporters/work-pace.js';

function countRuns(tookMs: (round: number) => number, leastMs = 0, mostMs?: number): number[] {
  const clock = { nowMs: 0, now: () => clock.nowMs };
  const pace = new WorkPace({ idleFactor: 50, leastMs, ...(mostMs === undefined ? {} : { mostMs }), clock });
  const ranAt: number[] = [];
  for (let second = 1; second <= 10; second++) {
    clock.nowMs = Math.max(clock.nowMs, second * 1000);
    pace.run(() => {
      clock.nowMs += tookMs(ranAt.length);
      ranAt.push(second);
    });
  }
  return ranAt;
}

test('quick work is done every time, and one slow round changes nothing', () => {
  expect(countRuns(() => 15)).toHaveLength(10);
  expect(countRuns((round) => (round === 0 ? 300 : 2))).toHaveLength(10);
});

test('slow work rests in proportion', () => {
  expect(countRuns(() => 2, 1500)).toEqual([1, 3, 5, 7, 9]);
  expect(countRuns(() => 60)).toEqual([1, 2, 5, 8]);
});

test('where a machine is so busy that all takes long, it rests no longer than is said', () => {
  expect(countRuns(() => 500, 0, 2900)).toEqual([1, 2, 5, 8]);
  expect(countRuns(() => 500, 0)).toEqual([1, 2]);
});
