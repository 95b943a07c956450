import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amendLine, dropPast } from '../../../src/runtime/load/line.js';
import { mostUsers, type PlacedUser } from '../../../src/runtime/load/slots.js';
import { plainLine, slotsAt, type UserStep, UserSteps, usersAt } from '../../../src/runtime/load/users.js';
import type { LinePiece, PlannedKind, UsersLoad } from '../../../src/runtime/plan.js';
import { anyKindsOfLoad, anyLine, anyUsersLoad, drain, kindOf, sharesOf, spread, usersLoad } from './any-load.js';

const whole = { index: 0, count: 1 };

function stepsOf(load: UsersLoad, kinds: readonly PlannedKind[] = [kindOf(1)]): UserStep[] {
  return drain(new UserSteps({ load, loadIndex: 0, kinds, share: whole }));
}

function timesOf(steps: readonly UserStep[]): string[] {
  return steps.map(({ atMs, slot, action }) => `${atMs} ${action} ${slot}`);
}

/** Who is there at an instant, if everybody does as told. */
function replay(steps: readonly UserStep[], untilMs: number): PlacedUser[] {
  const there = new Map<number, number>();
  for (const { atMs, slot, kind, action } of steps) {
    if (atMs > untilMs) break;
    if (there.has(slot) === (action === 'start')) throw new Error(`slot ${slot}: ${action} at ${atMs} again`);
    if (action === 'start') there.set(slot, kind);
    else there.delete(slot);
  }
  return [...there].map(([slot, kind]) => ({ slot, kind })).sort((one, other) => one.slot - other.slot);
}

