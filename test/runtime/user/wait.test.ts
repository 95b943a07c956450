import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/runtime/user/random.js';
import {
  between,
  constant,
  constantPacing,
  constantThroughput,
  poisson,
  type WaitTime,
} from '../../../src/runtime/user/wait.js';

const DRAWS = 20_000;

function drawWaits(waitTime: WaitTime, taskSeconds = 0): number[] {
  const stream = new RandomStream([5]);
  return Array.from({ length: DRAWS }, () => waitTime({ taskSeconds, random: () => stream.next() }));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const waitAfter = (waitTime: WaitTime, taskSeconds: number) => waitTime({ taskSeconds, random: () => 0.5 });

describe('between', () => {
  it('is evenly distributed from the least to the greatest', () => {
    const waits = drawWaits(between(1, 3));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...waits)).toBeLessThan(3);
    expect(meanOf(waits)).toBeCloseTo(2, 1);
    for (const quarter of [1, 1.5, 2, 2.5]) {
      const share = waits.filter((wait) => wait >= quarter && wait < quarter + 0.5).length / DRAWS;
      expect(share).toBeGreaterThan(0.23);
      expect(share).toBeLessThan(0.27);
    }
  });

  it('may be a single value', () => {
    expect(waitAfter(between(2, 2), 9)).toBe(2);
  });

  it.each([
    [3, 1],
    [-1, 1],
    [0, Number.NaN],
    [0, Number.POSITIVE_INFINITY],
  ])('refuses %d and %d', (min, max) => {
    expect(() => between(min, max)).toThrow(RangeError);
  });
});

describe('constant', () => {
  it('does not depend on the task', () => {
    expect([0, 1, 100].map((seconds) => waitAfter(constant(0.25), seconds))).toEqual([0.25, 0.25, 0.25]);
    expect(waitAfter(constant(0), 1)).toBe(0);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', (seconds) => {
    expect(() => constant(seconds)).toThrow(RangeError);
  });
});

describe('constantPacing', () => {
  it('waits for what is left of the time, and never less than nothing', () => {
    expect([0, 0.5, 2, 2.5].map((seconds) => waitAfter(constantPacing(2), seconds))).toEqual([2, 1.5, 0, 0]);
  });

  it('does not catch up after a slow task', () => {
    const pacing = constantPacing(1);
    expect(waitAfter(pacing, 5)).toBe(0);
    expect(waitAfter(pacing, 0.2)).toBe(0.8);
  });

  it('refuses what is not a time', () => {
    expect(() => constantPacing(-0.1)).toThrow('constantPacing() takes seconds of 0 or more, but got -0.1');
  });
});

describe('constantThroughput', () => {
  it('is pacing by the rate', () => {
    expect(waitAfter(constantThroughput(4), 0.05)).toBeCloseTo(0.2, 12);
    expect(waitAfter(constantThroughput(0.1), 4)).toBeCloseTo(6, 12);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', (rate) => {
    expect(() => constantThroughput(rate)).toThrow(RangeError);
  });
});

describe('poisson', () => {
  it('is exponential: mean and spread of 1 / rate, and a third longer than the mean', () => {
    const waits = drawWaits(poisson(4));
    const mean = meanOf(waits);
    const deviation = Math.sqrt(meanOf(waits.map((wait) => (wait - mean) ** 2)));
    expect(mean).toBeGreaterThan(0.24);
    expect(mean).toBeLessThan(0.26);
    expect(deviation).toBeGreaterThan(0.24);
    expect(deviation).toBeLessThan(0.26);
    expect(waits.filter((wait) => wait > 0.25).length / DRAWS).toBeCloseTo(Math.exp(-1), 1);
  });

  it('is finite and not negative at both ends of the draw', () => {
    for (const draw of [0, 1 - 2 ** -32]) {
      const wait = poisson(1)({ taskSeconds: 0, random: () => draw });
      expect(Number.isFinite(wait) && wait >= 0).toBe(true);
    }
  });

  it.each([0, -1, Number.NaN])('refuses %d', (rate) => {
    expect(() => poisson(rate)).toThrow(RangeError);
  });
});
