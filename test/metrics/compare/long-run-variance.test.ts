import { describe, expect, test } from 'vitest';
import {
  chiSquaredCritical,
  cosineVariance,
  hangsTogether,
  moderateVariance,
  movesSlowly,
  plainVariance,
} from '../../../src/metrics/compare/long-run-variance.js';
import { RandomStream } from '../../../src/runtime/user/random.js';
import { normal } from '../../support/simulated-runs.js';

/** Worked out with numpy: the orthonormal cosines as a matrix, three of them for eight points. */
const EIGHT = [3, -1, 2, -4, 1, 0, -2, 1];

/** Each value remembers `memory` of the one before; the mean is taken off. */
function createSeries(points: number, memory: number, seed: number): number[] {
  const random = new RandomStream([seed]);
  let level = normal(random) / Math.sqrt(1 - memory * memory);
  const values = Array.from({ length: points }, () => (level = memory * level + normal(random)));
  const mean = values.reduce((sum, value) => sum + value, 0) / points;
  return values.map((value) => value - mean);
}

describe('the variance of a sum', () => {
  test('by cosines is the mean square of the weights', () => {
    const { variance, degrees } = cosineVariance(EIGHT);
    expect(degrees).toBe(3);
    expect(variance).toBeCloseTo(23.020830241743116, 10);
  });

  test('of points on their own is that of one, times their number', () => {
    expect(plainVariance(EIGHT)).toEqual({ variance: (36 * 8) / 7, degrees: 7 });
  });

  test('is found where points remember: what an autoregression of 0.5 has in theory, 4 times that of its steps', () => {
    const estimates = Array.from({ length: 300 }, (_, seed) => cosineVariance(createSeries(600, 0.5, seed)).variance);
    const mean = estimates.reduce((sum, value) => sum + value, 0) / estimates.length / 600;
    expect(mean).toBeGreaterThan(3.6);
    expect(mean).toBeLessThan(4.1);
  });

  test('weighs what is believed as so many more squares, no more than it is worth', () => {
    const believed = moderateVariance(EIGHT, { variance: 10, degrees: Number.POSITIVE_INFINITY });
    expect(believed.degrees).toBe(53);
    expect(believed.variance).toBeCloseTo((50 * 10 + 3 * 23.020830241743116) / 53, 10);
    expect(moderateVariance(EIGHT, plainVariance(EIGHT)).degrees).toBe(10);
  });
});

describe('whether points hang together', () => {
  test('is judged by chi-squared values within 0.5 % of the tables', () => {
    for (const [degrees, value] of [
      [1, 7.879],
      [5, 16.75],
      [14, 31.319],
      [59, 90.715],
    ] as const) {
      expect(chiSquaredCritical(degrees, 2.5758) / value).toBeCloseTo(1, 2);
    }
  });

  test('is seldom said of points on their own, and of points that remember almost always', () => {
    const count = (memory: number) =>
      Array.from({ length: 1000 }, (_, seed) =>
        hangsTogether(createSeries(200, memory, seed), 200 / (1 - memory ** 2)),
      );
    expect(count(0).filter(Boolean).length).toBeLessThan(20);
    expect(count(0.9).filter(Boolean).length).toBeGreaterThan(900);
  });

  test('that they move slowly is said sooner, so that it is seldom missed', () => {
    const count = (memory: number) =>
      Array.from({ length: 1000 }, (_, seed) => movesSlowly(createSeries(60, memory, seed))).filter(Boolean).length;
    expect(count(0)).toBeGreaterThan(150);
    expect(count(0)).toBeLessThan(300);
    expect(count(0.8)).toBeGreaterThan(950);
    expect(movesSlowly([0, 0, 0, 0])).toBe(false);
  });

  test('cannot be said where nothing varies', () => {
    expect(hangsTogether([0, 0, 0, 0], 0)).toBe(false);
  });
});
