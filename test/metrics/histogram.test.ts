import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BucketCounts,
  bucketOf,
  Histogram,
  LAST_BUCKET,
  midpointOf,
  percentilesOf,
} from '../../src/metrics/histogram.js';
import { RandomStream } from '../../src/runtime/user/random.js';

const PERCENTILES = [0, 1, 25, 50, 66, 75, 90, 95, 99, 99.9, 99.99, 100];
const DAY_MS = 24 * 3600 * 1000;

function histogramOf(durations: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const duration of durations) histogram.record(duration);
  return histogram;
}

/** The smallest value that at least p % of all values do not exceed, by counting. */
function exactPercentile(durations: readonly number[], percentile: number): number {
  const sorted = [...durations].sort((a, b) => a - b);
  const found = sorted.findIndex((_, index) => (index + 1) * 100 >= percentile * sorted.length - 1e-6);
  return sorted[found]!;
}

function drawNumbers(count: number, draw: (random: RandomStream) => number): number[] {
  const random = new RandomStream([11, count]);
  return Array.from({ length: count }, () => draw(random));
}

/** exp(normal), the usual shape of latencies. */
function logNormal(random: RandomStream): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  return Math.exp(3 + 0.8 * radius * Math.cos(2 * Math.PI * random.next()));
}

const SETS: [string, number[]][] = [
  ['1 to 10', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
  ['a single one', [12.345]],
  ['a constant', Array.from({ length: 500 }, () => 7.25)],
  ['two humps', [...Array.from({ length: 900 }, () => 3), ...Array.from({ length: 100 }, () => 950)]],
  ['log-normal', drawNumbers(5000, logNormal)],
  ['uniform from 50 µs', drawNumbers(1000, (random) => 0.05 + random.next() * 100)],
  ['minutes and hours', [59_999, 60_001, 3_600_000, 7_200_000]],
];

describe('percentiles', () => {
  it.each(SETS)('are nearest-rank within 0.1 %%: %s', (_, durations) => {
    const found = histogramOf(durations).percentiles(PERCENTILES);
    for (const [index, percentile] of PERCENTILES.entries()) {
      const exact = exactPercentile(durations, percentile);
      expect(Math.abs(found[index]! - exact) / exact, `p${percentile} of ${exact}`).toBeLessThanOrEqual(0.001);
    }
  });

  it('of 1 to 10 ms: the half is 5, not 5.5 and not 6', () => {
    expect(histogramOf(SETS[0]![1]).percentiles([50])[0]).toBeCloseTo(5, 2);
  });

  it('do not slip a rank by a rounding error', () => {
    const thousand = Array.from({ length: 1000 }, (_, index) => index + 1);
    const [p7, p99, p999] = histogramOf(thousand).percentiles([7, 99, 99.9]);
    expect(Math.round(p999!)).toBe(999);
    expect(Math.round(p99!)).toBe(990);
    expect(Math.round(p7!)).toBe(70);
  });

  it('hold for any durations', () => {
    const durations = fc.array(fc.double({ min: 0.05, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 100, noNaN: true }), (values, percentile) => {
        const exact = exactPercentile(values, percentile);
        const found = histogramOf(values).percentiles([percentile])[0]!;
        return Math.abs(found - exact) <= exact * 0.001;
      }),
    );
  });

  it('are undefined without durations', () => {
    expect(new Histogram().percentiles([50, 100])).toEqual([undefined, undefined]);
    expect(percentilesOf([], [50])).toEqual([undefined]);
  });
});

describe('buckets', () => {
  const { default: Hdr } = createRequire(import.meta.url)('hdr-histogram-js/dist/Int32Histogram.js');
  const layout = new Hdr(1, 100_000_000, 3);
  const expectSame = (units: number): void => {
    expect(bucketOf(units / 10_000), `${units}`).toBe(layout.countsArrayIndex(units));
  };

  it('are those of HdrHistogram, over tenths of a microsecond', () => {
    for (let units = 0; units < 70_000; units++) expectSame(units);
    for (let power = 16; power < 39; power++) for (const by of [-1, 0, 1]) expectSame(2 ** power + by);
    fc.assert(fc.property(fc.integer({ min: 0, max: 24 * 3600 * 10_000_000 }), expectSame));
  });

  it('end with a day', () => {
    expect(bucketOf(DAY_MS)).toBe(LAST_BUCKET);
    expect(bucketOf(DAY_MS * 3)).toBe(LAST_BUCKET);
    expect(midpointOf(LAST_BUCKET) / DAY_MS).toBeCloseTo(1, 3);
  });
});

describe('recording', () => {
  it('counts zeros and what is below zero as 0', () => {
    const histogram = histogramOf([0, 0, -1, Number.NEGATIVE_INFINITY]);
    expect(histogram.count).toBe(4);
    expect(histogram.percentiles([50, 100])).toEqual([0, 0]);
  });

  it('refuses NaN and counts nothing of it', () => {
    const histogram = new Histogram();
    expect(() => histogram.record(Number.NaN)).toThrow(RangeError);
    expect(histogram.count).toBe(0);
    expect(histogram.readCounts()).toEqual([]);
  });

  it('counts what is longer than a day as a day', () => {
    const histogram = histogramOf([DAY_MS, 40 * DAY_MS, Number.POSITIVE_INFINITY]);
    expect(histogram.count).toBe(3);
    for (const value of histogram.percentiles([1, 100])) {
      expect(Math.abs(value! - DAY_MS) / DAY_MS).toBeLessThanOrEqual(0.001);
    }
  });

  it('forgets what it counted, also beyond the first size', () => {
    const histogram = histogramOf([1, 600_000]);
    expect(histogram.readCounts().filter((_, index) => index % 2 === 1)).toEqual([1, 1]);
    histogram.reset();
    expect(histogram.count).toBe(0);
    expect(histogram.readCounts()).toEqual([]);
    histogram.record(5);
    expect(histogram.percentiles([0, 100]).map((value) => Math.round(value!))).toEqual([5, 5]);
  });

  it('lists buckets with rising indexes', () => {
    const counts = histogramOf([500, 1, 30, 1]).readCounts();
    const indexes = counts.filter((_, index) => index % 2 === 0);
    expect(indexes).toEqual([...indexes].sort((a, b) => a - b));
    expect(counts[1]).toBe(2);
  });
});

describe('merging', () => {
  it('gives the same for any split into parts, in any order', () => {
    const tagged = fc.array(
      fc.record({ ms: fc.double({ min: 0, max: 2e8, noNaN: true }), part: fc.nat(6), order: fc.nat() }),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(tagged, (entries) => {
        const whole = histogramOf(entries.map(({ ms }) => ms)).readCounts();
        const order = [...new Set(entries.map(({ part }) => part))];
        order.sort((a, b) => (entries[a]?.order ?? 0) - (entries[b]?.order ?? 0));
        const merged = new Histogram();
        for (const wanted of order) {
          merged.addCounts(histogramOf(entries.filter(({ part }) => part === wanted).map(({ ms }) => ms)).readCounts());
        }
        expect(merged.readCounts()).toEqual(whole);
        expect(merged.count).toBe(entries.length);
      }),
    );
  });

  it('takes counts that crossed a thread or a file', () => {
    const counts = histogramOf([1, 2, 3, 4, 100_000]).readCounts();
    const stored = JSON.parse(JSON.stringify(counts)) as BucketCounts;
    expect(percentilesOf(stored, PERCENTILES)).toEqual(percentilesOf(counts, PERCENTILES));
  });
});
