import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  plannedUsersAt,
  planUserStarts,
  rampEndMs,
  startOfUser,
  type UserStart,
} from '../../../src/runtime/load/plain.js';
import type { Plan, PlannedKind, PlannedLoad } from '../../../src/runtime/protocol.js';

function loadOf(changes: Partial<PlannedLoad> = {}): PlannedLoad {
  return { name: 'default', executor: 'plain', users: 10, spawnRate: 1, gracefulStopMs: 0, ...changes };
}

function planOf(load: PlannedLoad, kinds: { weight?: number; fixedCount?: number | undefined }[] = [{}]): Plan {
  const planned = kinds.map(
    (kind, index): PlannedKind => ({
      name: `Kind${index}`,
      weight: kind.weight ?? 1,
      fixedCount: kind.fixedCount,
      host: undefined,
    }),
  );
  return { revisions: [{ revision: 0, effectiveAtMs: 0, loads: [load] }], kinds: planned, seed: 1 };
}

function splitStarts(plan: Plan, load: PlannedLoad, shares: number): UserStart[][] {
  return Array.from({ length: shares }, (_, index) => planUserStarts(plan, load, { index, count: shares }));
}

function spread(counts: readonly number[]): number {
  return Math.max(...counts) - Math.min(...counts);
}

describe('starts', () => {
  it('are at k / spawnRate, evenly and not in bursts', () => {
    const load = loadOf({ users: 7, spawnRate: 2.5 });
    const starts = planUserStarts(planOf(load), load, { index: 0, count: 1 });
    expect(starts.map(({ atMs }) => atMs)).toEqual([0, 400, 800, 1200, 1600, 2000, 2400]);
    expect(starts.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('are right also for slow and fast rates, without drift', () => {
    expect(startOfUser(loadOf({ spawnRate: 0.1 }), 3)).toBe(30_000);
    expect(startOfUser(loadOf({ spawnRate: 3 }), 3_000_000)).toBe(1_000_000_000);
  });

  it('end with the run time, which is not part of the run', () => {
    const load = loadOf({ users: 100, spawnRate: 10, runTimeMs: 3000 });
    expect(planUserStarts(planOf(load), load, { index: 0, count: 1 })).toHaveLength(30);
  });
});

describe('shares', () => {
  const kinds = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ weight: fc.nat(3) }) },
      { weight: 1, arbitrary: fc.record({ fixedCount: fc.nat(12) }) },
    ),
    { minLength: 1, maxLength: 5 },
  );
  const load = fc
    .record({
      users: fc.nat(150),
      spawnRate: fc.double({ min: 0.1, max: 500, noNaN: true }),
      runTimeMs: fc.option(fc.integer({ min: 1, max: 60_000 }), { nil: undefined }),
    })
    .map(({ runTimeMs, ...rest }) => loadOf({ ...rest, ...(runTimeMs === undefined ? {} : { runTimeMs }) }));

  it('together are exactly the whole plan, at every instant', () => {
    fc.assert(
      fc.property(kinds, load, fc.integer({ min: 1, max: 17 }), (described, planned, count) => {
        const plan = planOf(planned, described);
        const whole = planUserStarts(plan, planned, { index: 0, count: 1 });
        const shares = splitStarts(plan, planned, count);
        const merged = shares.flat().sort((one, other) => one.id - other.id);
        expect(merged).toEqual(whole);
        for (const starts of shares) {
          expect(starts).toEqual([...starts].sort((one, other) => one.atMs - other.atMs || one.id - other.id));
        }
      }),
    );
  });

  it('differ by at most one user of each kind, and by at most the number of kinds in all, at every instant', () => {
    fc.assert(
      fc.property(
        kinds,
        load,
        fc.integer({ min: 1, max: 17 }),
        fc.integer({ min: 1, max: 100 }),
        (described, planned, count, percent) => {
          const plan = planOf(planned, described);
          const untilMs = (percent / 100) * (planned.runTimeMs ?? rampEndMs(planned));
          const shares = splitStarts(plan, planned, count).map((starts) =>
            starts.filter(({ atMs }) => atMs <= untilMs),
          );
          expect(spread(shares.map((starts) => starts.length))).toBeLessThanOrEqual(described.length);
          for (const index of described.keys()) {
            expect(
              spread(shares.map((starts) => starts.filter(({ kind }) => kind === index).length)),
            ).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });

  it('begin each kind with another share, so that rare kinds do not all meet in the first', () => {
    const load = loadOf({ users: 4 });
    const plan = planOf(load, [{ fixedCount: 1 }, { fixedCount: 1 }, { fixedCount: 1 }, { fixedCount: 1 }]);
    expect(splitStarts(plan, load, 4).map((starts) => starts.map(({ kind }) => kind))).toEqual([[0], [1], [2], [3]]);
  });

  it('of a hundred thousand users over 64 workers are planned in about a second', () => {
    const planned = loadOf({ users: 100_000, spawnRate: 1000 });
    const plan = planOf(planned, [{ weight: 5 }, { weight: 3 }, { weight: 2 }, { fixedCount: 10 }]);
    const beforeMs = performance.now();
    const shares = splitStarts(plan, planned, 64);
    const elapsedMs = performance.now() - beforeMs;
    expect(shares.reduce((sum, starts) => sum + starts.length, 0)).toBe(100_000);
    expect(elapsedMs).toBeLessThan(4000);
  });
});

describe('planned users', () => {
  it('rise with the starts, stay, and are none after the end', () => {
    const load = loadOf({ users: 4, spawnRate: 2, runTimeMs: 5000 });
    const at = (ms: number) => plannedUsersAt(load, ms);
    expect([-1, 0, 499, 500, 1499, 1500, 4999, 5000].map(at)).toEqual([0, 1, 1, 2, 3, 4, 4, 0]);
  });

  it('agree with the starts at each of them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.double({ min: 0.1, max: 900, noNaN: true }),
        (users, spawnRate) => {
          const load = loadOf({ users, spawnRate });
          for (let id = 0; id < users; id += 7) expect(plannedUsersAt(load, startOfUser(load, id))).toBe(id + 1);
          expect(plannedUsersAt(load, rampEndMs(load))).toBe(users);
        },
      ),
    );
  });

  it('have a ramp that ends with the last start', () => {
    expect(rampEndMs(loadOf({ users: 11, spawnRate: 5 }))).toBe(2000);
    expect(rampEndMs(loadOf({ users: 1 }))).toBe(0);
    expect(rampEndMs(loadOf({ users: 0 }))).toBe(0);
  });
});
