import { describe, expect, test } from 'vitest';
import { comparePairs } from '../../support/simulated-pairs.js';

const requests = 10_000;

// Seeds are fixed: the counts are the same everywhere.
describe('of simulated pairs with 10,000 requests a side', () => {
  test.each([
    ['requests on their own', { seconds: 20, requests }],
    ['a minute of them', { seconds: 60, requests }],
    [
      'users who wait, and seconds that have something in common',
      { seconds: 60, requests, isClosed: true, memory: 0.5, wobble: 0.02 },
    ],
    ['seconds that remember long', { seconds: 60, requests, isClosed: true, memory: 0.8, wobble: 0.02 }],
    ['stalls', { seconds: 60, requests, isClosed: true, stalls: 0.04 }],
    ['a ramp', { seconds: 40, requests, ramp: 10 }],
    ['failures in bursts', { seconds: 60, requests, failingSeconds: 0.05 }],
  ])('of the same thing no more than one in 20 is called different: %s', (_, target) => {
    expect(comparePairs(target, 40).different).toBeLessThanOrEqual(2);
  });

  test('a p95 that is 10 % slower is found 19 times in 20', () => {
    expect(comparePairs({ seconds: 20, requests }, 60).found).toBeGreaterThanOrEqual(57);
  });
});