describe('shares of users', () => {
  const anyCount = fc.integer({ min: 1, max: 9 });
  const anyInstant = fc.oneof(fc.nat(20_000), fc.double({ min: 0, max: 20_000, noNaN: true }));

  it('together are the whole load, at every instant; each kind differs by at most 1', () => {
    fc.assert(
      fc.property(
        anyUsersLoad,
        anyKindsOfLoad,
        anyCount,
        anyInstant,
        (planned, { kinds, own, loadIndex }, count, atMs) => {
          const load = { ...planned, kinds: own };
          const all = drain(new UserSteps({ load, loadIndex, kinds, share: whole }));
          const shares = sharesOf(count).map((share) => drain(new UserSteps({ load, loadIndex, kinds, share })));
          const inOrder = (one: UserStep, other: UserStep) => one.atMs - other.atMs || one.slot - other.slot;
          expect(shares.flat().sort(inOrder)).toEqual([...all].sort(inOrder));
          for (const steps of [all, ...shares])
            expect(steps.filter(({ atMs: stepMs }, index) => stepMs < (steps[index - 1]?.atMs ?? 0))).toEqual([]);
          for (const instantMs of [atMs, ...all.slice(0, 5).map((step) => step.atMs)]) {
            const there = shares.map((steps) => replay(steps, instantMs));
            for (const kind of own)
              expect(spread(there.map((users) => users.filter((user) => user.kind === kind).length))).toBeLessThan(2);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('replayed, are the users wanted at every instant', () => {
    fc.assert(
      fc.property(
        anyUsersLoad,
        anyKindsOfLoad,
        anyCount,
        anyInstant,
        (planned, { kinds, own, loadIndex }, count, atMs) => {
          const load = { ...planned, kinds: own };
          const shares = sharesOf(count).map((share) => ({ load, loadIndex, kinds, share }));
          const steps = shares.map((part) => drain(new UserSteps(part)));
          const stepTimes = steps.flat().map((step) => step.atMs);
          for (const instantMs of new Set([atMs, ...stepTimes, ...stepTimes.slice(0, 9).map((ms) => ms + 1e-6)])) {
            if (load.endMs !== undefined && instantMs >= load.endMs) continue;
            const there = steps.map((own) => replay(own, instantMs));
            const users = there.reduce((sum, list) => sum + list.length, 0);
            expect(users).toBe(Math.min(usersAt(load, instantMs), mostUsers(load, kinds)));
            expect(there).toEqual(shares.map((part) => slotsAt({ ...part, atMs: instantMs })));
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('from an instant on have the steps at it and after it', () => {
    fc.assert(
      fc.property(
        anyUsersLoad,
        anyKindsOfLoad,
        anyCount,
        anyInstant,
        (planned, { kinds, own, loadIndex }, count, atMs) => {
          const load = { ...planned, kinds: own };
          for (const share of sharesOf(count)) {
            const all = drain(new UserSteps({ load, loadIndex, kinds, share }));
            const cuts = [atMs, ...all.slice(0, 4).map((step) => step.atMs)];
            for (const fromMs of cuts) {
              const later = drain(new UserSteps({ load, loadIndex, kinds, share, fromMs }));
              const instantMs = Math.round(fromMs * 1e6) / 1e6;
              expect(later).toEqual(all.filter((step) => step.atMs >= instantMs));
            }
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('after an amendment carry on from who is there, in every share', () => {
    fc.assert(
      fc.property(
        anyUsersLoad,
        anyLine(40),
        fc.nat(12_000),
        anyCount,
        anyKindsOfLoad,
        (planned, other, cutMs, count, { kinds, own, loadIndex }) => {
          const tail = other.map((piece) => ({ ...piece, fromMs: piece.fromMs + cutMs, toMs: piece.toMs + cutMs }));
          const { endMs: _, ...before } = { ...planned, kinds: own };
          const after: UsersLoad = { ...before, line: amendLine(before.line, cutMs, tail) };
          const merged: UserStep[] = [];
          for (const share of sharesOf(count)) {
            const part = { loadIndex, kinds, share };
            const done = drain(new UserSteps({ load: before, ...part })).filter(({ atMs }) => atMs < cutMs);
            const rest = drain(new UserSteps({ load: after, ...part, fromMs: cutMs }));
            expect(timesOf(rest)).toEqual(
              timesOf(drain(new UserSteps({ load: after, ...part })).filter(({ atMs }) => atMs >= cutMs)),
            );
            for (const atMs of [cutMs, cutMs + 777.7, cutMs + 5000])
              expect(replay([...done, ...rest], atMs)).toEqual(slotsAt({ load: after, ...part, atMs }));
            merged.push(...rest);
          }
          if (tail.length > 0) expectStepsOf(tail, { ...after, line: tail }, merged);
        },
      ),
      { numRuns: 100 },
    );

    function expectStepsOf(tail: LinePiece[], alone: UsersLoad, merged: readonly UserStep[]): void {
      const cutMs = tail[0]!.fromMs;
      const kindless = stepsOf({ ...alone, kinds: [0] }).filter(({ atMs }) => atMs > cutMs);
      const behind = merged.filter(({ atMs }) => atMs > cutMs);
      const highest = 1 + Math.max(-1, ...behind.map(({ slot }) => slot));
      // Where fixed counts leave slots empty, the line's other steps have nobody to take them.
      const expected = kindless.filter(({ slot }) => slot < highest);
      const inOrder = (one: string, other: string) => (one < other ? -1 : 1);
      expect(timesOf(behind).sort(inOrder)).toEqual(timesOf(expected).sort(inOrder));
    }
  });

  it('of 100,000 users over 64 workers are all planned in under 200 ms', () => {
    const kinds = [kindOf(5), kindOf(3), kindOf(2), kindOf(1, 10)];
    let bestMs = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < 3; attempt++) {
      const load = usersLoad({ line: plainLine({ users: 100_000, spawnRate: 1000 }), kinds: [0, 1, 2, 3] });
      const beforeMs = performance.now();
      let steps = 0;
      for (const share of sharesOf(64)) {
        const own = new UserSteps({ load, loadIndex: 0, kinds, share });
        while (own.next() !== undefined) steps++;
      }
      bestMs = Math.min(bestMs, performance.now() - beforeMs);
      expect(steps).toBe(100_000);
    }
    expect(bestMs).toBeLessThan(200);
  });
});

describe('a line without its past', () => {
  it('has the same users and steps from then on, and no piece more than leads there', () => {
    fc.assert(
      fc.property(anyUsersLoad, fc.nat(12_000), fc.boolean(), (load, anyMs, isAtEdge) => {
        const edges = load.line.map(({ toMs }) => toMs);
        const fromMs = isAtEdge && edges.length > 0 ? edges[anyMs % edges.length]! : anyMs;
        const short = { ...load, line: dropPast(load.line, fromMs) };
        const kinds = [kindOf(3), kindOf(1), kindOf(2), kindOf(1), kindOf(1)];
        const stepsFrom = (one: UsersLoad) =>
          drain(new UserSteps({ load: one, loadIndex: 0, kinds, share: { index: 0, count: 2 }, fromMs }));
        expect(stepsFrom(short)).toEqual(stepsFrom(load));
        for (const ms of [fromMs, fromMs + 1, fromMs + 700, fromMs + 9000]) {
          expect(usersAt(short, ms)).toBe(usersAt(load, ms));
        }
        expect(
          short.line.filter((piece) => piece.toMs <= fromMs && piece.fromMs < piece.toMs).length,
        ).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });
});
