import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestValue } from '../../../src/runtime/load/line.js';
import { placeUsers } from '../../../src/runtime/load/slots.js';
import { type UserPlace, UserTurns } from '../../../src/runtime/load/user-turns.js';
import type { PlannedKind, PlannedLoad } from '../../../src/runtime/plan.js';
import type { Loads } from '../../../src/runtime/user/load-types.js';
import { kindOf, planOf } from '../../support/planned-loads.js';

const READER = kindOf('Reader', { weight: 9 });
const BUYER = kindOf('Buyer');
const ADMIN = kindOf('Admin', { fixedCount: 2 });

function planWith(loads: Loads, kinds: PlannedKind[]) {
  return { kinds, revisions: [{ revision: 0, effectiveAtMs: 0, loads: planOf({ loads, kinds }) }] };
}

/** Every place of a plan's users that are of these kinds, up to `extra` more slots than are planned. */
function placesOf(
  loads: readonly PlannedLoad[],
  kinds: readonly PlannedKind[],
  wanted: readonly string[],
): UserPlace[] {
  return loads.flatMap((load, loadIndex) => {
    const planned = load.model === 'starts' ? load.maxUsers : largestValue(load.line);
    const part = { load, loadIndex, kinds, share: { index: 0, count: 1 } };
    const isAny = (kind: number) => wanted.includes(kinds[kind]!.name);
    // A place of an open load is taken by users of any kind.
    return placeUsers(part, planned)
      .filter(({ kind }) => (load.model === 'starts' ? load.kinds.some(isAny) : isAny(kind)))
      .map(({ slot }) => ({ load: loadIndex, slot }));
  });
}

const closed = (users: number, user?: string): Loads[string] => ({
  executor: 'constant-users',
  users,
  duration: '1m',
  ...(user === undefined ? {} : { user }),
});

describe('the number of a user', () => {
  it('is its slot where there is one load and every kind counts', () => {
    const turns = new UserTurns(planWith({ only: closed(5) }, [READER, BUYER]));
    expect([0, 1, 4, 5, 1000].map((slot) => turns.turnOf({ load: 0, slot }))).toEqual([0, 1, 4, 5, 1000]);
  });

  it('leaves no gap over loads of different sizes, and follows those of the loads before', () => {
    const turns = new UserTurns(planWith({ many: closed(100, 'Reader'), few: closed(10, 'Buyer') }, [READER, BUYER]));
    expect([0, 9].map((slot) => turns.turnOf({ load: 1, slot }))).toEqual([100, 109]);
    const own = new UserTurns(planWith({ many: closed(100, 'Reader'), few: closed(10, 'Buyer') }, [READER, BUYER]), [
      'Buyer',
    ]);
    expect([0, 9].map((slot) => own.turnOf({ load: 1, slot }))).toEqual([0, 9]);
  });

  it('of a shape, whose size nobody knows, comes behind all of those', () => {
    const turns = new UserTurns(
      planWith({ known: closed(3), a: { shape: () => null }, b: { shape: () => null } }, [BUYER]),
    );
    expect(turns.turnOf({ load: 0, slot: 2 })).toBe(2);
    const places = [0, 1].flatMap((slot) => [1, 2].map((load) => turns.turnOf({ load, slot })));
    expect(places).toEqual([4, 5, 7, 8]);
    // The fourth user of the first load, that somebody asked for while it ran.
    expect(turns.turnOf({ load: 0, slot: 3 })).toBe(3);
  });

  it('is one for each user, without a gap, and none twice beyond the plan either', () => {
    const load = fc.record({
      users: fc.integer({ min: 1, max: 40 }),
      isOpen: fc.boolean(),
      user: fc.constantFrom(undefined, 'Reader', 'Buyer'),
    });
    const wantedKinds = fc.subarray(['Reader', 'Buyer', 'Admin'], { minLength: 1 });
    fc.assert(
      fc.property(fc.array(load, { minLength: 1, maxLength: 4 }), wantedKinds, (given, wanted) => {
        const kinds = [READER, BUYER, ADMIN];
        const hasOpen = given.some(({ isOpen }) => isOpen);
        if (hasOpen) kinds[2] = kindOf('Admin');
        const loads = Object.fromEntries(
          given.map(({ users, isOpen, user }, index): [string, Loads[string]] => {
            const frame = user === undefined ? {} : { user };
            const rate = {
              executor: 'constant-arrival-rate',
              rate: 1,
              duration: '1m',
              preAllocatedUsers: users,
            } as const;
            return [`load${index}`, isOpen ? { ...rate, ...frame } : closed(users, user)];
          }),
        );
        const plan = planWith(loads, kinds);
        const planned = plan.revisions[0]!.loads;
        const turns = new UserTurns(plan, wanted);
        const places = placesOf(planned, kinds, wanted);
        const taken = places.map((place) => turns.turnOf(place));
        expect([...taken].sort((a, b) => a - b)).toEqual(taken.map((_, index) => index));
        const grown = planned.map((one) =>
          one.model === 'starts' ? one : { ...one, line: [{ fromMs: 0, toMs: 1, from: 60, to: 60 }] },
        );
        const more = placesOf(grown, kinds, wanted).map((place) => turns.turnOf(place));
        expect(new Set(more).size).toBe(more.length);
      }),
    );
  });
});
