import { describe, expect, test } from 'vitest';
import { Distribution } from '../../../src/metrics/compare/distribution.js';
import { measureRow, type RowSeries } from '../../../src/metrics/compare/measure-row.js';
import { Histogram, percentilesOf } from '../../../src/metrics/histogram.js';
import { mergeBuckets } from '../../../src/metrics/merge-buckets.js';
import { simulateRun } from '../../support/simulated-runs.js';

/** A row from its times, second by second. */
function createRow(seconds: readonly (readonly number[])[], failures: readonly number[] = []): RowSeries {
  const points = seconds.map((times, at) => {
    const histogram = new Histogram();
    for (const ms of times) histogram.record(ms);
    const totalMs = times.reduce((sum, ms) => sum + ms, 0);
    return { at, completed: times.length, failures: failures[at] ?? 0, totalMs, durations: histogram.readCounts() };
  });
  return { points, pointCount: seconds.length, durationMs: seconds.length * 1000 };
}

const round = (values: readonly number[]) => values.map((value) => Number(value.toFixed(6)) + 0);

describe('a distribution', () => {
  test('answers for any share as the histogram does, and knows nothing beyond', () => {
    const { points } = simulateRun({ seconds: 10, requests: 3000 }, 1);
    const counts = mergeBuckets(points.map(({ durations }) => durations));
    const distribution = new Distribution(counts);
    const shares = [0.001, 0.25, 0.5, 0.9, 0.99, 1];
    const percentiles = percentilesOf(
      counts,
      shares.map((share) => share * 100),
    );
    expect(shares.map((share) => distribution.timeAt(share))).toEqual(percentiles);
    expect(distribution.timeAt(0)).toBe(0);
    expect(distribution.timeAt(1.001)).toBe(Number.POSITIVE_INFINITY);
  });

  test('knows how far times are from their mean', () => {
    const histogram = new Histogram();
    for (const ms of [10, 20, 30, 40]) histogram.record(ms);
    expect(new Distribution(histogram.readCounts()).varianceAround(25)).toBeCloseTo(125, 0);
  });
});

describe('a measured row', () => {
  // Six requests: 10 10 | 20 40 | 10 30; median 10, mean 20.
  const row = measureRow(
    createRow(
      [
        [10, 10],
        [20, 40],
        [10, 30],
      ],
      [1, 0, 2],
    ),
    3,
  );

  test('has the figures of a report', () => {
    expect(row.completed).toBe(6);
    expect(row.percentiles.get(50)!.value).toBeCloseTo(10, 1);
    expect(row.percentiles.get(95)!.value).toBeCloseTo(40, 1);
    expect(row.mean.value).toBe(20);
    expect(row.rate.value).toBe(2);
    expect(row.failedShare.value).toBe(0.5);
  });

  test('knows how each second pulled at them', () => {
    // Half are above the median: of two requests one is expected there.
    expect(round(row.percentiles.get(50)!.errors)).toEqual(round([-1 / 6, 1 / 6, 0]));
    expect(round(row.mean.errors)).toEqual(round([-20 / 120, 20 / 120, 0]));
    expect(round(row.rate.errors)).toEqual([0, 0, 0]);
    expect(round(row.failedShare.errors)).toEqual(round([0, -1 / 6, 1 / 6]));
  });

  test('knows what their variances would be if every request were on its own', () => {
    expect(row.percentiles.get(50)!.independent).toBeCloseTo(0.25 / 6, 10);
    expect(row.failedShare.independent).toBeCloseTo(0.25 / 6, 10);
    // Squares of the distances from 20: 3 × 100 + 0 + 100 + 400, of six requests.
    expect(row.mean.independent).toBeCloseTo(800 / 6 / 6 / 400, 4);
  });

  test('of more points than are asked for is the same in longer stretches', () => {
    const series = simulateRun({ seconds: 60, requests: 2000, ramp: 20, failedShare: 0.1 }, 3);
    const [fine, coarse] = [measureRow(series, 60), measureRow(series, 25)];
    for (const [one, other] of [
      [fine.mean, coarse.mean],
      [fine.rate, coarse.rate],
      [fine.failedShare, coarse.failedShare],
      [fine.percentiles.get(95)!, coarse.percentiles.get(95)!],
    ] as const) {
      expect(other.value).toBe(one.value);
      expect(other.errors).toHaveLength(25);
      for (const errors of [one.errors, other.errors]) {
        expect(errors.reduce((sum, error) => sum + error, 0)).toBeCloseTo(0, 10);
      }
    }
  });
});
