import { describe, expect, test } from 'vitest';
import { subtractIntervals, wilsonInterval } from '../../../src/metrics/compare/intervals.js';

describe('intervals', () => {
  test("of a share are Wilson's: 10 of 100 is 5.5 to 17.4 %", () => {
    const { low, high } = wilsonInterval(0.1, 100, 1.959964);
    expect(low).toBeCloseTo(0.0552, 4);
    expect(high).toBeCloseTo(0.1744, 4);
  });

  test('of a share of nothing begin at nothing, and end above it', () => {
    const { low, high } = wilsonInterval(0, 100, 1.959964);
    expect(low).toBe(0);
    expect(high).toBeCloseTo(0.037, 3);
    expect(wilsonInterval(1, 100, 1.959964)).toMatchObject({ high: 1, value: 1 });
  });

  test("of a difference of shares are Newcombe's: of 56 of 70 and 48 of 80, 5.24 to 33.39 points", () => {
    const [candidate, baseline] = [wilsonInterval(56 / 70, 70, 1.959964), wilsonInterval(48 / 80, 80, 1.959964)];
    const { value, low, high } = subtractIntervals(baseline, candidate);
    expect(value).toBeCloseTo(0.2, 10);
    expect(low).toBeCloseTo(0.0524, 4);
    expect(high).toBeCloseTo(0.3339, 4);
  });

  test('of a difference take the end of each that is on the other side', () => {
    const difference = subtractIntervals({ value: 10, low: 6, high: 13 }, { value: 20, low: 16, high: 25 });
    expect(difference).toEqual({ value: 10, low: 10 - 5, high: 10 + Math.hypot(5, 4) });
  });
});
