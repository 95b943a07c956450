import { describe, expect, test } from 'vitest';
import { formatPlanEnd } from '../../src/reporters/format/format-plan-end.js';
import type { Load, Loads } from '../../src/runtime/user/load-types.js';
import { kindOf, planOf } from '../support/planned-loads.js';

const kinds = [kindOf('Visitor')];
const endOf = (loads: Loads) => formatPlanEnd(planOf({ loads, kinds }));
const endOfOne = (load: Load) => formatPlanEnd(planOf({ load, kinds }));

const MINUTE = { executor: 'constant-users', users: 1, duration: '1m' } as const;
const ITERATIONS = { executor: 'shared-iterations', users: 1, iterations: 5, maxDuration: '2m' } as const;

describe('the end of a plan', () => {
  test('is an instant where every load has one', () => {
    expect(endOf({ a: MINUTE, b: { ...MINUTE, startTime: '30s' } })).toBe('1 min 30.0 s');
    expect(endOf({ a: ITERATIONS })).toBe('2 min');
  });

  test('is known to be no earlier where a load waits for another', () => {
    expect(endOf({ a: MINUTE, b: { ...MINUTE, after: 'a' }, c: { ...MINUTE, after: 'b' } })).toBe('at least 3 min');
    expect(endOf({ a: ITERATIONS, b: { ...MINUTE, after: 'a' } })).toBe('at least 1 min');
    expect(endOf({ a: ITERATIONS, b: { ...ITERATIONS, after: 'a' } })).toBe('until all loads have ended');
  });

  test('is that of the shape, or nobody knows it', () => {
    expect(endOfOne({ shape: () => null })).toBe('until its shape ends');
    expect(endOfOne({ users: 3 })).toBe('until stopped');
    expect(endOf({ a: { shape: () => null }, b: { users: 1 } })).toBe('until stopped');
  });
});
