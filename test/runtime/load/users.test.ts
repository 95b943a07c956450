import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineFromStages, valueAt } from '../../../src/runtime/load/line.js';
import { plainLine, type UserStep, UserSteps, usersAt } from '../../../src/runtime/load/users.js';
import type { PlannedKind, UsersLoad } from '../../../src/runtime/plan.js';
import { anyUsersLoad, drain, kindOf, sharesOf, usersLoad } from './any-load.js';

const whole = { index: 0, count: 1 };

function stepsOf(load: UsersLoad, kinds: readonly PlannedKind[] = [kindOf(1)]): UserStep[] {
  return drain(new UserSteps({ load, loadIndex: 0, kinds, share: whole }));
}

function timesOf(steps: readonly UserStep[]): string[] {
  return steps.map(({ atMs, slot, action }) => `${atMs} ${action} ${slot}`);
}

const stages = (start: number, ...list: [seconds: number, target: number][]) =>
  lineFromStages(
    start,
    list.map(([seconds, target]) => ({ durationMs: seconds * 1000, target })),
  );

describe('plainLine', () => {
  it('starts user k at k / spawnRate, also over days', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.oneof(fc.double({ min: 0.01, max: 2000, noNaN: true }), fc.integer({ min: 1, max: 999 })),
        (users, spawnRate) => {
          const load = usersLoad({ line: plainLine({ users, spawnRate }) });
          const steps = stepsOf(load);
          expect(steps).toHaveLength(users);
          const wrong = steps.filter(({ atMs, slot }, k) => {
            const isSparse = k > 0 && atMs - steps[k - 1]!.atMs > 1e-5;
            const isExact = slot === k && Math.abs(atMs - (k * 1000) / spawnRate) < 0.6e-6;
            return !isExact || usersAt(load, atMs) < k + 1 || (isSparse && usersAt(load, atMs - 1e-5) !== k);
          });
          expect(wrong).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('has exact instants', () => {
    const at = (users: number, spawnRate: number) =>
      stepsOf(usersLoad({ line: plainLine({ users, spawnRate }) })).map(({ atMs }) => atMs);
    expect(at(7, 2.5)).toEqual([0, 400, 800, 1200, 1600, 2000, 2400]);
    expect(at(4, 3)).toEqual([0, 333.333333, 666.666667, 1000]);
    expect(at(1, 5)).toEqual([0]);
    expect(at(0, 5)).toEqual([]);
    expect(at(10_001, 0.1).at(-1)).toBe(100_000_000);
  });

  it('ends with the run time, which is not part of the run', () => {
    expect(stepsOf(usersLoad({ line: plainLine({ users: 100, spawnRate: 10 }), endMs: 3000 }))).toHaveLength(30);
    expect(stepsOf(usersLoad({ line: plainLine({ users: 100, spawnRate: 10 }), endMs: 2999.9999999996 }))).toHaveLength(
      30,
    );
  });
});

describe('usersAt', () => {
  it('is none before the load and from its end on', () => {
    const load = usersLoad({ line: stages(3), endMs: 1000 });
    expect([-1, -1e-9, 0, 999.999999, 999.9999999996, 1000, 5000].map((atMs) => usersAt(load, atMs))).toEqual([
      0, 3, 3, 3, 0, 0, 0,
    ]);
    expect(usersAt(usersLoad(), 10)).toBe(0);
  });

  it('takes a value that rounding left just below a whole number for that number', () => {
    const sixTenths = 0.1 + 0.7 - 0.2;
    expect(sixTenths * 5).toBeLessThan(3);
    expect(usersAt(usersLoad({ line: stages(sixTenths * 5) }), 0)).toBe(3);
    expect(usersAt(usersLoad({ line: stages(2.999) }), 0)).toBe(2);
  });

  it('is the floor on a rising line, and on a falling one as the load says', () => {
    const line = stages(0, [10, 10], [10, 0]);
    const at = (falling: UsersLoad['falling']) =>
      [9999, 10_000, 10_500, 11_000, 11_500, 19_000, 19_500, 20_000].map((atMs) =>
        usersAt(usersLoad({ line, falling }), atMs),
      );
    expect(at('floor')).toEqual([9, 9, 9, 8, 8, 0, 0, 0]);
    expect(at('ceiling')).toEqual([9, 10, 10, 9, 9, 1, 1, 0]);
  });

  it('is the floor or the ceiling of the line wherever that is not a whole number', () => {
    fc.assert(
      fc.property(anyUsersLoad, fc.double({ min: 0, max: 20_000, noNaN: true }), (load, atMs) => {
        const value = valueAt(load.line, atMs);
        const isFalling = valueAt(load.line, atMs + 1e-3) < value;
        const isNearJump = Math.abs(valueAt(load.line, atMs + 1e-3) - value) > 0.5;
        const isNearWhole = Math.abs(value - Math.round(value)) < 1e-4;
        fc.pre(!isNearJump && (!isNearWhole || valueAt(load.line, atMs + 1e-3) === value));
        const isOver = load.endMs !== undefined && atMs >= load.endMs;
        const expected = isFalling && load.falling === 'ceiling' ? Math.ceil(value) : Math.floor(value + 1e-9);
        expect(usersAt(load, atMs)).toBe(isOver ? 0 : expected);
      }),
      { numRuns: 300 },
    );
  });
});

describe('UserSteps', () => {
  it('start in order and stop the newest first, at the instants of the line', () => {
    const line = stages(0, [3, 3], [3, 0]);
    expect(timesOf(stepsOf(usersLoad({ line, falling: 'ceiling' })))).toEqual([
      '1000 start 0',
      '2000 start 1',
      '3000 start 2',
      '4000 stop 2',
      '5000 stop 1',
      '6000 stop 0',
    ]);
  });

  it('have nobody come to leave at once, where a line only touches a whole number', () => {
    const line = stages(0, [3, 3], [3, 0]);
    expect(timesOf(stepsOf(usersLoad({ line, falling: 'floor' })))).toEqual([
      '1000 start 0',
      '2000 start 1',
      '4000 stop 1',
      '5000 stop 0',
    ]);
  });

  it('take a jump at one instant', () => {
    const line = stages(3, [1, 3], [0, 1], [1, 1], [0, 2]);
    expect(timesOf(stepsOf(usersLoad({ line })))).toEqual([
      '0 start 0',
      '0 start 1',
      '0 start 2',
      '1000 stop 2',
      '1000 stop 1',
      '2000 start 1',
    ]);
  });

  it('leave the end to whoever ends the load', () => {
    const line = stages(2, [1, 2], [0, 0]);
    expect(timesOf(stepsOf(usersLoad({ line, endMs: 1000 })))).toEqual(['0 start 0', '0 start 1']);
  });

  it('bring the same kinds back', () => {
    const kinds = [kindOf(3), kindOf(1), kindOf(1, 1)];
    const load = usersLoad({ line: stages(0, [1, 9], [1, 0], [1, 9]), kinds: [0, 1, 2], falling: 'ceiling' });
    const kindsOfSlots = new Map<number, Set<number>>();
    for (const { slot, kind } of stepsOf(load, kinds))
      kindsOfSlots.set(slot, (kindsOfSlots.get(slot) ?? new Set()).add(kind));
    expect([...kindsOfSlots.values()].map((seen) => [...seen])).toEqual([[2], [0], [0], [1], [0], [0], [0], [1], [0]]);
  });

  it('name kinds by their position in the plan, and pick among those of the load alone', () => {
    const kinds = [kindOf(100), kindOf(1), kindOf(50), kindOf(1)];
    const steps = stepsOf(usersLoad({ line: stages(4), kinds: [3, 1] }), kinds);
    expect(steps.map(({ kind }) => kind)).toEqual([3, 1, 3, 1]);
  });

  it('have no more than the fixed counts, where there is nothing else', () => {
    const kinds = [kindOf(1, 2), kindOf(1, 1)];
    expect(stepsOf(usersLoad({ line: stages(10), kinds: [0, 1] }), kinds).map(({ kind }) => kind)).toEqual([0, 0, 1]);
  });

  it.each([2, 4, 8])('divide kinds of 3 to 1 over %d workers', (count) => {
    const kinds = [kindOf(3), kindOf(1)];
    const load = usersLoad({ line: plainLine({ users: 64, spawnRate: 100 }), kinds: [0, 1] });
    for (const share of sharesOf(count)) {
      const own = drain(new UserSteps({ load, loadIndex: 0, kinds, share }));
      expect(own.filter(({ kind }) => kind === 0)).toHaveLength(48 / count);
      expect(own.filter(({ kind }) => kind === 1)).toHaveLength(16 / count);
    }
  });
});
