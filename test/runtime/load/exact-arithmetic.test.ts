import { describe, expect, it } from 'vitest';
import { lineFromStages } from '../../../src/runtime/load/line.js';
import { poolSlots, shareQuota } from '../../../src/runtime/load/share-out.js';
import { ShareStarts, StartTimes } from '../../../src/runtime/load/starts.js';
import { UserSteps, usersAt } from '../../../src/runtime/load/users.js';
import type { LinePiece, UsersLoad } from '../../../src/runtime/plan.js';
import { drain, kindOf, sharesOf, startsLoad, usersLoad } from './any-load.js';

const kinds = [kindOf(1)];
const splits = [1, 2, 4, 7];

function line(start: number, ...stages: [seconds: number, target: number][]): LinePiece[] {
  return lineFromStages(
    start,
    stages.map(([seconds, target]) => ({ durationMs: seconds * 1000, target })),
  );
}

function startTimes(startsLine: LinePiece[], endMs: number, shares: number): number[] {
  const load = startsLoad({ line: startsLine, endMs });
  return sharesOf(shares)
    .flatMap((share) => drain(new ShareStarts({ load, loadIndex: 0, kinds, share })))
    .sort((one, other) => one.index - other.index)
    .map(({ atMs }) => atMs);
}

function inEachSecond(times: readonly number[], seconds: number): number[] {
  return Array.from(
    { length: seconds },
    (_, second) => times.filter((atMs) => atMs >= second * 1000 && atMs < (second + 1) * 1000).length,
  );
}

/** Users that begin an iteration of fixed length after the other: how many begin, and how many run at an instant. */
function iterate(load: UsersLoad, iterationMs: number, shares: number) {
  const endMs = load.endMs!;
  const began: { slot: number; atMs: number; endMs: number }[] = [];
  for (const share of sharesOf(shares)) {
    const steps = drain(new UserSteps({ load, loadIndex: 0, kinds, share }));
    for (const start of steps.filter(({ action }) => action === 'start')) {
      const stopMs = steps.find(({ action, slot }) => action === 'stop' && slot === start.slot)?.atMs ?? endMs;
      for (let atMs = start.atMs; atMs < stopMs; atMs += iterationMs)
        began.push({ slot: start.slot, atMs, endMs: atMs + iterationMs });
    }
  }
  return began;
}

