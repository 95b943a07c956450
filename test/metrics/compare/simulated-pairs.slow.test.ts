import { describe, expect, test } from 'vitest';
import { comparePairs } from '../../support/simulated-pairs.js';

const closed = { requests: 10_000, isClosed: true };

// The table of docs/decisions/0018: counts for 1,000 pairs of each, with room for chance.
describe('of 400 simulated pairs with 10,000 requests a side', () => {
  test.each([
    ['8 s', { seconds: 8, requests: 10_000 }, 2, 96],
    ['20 s', { seconds: 20, requests: 10_000 }, 2, 96],
    ['60 s', { seconds: 60, requests: 10_000 }, 2, 96],
    ['300 s', { seconds: 300, requests: 10_000 }, 2, 96],
    ['60 s, memory 0.5, wobble 2 %', { ...closed, seconds: 60, memory: 0.5, wobble: 0.02 }, 2, 88],
    ['60 s, memory 0.8, wobble 2 %', { ...closed, seconds: 60, memory: 0.8, wobble: 0.02 }, 3, 80],
    ['300 s, memory 0.8, wobble 5 %', { ...closed, seconds: 300, memory: 0.8, wobble: 0.05 }, 3, 75],
    ['60 s, stalls', { ...closed, seconds: 60, stalls: 0.04 }, 3, 0],
    ['60 s, a ramp', { ...closed, seconds: 60, ramp: 15 }, 2, 90],
  ])('%s', (_, target, mostDifferent, leastFound) => {
    const { different, found, pairs } = comparePairs(target, 400);
    expect(different / pairs).toBeLessThanOrEqual(mostDifferent / 100);
    expect(found / pairs).toBeGreaterThanOrEqual(leastFound / 100);
  });
});
