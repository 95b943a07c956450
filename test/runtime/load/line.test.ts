import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  amendLine,
  largestValue,
  lineFromStages,
  rampAtRate,
  toInstant,
  valueAt,
} from '../../../src/runtime/load/line.js';
import { anyLine } from './any-load.js';

const hill = [
  { fromMs: 0, toMs: 1000, from: 0, to: 10 },
  { fromMs: 1000, toMs: 2000, from: 20, to: 20 },
  { fromMs: 2000, toMs: 4000, from: 20, to: 0 },
];

describe('toInstant', () => {
  it('takes away what rounding added, and no more', () => {
    expect(toInstant(2999.9999999996)).toBe(3000);
    expect(toInstant(3000.0000000004)).toBe(3000);
    expect(toInstant(2999.999999)).toBe(2999.999999);
    expect(toInstant(30 * 86_400_000 + 0.125)).toBe(2_592_000_000.125);
    expect(toInstant(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('valueAt', () => {
  it.each([
    [-5, 0],
    [0, 0],
    [250, 2.5],
    [999.9999999, 20],
    [1000, 20],
    [1999, 20],
    [3000, 10],
    [4000, 0],
    [9e9, 0],
  ])('at %d ms is %d', (atMs, value) => expect(valueAt(hill, atMs)).toBe(value));

  it('is the first value before the line, the last one behind it, and 0 without one', () => {
    const late = [{ fromMs: 1000, toMs: 2000, from: 3, to: 7 }];
    expect([0, 999, 1000, 1500, 2000, 1e9].map((atMs) => valueAt(late, atMs))).toEqual([3, 3, 3, 5, 7, 7]);
    expect([-1, 0, 1].map((atMs) => valueAt([], atMs))).toEqual([0, 0, 0]);
  });

  it('is, at the meeting of pieces of no length, that of the last', () => {
    const line = [
      { fromMs: 0, toMs: 500, from: 1, to: 1 },
      { fromMs: 500, toMs: 500, from: 2, to: 2 },
      { fromMs: 500, toMs: 500, from: 3, to: 3 },
    ];
    expect([499, 500, 501].map((atMs) => valueAt(line, atMs))).toEqual([1, 3, 3]);
  });
});

describe('lineFromStages', () => {
  it('runs straight from each target to the next', () => {
    const line = lineFromStages(4, [
      { durationMs: 2000, target: 6 },
      { durationMs: 500, target: 6 },
    ]);
    expect(line).toEqual([
      { fromMs: 0, toMs: 2000, from: 4, to: 6 },
      { fromMs: 2000, toMs: 2500, from: 6, to: 6 },
    ]);
  });

  it('jumps where a stage has no duration, without a piece for it', () => {
    const line = lineFromStages(5, [
      { durationMs: 1000, target: 5 },
      { durationMs: 0, target: 3 },
      { durationMs: 1000, target: 3 },
    ]);
    expect(line).toHaveLength(2);
    expect([999, 1000, 2000].map((atMs) => valueAt(line, atMs))).toEqual([5, 3, 3]);
  });

  it('does not lose a jump at the end, at the start, or alone', () => {
    const atEnd = lineFromStages(0, [
      { durationMs: 1000, target: 10 },
      { durationMs: 0, target: 2 },
    ]);
    expect([500, 1000, 5000].map((atMs) => valueAt(atEnd, atMs))).toEqual([5, 2, 2]);
    const atStart = lineFromStages(1, [
      { durationMs: 0, target: 8 },
      { durationMs: 1000, target: 0 },
    ]);
    expect([0, 500].map((atMs) => valueAt(atStart, atMs))).toEqual([8, 4]);
    expect(valueAt(lineFromStages(1, [{ durationMs: 0, target: 8 }]), 0)).toBe(8);
    expect(valueAt(lineFromStages(3, []), 77)).toBe(3);
  });

  it('meets each stage where it ends, however many there are', () => {
    const line = lineFromStages(
      0,
      Array.from({ length: 30_000 }, (_, index) => ({ durationMs: 0.1, target: index % 2 })),
    );
    expect(line.at(-1)!.toMs).toBe(3000);
  });
});

describe('rampAtRate', () => {
  it('takes as long as the difference at that rate, up or down', () => {
    expect(rampAtRate({ from: 10, to: 30, perSecond: 4, fromMs: 500 })).toEqual({
      fromMs: 500,
      toMs: 5500,
      from: 10,
      to: 30,
    });
    expect(rampAtRate({ from: 30, to: 10, perSecond: 40, fromMs: 0 }).toMs).toBe(500);
  });

  it('is a jump where there is nothing to ramp, or the rate is infinite', () => {
    for (const ramp of [
      { from: 7, to: 7, perSecond: 2, fromMs: 100 },
      { from: 1, to: 7, perSecond: Number.POSITIVE_INFINITY, fromMs: 100 },
    ])
      expect(rampAtRate(ramp)).toEqual({ fromMs: 100, toMs: 100, from: 7, to: 7 });
  });

  it('refuses a rate that would never get there', () => {
    expect(() => rampAtRate({ from: 1, to: 2, perSecond: 0, fromMs: 0 })).toThrow(RangeError);
    expect(() => rampAtRate({ from: 1, to: 2, perSecond: Number.NaN, fromMs: 0 })).toThrow(RangeError);
  });
});

describe('amendLine', () => {
  it('cuts at the value there and goes on with the tail', () => {
    const tail = [{ fromMs: 500, toMs: 700, from: 5, to: 50 }];
    expect(amendLine(hill, 500, tail)).toEqual([{ fromMs: 0, toMs: 500, from: 0, to: 5 }, ...tail]);
    expect(hill).toHaveLength(3);
  });

  it('stays at the value there without a tail, also at a jump and behind the end', () => {
    expect(valueAt(amendLine(hill, 250, []), 9000)).toBe(2.5);
    expect(valueAt(amendLine(hill, 1000, []), 9000)).toBe(20);
    expect(valueAt(amendLine([], 100, []), 9000)).toBe(0);
  });

  it('is flat up to a tail far behind the end, and the tail alone at 0', () => {
    const tail = [{ fromMs: 9000, toMs: 9500, from: 1, to: 2 }];
    expect([3000, 4000, 8999, 9000].map((atMs) => valueAt(amendLine(hill, 9000, tail), atMs))).toEqual([10, 0, 0, 1]);
    const atOnce = [{ fromMs: 0, toMs: 100, from: 1, to: 2 }];
    expect(amendLine(hill, 0, atOnce)).toEqual(atOnce);
    expect([0, 8999, 9000].map((atMs) => valueAt(amendLine([], 9000, tail), atMs))).toEqual([0, 0, 1]);
  });

  it('changes nothing before, and is the tail behind', () => {
    fc.assert(
      fc.property(anyLine(40), anyLine(40), fc.nat(15_000), fc.nat(30_000), (line, other, cutMs, atMs) => {
        const tail = other.map((piece) => ({ ...piece, fromMs: piece.fromMs + cutMs, toMs: piece.toMs + cutMs }));
        const amended = amendLine(line, cutMs, tail);
        const expected = atMs < cutMs ? valueAt(line, atMs) : valueAt(tail.length > 0 ? tail : amended, atMs);
        expect(valueAt(amended, atMs)).toBeCloseTo(expected, 6);
      }),
    );
  });
});

describe('largestValue', () => {
  it('is the highest the line comes up to', () => {
    expect(largestValue(hill)).toBe(20);
    expect(largestValue([])).toBe(0);
    expect(largestValue([{ fromMs: 0, toMs: 0, from: 4, to: 4 }])).toBe(4);
  });
});