describe.each(splits)('over %d shares', (shares) => {
  it('50 a second for 5 s are 250 starts, 50 in each second', () => {
    const times = startTimes(line(50), 5000, shares);
    expect(times).toHaveLength(250);
    expect(inEachSecond(times, 5)).toEqual([50, 50, 50, 50, 50]);
  });

  it('20 a second for 3 s are 60 starts, not 61', () => {
    expect(startTimes(line(20), 3000, shares)).toHaveLength(60);
  });

  it('10 a second for 950 ms with 5 users that block: 5 run, 5 are dropped', () => {
    const load = startsLoad({ line: line(10), endMs: 950, preAllocatedUsers: 5, maxUsers: 5 });
    const starts = startTimes(load.line, 950, shares).length;
    const users = sharesOf(shares).map((share) => poolSlots({ load, loadIndex: 0, kinds, share, users: 5 }).length);
    const run = users.reduce((sum, count) => sum + count, 0);
    expect([run, starts - run]).toEqual([5, 5]);
    expect(users).toEqual(sharesOf(shares).map((share) => shareQuota(5, share)));
  });

  it('10 a second, a ramp to 50, and 50 are 10, 30 and 50 starts', () => {
    const times = startTimes(line(10, [1, 10], [1, 50], [1, 50]), 3000, shares);
    expect(inEachSecond(times, 3)).toEqual([10, 30, 50]);
    expect(times).toHaveLength(90);
  });

  it('a ramp to 1 a second in 5 s, 1 s there and 5 s back are 6 starts, where the area passes them', () => {
    const times = startTimes(line(0, [5, 1], [1, 1], [5, 0]), 11_000, shares);
    expect(times.map((atMs) => Math.round(atMs * 100) / 100)).toEqual([0, 3162.28, 4472.14, 5500, 6527.86, 7837.72]);
  });

  it('10 users for 1 s with iterations of 210 ms begin 5 each', () => {
    const began = iterate(usersLoad({ line: line(10), endMs: 1000 }), 210, shares);
    const ofEach = Array.from({ length: 10 }, (_, slot) => began.filter((one) => one.slot === slot).length);
    expect(ofEach).toEqual([5, 5, 5, 5, 5, 5, 5, 5, 5, 5]);
  });

  it('100 shared iterations are 100', () => {
    expect(sharesOf(shares).reduce((sum, share) => sum + shareQuota(100, share), 0)).toBe(100);
  });

  it('5 users with 20 iterations each that block: 5 begin, 95 do not', () => {
    const load = usersLoad({ line: line(5), endMs: 1000, iterations: { of: 'user', count: 20 } });
    const began = iterate(load, 5000, shares).length;
    expect([began, 5 * load.iterations!.count - began]).toEqual([5, 95]);
  });

  it('5 users, a jump to 3 after 1 s, iterations of 300 ms: 5, 3 and 0 are active', () => {
    const load = usersLoad({ line: line(5, [1, 5], [0, 3], [1, 3]), endMs: 2000, falling: 'ceiling' });
    const began = iterate(load, 300, shares);
    const active = (atMs: number) => began.filter((one) => one.atMs <= atMs && one.endMs > atMs).length;
    expect([500, 1500, 2400].map(active)).toEqual([5, 3, 0]);
  });

  it('a ramp to 10 in 3 s and back in 2 s goes down through 10, 9, 8 … 0, each once', () => {
    const load = usersLoad({ line: line(0, [3, 10], [2, 0]), endMs: 5000.001, falling: 'ceiling' });
    const steps = sharesOf(shares)
      .flatMap((share) => drain(new UserSteps({ load, loadIndex: 0, kinds, share })))
      .sort((one, other) => one.atMs - other.atMs);
    let users = 0;
    const counts = steps.map(({ action }) => (users += action === 'start' ? 1 : -1));
    expect(counts).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect(steps.slice(10).map(({ atMs }) => atMs)).toEqual([
      3200, 3400, 3600, 3800, 4000, 4200, 4400, 4600, 4800, 5000,
    ]);
  });

  it('stages from 4 have whole users from whole seconds on', () => {
    const load = usersLoad({
      line: line(4, [2, 6], [5, 1], [4, 5], [4, 1], [3, 4], [2, 4], [0, 1], [3, 1]),
      endMs: 23_000,
      falling: 'ceiling',
    });
    const expected = [4, 5, 6, 5, 4, 3, 2, 1, 2, 3, 4, 5, 4, 3, 2, 1, 2, 3, 4, 4, 1, 1, 1, 0];
    expect(expected.map((_, second) => usersAt(load, second * 1000))).toEqual(expected);
    const steps = sharesOf(shares)
      .flatMap((share) => drain(new UserSteps({ load, loadIndex: 0, kinds, share })))
      .sort((one, other) => one.atMs - other.atMs);
    let users = 0;
    const changes: Record<number, number> = {};
    for (const { atMs, action } of steps) changes[atMs / 1000] = users += action === 'start' ? 1 : -1;
    expect(changes).toEqual({
      ...{ 0: 4, 1: 5, 2: 6, 3: 5, 4: 4, 5: 3, 6: 2, 7: 1, 8: 2, 9: 3, 10: 4, 11: 5 },
      ...{ 12: 4, 13: 3, 14: 2, 15: 1, 16: 2, 17: 3, 18: 4, 20: 1 },
    });
  });
});

describe('a rate a minute', () => {
  it('is the same as its part a second', () => {
    expect(new StartTimes(line(90 / 60), 60_000).count).toBe(90);
    expect(new StartTimes(line(100 / 60), 60_000).count).toBe(100);
    expect(new StartTimes(line(1 / 3600), 7_200_000).count).toBe(2);
  });
});
