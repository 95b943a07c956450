import { describe, expect, test } from 'vitest';
import { planKindShares } from '../../../src/runtime/load/kind-shares.js';
import type { PlannedKind } from '../../../src/runtime/plan.js';
import { type Given, kindOf, planOf } from '../../support/planned-loads.js';

function sharesOf(given: Given & { kinds: PlannedKind[] }) {
  const loads = planOf(given);
  return planKindShares({
    kinds: given.kinds,
    seed: 0,
    measures: [],
    revisions: [{ revision: 0, effectiveAtMs: 0, loads }],
  });
}

const READER = kindOf('Reader', { weight: 3 });
const BUYER = kindOf('Buyer');
const arrivals = { executor: 'constant-arrival-rate', rate: 10, duration: '30s', preAllocatedUsers: 10 } as const;

describe('what part of the load a kind is', () => {
  test('is by weight, of users or of iterations', () => {
    const kinds = [READER, BUYER, kindOf('None', { weight: 0 })];
    expect(sharesOf({ kinds, load: { users: 10 } })).toEqual({ of: 'users', shares: [0.75, 0.25, 0] });
    expect(sharesOf({ kinds, load: arrivals })).toEqual({ of: 'iterations', shares: [0.75, 0.25, 0] });
  });

  test('is with fixed counts as the most users come out', () => {
    const kinds = [kindOf('Admin', { fixedCount: 2 }), READER, BUYER];
    expect(sharesOf({ kinds, load: { users: 10 } }).shares).toEqual([0.2, 0.6, 0.2]);
    expect(sharesOf({ kinds, load: { users: 2 } }).shares).toEqual([1, 0, 0]);
    const stages = [
      { duration: '10s', target: 22 },
      { duration: '10s', target: 0 },
    ];
    expect(sharesOf({ kinds, load: { stages } }).shares).toEqual([2 / 22, 15 / 22, 5 / 22]);
  });

  test('is the same in loads of the same kinds, however large each is', () => {
    const loads = {
      warm: { executor: 'constant-users', users: 2, duration: '10s' },
      main: { executor: 'per-user-iterations', users: 40, iterations: 3, startTime: '10s' },
    } as const;
    expect(sharesOf({ kinds: [READER, BUYER], loads })).toEqual({ of: 'users', shares: [0.75, 0.25] });
  });

  test('is by how much each load is to be where loads name their kinds', () => {
    const loads = {
      read: { executor: 'constant-users', users: 10, duration: '60s', user: 'Reader' },
      buy: { executor: 'ramping-users', startUsers: 0, stages: [{ duration: '60s', target: 10 }], user: 'Buyer' },
    } as const;
    const { of, shares } = sharesOf({ kinds: [READER, BUYER], loads });
    expect(of).toBe('users');
    expect(shares![0]).toBeCloseTo(2 / 3, 12);
    expect(shares![1]).toBeCloseTo(1 / 3, 12);
    const open = { read: { ...arrivals, user: 'Reader' }, buy: { ...arrivals, rate: 30, user: 'Buyer' } };
    expect(sharesOf({ kinds: [READER, BUYER], loads: open })).toEqual({ of: 'iterations', shares: [0.25, 0.75] });
  });

  test('is left open where only the run can tell', () => {
    const kinds = [READER, BUYER];
    const read = { executor: 'constant-users', users: 10, duration: '60s', user: 'Reader' } as const;
    const iterations = { executor: 'shared-iterations', users: 5, iterations: 100, user: 'Buyer' } as const;
    expect(sharesOf({ kinds, loads: { read, buy: iterations } })).toEqual({ of: 'users', shares: undefined });
    const mixed = { read, buy: { ...arrivals, user: 'Buyer' } };
    expect(sharesOf({ kinds, loads: mixed })).toEqual({ of: undefined, shares: undefined });
    const fixed = [kindOf('Admin', { fixedCount: 2 }), READER];
    expect(sharesOf({ kinds: fixed, load: { shape: () => null } }).shares).toBeUndefined();
    expect(sharesOf({ kinds, load: { shape: () => null } }).shares).toEqual([0.75, 0.25]);
  });
});
