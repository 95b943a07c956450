import { describe, expect, it } from 'vitest';
import { plannedEndMs, plannedUsersAt, rampEndMs } from '../../../src/runtime/load/describe-load.js';
import { lineFromStages } from '../../../src/runtime/load/line.js';
import { plainLine } from '../../../src/runtime/load/users.js';
import { kindOf, startsLoad, usersLoad } from './any-load.js';

describe('plannedEndMs', () => {
  it('is in the time of the run, and unknown where it depends', () => {
    expect(plannedEndMs(usersLoad({ startAtMs: 500, endMs: 1000 }))).toBe(1500);
    expect(plannedEndMs(startsLoad({ startAtMs: 500 }))).toBeUndefined();
    const { startAtMs: _, ...waiting } = usersLoad({ after: 'first', endMs: 1000 });
    expect(plannedEndMs(waiting)).toBeUndefined();
  });
});

describe('rampEndMs', () => {
  it('is when the line is first at its highest, before the end', () => {
    expect(rampEndMs(usersLoad({ line: plainLine({ users: 11, spawnRate: 5 }) }))).toBe(2000);
    expect(rampEndMs(usersLoad({ line: plainLine({ users: 11, spawnRate: 5 }), endMs: 700 }))).toBe(700);
    expect(rampEndMs(usersLoad({ line: plainLine({ users: 1, spawnRate: 1 }) }))).toBe(0);
    expect(rampEndMs(usersLoad())).toBe(0);
    const hills = lineFromStages(2, [
      { durationMs: 1000, target: 5 },
      { durationMs: 1000, target: 1 },
      { durationMs: 0, target: 5 },
      { durationMs: 500, target: 0 },
      { durationMs: 500, target: 9 },
    ]);
    expect(rampEndMs(startsLoad({ line: hills }))).toBe(3000);
    expect(rampEndMs(startsLoad({ line: hills, endMs: 2600 }))).toBe(1000);
  });

  it('is a jump that ends the line', () => {
    const line = lineFromStages(1, [
      { durationMs: 1000, target: 1 },
      { durationMs: 0, target: 4 },
    ]);
    expect(rampEndMs(usersLoad({ line }))).toBe(1000);
  });
});

describe('plannedUsersAt', () => {
  it('adds up closed loads, each in its own time', () => {
    const { startAtMs: _, ...waiting } = usersLoad({ line: lineFromStages(100, []), after: 'first' });
    const loads = [
      usersLoad({ line: lineFromStages(3, []), endMs: 2000 }),
      usersLoad({ line: plainLine({ users: 4, spawnRate: 1 }), startAtMs: 1000 }),
      startsLoad({ line: lineFromStages(50, []), preAllocatedUsers: 9 }),
      waiting,
    ];
    expect([-1, 0, 999, 1000, 1999, 2000, 9000].map((atMs) => plannedUsersAt(loads, atMs))).toEqual([
      0, 3, 3, 4, 4, 2, 4,
    ]);
  });

  it('is no more than fixed counts allow', () => {
    const loads = [usersLoad({ line: lineFromStages(30, []), kinds: [0, 1] })];
    expect(plannedUsersAt(loads, 0, [kindOf(1, 4), kindOf(1, 2)])).toBe(6);
    expect(plannedUsersAt(loads, 0, [kindOf(1, 4), kindOf(1)])).toBe(30);
  });
});
