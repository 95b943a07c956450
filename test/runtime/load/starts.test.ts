import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineFromStages, spansOf, valueAt } from '../../../src/runtime/load/line.js';
import { rateAt, StartTimes } from '../../../src/runtime/load/starts.js';
import type { LinePiece } from '../../../src/runtime/plan.js';
import { anyEnd, anyLine, startsLoad } from './any-load.js';

const constant = (rate: number) => lineFromStages(rate, []);

function listOf(times: StartTimes): number[] {
  return Array.from({ length: times.count }, (_, k) => times.at(k)!);
}

/** The area under a line up to an instant, by the trapezes of its pieces. */
function areaUntil(line: readonly LinePiece[], atMs: number): number {
  let area = 0;
  for (const { fromMs, toMs } of spansOf(line)) {
    if (fromMs >= atMs) break;
    const untilMs = Math.min(toMs, atMs);
    area += (((valueAt(line, fromMs) + valueAt(line, untilMs - 1e-6)) / 2) * (untilMs - fromMs)) / 1000;
  }
  return area;
}

describe('StartTimes', () => {
  it('are every period at a constant rate, without drift', () => {
    const times = new StartTimes(constant(50), undefined);
    expect(times.count).toBe(Number.POSITIVE_INFINITY);
    expect([0, 1, 2, 50, 180_000_001].map((k) => times.at(k))).toEqual([0, 20, 40, 1000, 3_600_000_020]);
    expect(new StartTimes(constant(3), undefined).at(3_000_000)).toBe(1_000_000_000);
    expect(new StartTimes(constant(0.3), undefined).at(3)).toBe(10_000);
  });

  it('leave out the end, also where rounding would let one more in', () => {
    for (const [rate, endMs, count] of [
      [20, 3000, 60],
      [10, 950, 10],
      [0.1, 60_000, 6],
      [1 / 3, 9000, 3],
      [2.0000000000333, 3000, 6],
      [7.7, 100_000, 770],
      [10_000, 3_600_000, 36_000_000],
      [100 / 60, 36_000_000, 60_000],
      [5, 0, 0],
    ] as const) {
      const times = new StartTimes(constant(rate), endMs);
      expect(times.count).toBe(count);
      expect(times.at(count)).toBeUndefined();
      if (count > 0) expect(times.at(count - 1)).toBeLessThan(endMs);
    }
  });

  it('have none without a line, without a rate, and before the first', () => {
    expect(new StartTimes([], undefined).count).toBe(0);
    expect(new StartTimes([], 1000).at(0)).toBeUndefined();
    expect(new StartTimes(constant(0), undefined).count).toBe(0);
    expect(new StartTimes(constant(1), undefined).at(-1)).toBeUndefined();
  });

  it('skip stretches without a rate: a start due at their begin comes at their end', () => {
    const line = lineFromStages(2, [
      { durationMs: 1000, target: 2 },
      { durationMs: 0, target: 0 },
      { durationMs: 4000, target: 0 },
      { durationMs: 0, target: 2 },
    ]);
    expect(listOf(new StartTimes(line, 6000))).toEqual([0, 500, 5000, 5500]);
    expect(listOf(new StartTimes(line, 5000))).toEqual([0, 500]);
    const late = lineFromStages(0, [
      { durationMs: 3000, target: 0 },
      { durationMs: 0, target: 1 },
    ]);
    expect(listOf(new StartTimes(late, 5000))).toEqual([3000, 4000]);
  });

  it('take an area that rounding left just above a whole number for that number', () => {
    const line = lineFromStages(0.1 + 0.2, [
      { durationMs: 10_000, target: 0.1 + 0.2 },
      { durationMs: 0, target: 0 },
      { durationMs: 4000, target: 0 },
      { durationMs: 0, target: 1 },
    ]);
    expect((0.1 + 0.2) * 10).toBeGreaterThan(3);
    const times = new StartTimes(line, 15_000);
    expect(times.at(3)).toBe(14_000);
    expect(times.count).toBe(4);
    expect(new StartTimes(line, 14_000).count).toBe(3);
  });

  it('have nothing add up over many pieces', () => {
    const hours = Array.from({ length: 35_000 }, (_, second) => {
      const target = 1000 + (second % 10) * 0.01 + (second % 7) * 0.03;
      return [
        { durationMs: 0, target },
        { durationMs: 1000, target },
      ];
    });
    const still = [
      { durationMs: 0, target: 0 },
      { durationMs: 5000, target: 0 },
      { durationMs: 0, target: 1 },
    ];
    const times = new StartTimes(lineFromStages(0, [...hours.flat(), ...still]), 35_006_000);
    expect(times.at(35_004_725)).toBeCloseTo(35_005_000, 5);
    expect(times.count).toBe(35_004_726);
  });

  it('find the end of a long ramp to nothing', () => {
    const times = new StartTimes(lineFromStages(1000, [{ durationMs: 7_200_000, target: 0 }]), undefined);
    expect(times.count).toBe(3_600_000);
    // One start before the end of the area: half the slope times the square of the time that is left.
    const left = Math.sqrt(2 / (1000 / 7200));
    expect(times.at(3_599_999)).toBeCloseTo((7200 - left) * 1000, 4);
  });

  it('lie where the area under the line passes their number, and rise', () => {
    fc.assert(
      fc.property(anyLine(60), anyEnd, (line, endMs = 12_000) => {
        const times = new StartTimes(line, endMs);
        expect(Math.abs(times.count - Math.ceil(areaUntil(line, endMs) - 1e-7))).toBeLessThanOrEqual(
          isNearWhole(areaUntil(line, endMs)) ? 1 : 0,
        );
        const list = listOf(times);
        const wrong = list.filter((atMs, k) => {
          const isInOrder = atMs >= (list[k - 1] ?? 0) && atMs < endMs;
          return !isInOrder || Math.abs(areaUntil(line, atMs) - k) > 1e-5 || areaUntil(line, atMs + 0.01) < k - 1e-6;
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 100 },
    );

    function isNearWhole(area: number): boolean {
      return Math.abs(area - Math.round(area)) < 1e-5;
    }
  });

  it('are the same in any order asked', () => {
    fc.assert(
      fc.property(anyLine(60), fc.array(fc.nat(700), { maxLength: 40 }), (line, asked) => {
        const times = new StartTimes(line, 12_000);
        const list = listOf(times);
        for (const k of asked) expect(times.at(k)).toBe(list[k]);
      }),
    );
  });

  it('are counted before any instant as they lie', () => {
    fc.assert(
      fc.property(
        anyLine(60),
        anyEnd,
        fc.double({ min: -10, max: 15_000, noNaN: true }),
        (line, endMs = 12_000, atMs) => {
          const times = new StartTimes(line, endMs);
          const list = listOf(times);
          for (const instantMs of [atMs, ...list.slice(0, 20), ...list.slice(-3), endMs])
            expect(times.startsBefore(instantMs)).toBe(
              list.filter((startMs) => startMs < Math.round(instantMs * 1e6) / 1e6).length,
            );
        },
      ),
      { numRuns: 100 },
    );
  });

  it('count a start as before the very next nanosecond', () => {
    const times = new StartTimes(constant(0.1), undefined);
    expect([10_000, 10_000.000001].map((atMs) => times.startsBefore(atMs))).toEqual([1, 2]);
  });

  it('go on after the line at its last rate', () => {
    const times = new StartTimes(lineFromStages(0, [{ durationMs: 2000, target: 10 }]), undefined);
    expect(times.count).toBe(Number.POSITIVE_INFINITY);
    expect([10, 11, 20].map((k) => times.at(k))).toEqual([2000, 2100, 3000]);
    expect(times.startsBefore(3000)).toBe(20);
  });
});

describe('rateAt', () => {
  it('is the line, within the load', () => {
    const load = startsLoad({ line: lineFromStages(0, [{ durationMs: 1000, target: 10 }]), endMs: 2000 });
    expect([-1, 0, 250, 1000, 1999, 2000].map((atMs) => rateAt(load, atMs))).toEqual([0, 0, 2.5, 10, 10, 0]);
  });
});
