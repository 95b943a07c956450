import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BucketCounts } from '../../src/metrics/histogram.js';
import { mergeBuckets, widenBuckets } from '../../src/metrics/merge-buckets.js';
import type { ResultPoint, ResultTimeline } from '../../src/reporters/result/result-schema.js';
import { Timeline } from '../../src/reporters/result/timeline.js';
import { generatorHealth } from '../support/generator-health.js';
import { SyntheticRun, type ToldRequest } from '../support/run-events.js';

interface Second {
  requests: readonly ToldRequest[];
  late?: readonly ToldRequest[];
}

function read(timeline: Timeline): ResultTimeline {
  const { points, ...rest } = timeline.read();
  return { ...rest, points: Array.from(points, (point) => ({ ...point, names: [...point.names] })) };
}

function tell(seconds: readonly Second[], limits: { maxPoints?: number; maxNumbers?: number } = {}) {
  const timeline = new Timeline(limits);
  const run = new SyntheticRun((event) => {
    if (event.type === 'interval-closed') timeline.close(event);
    if (event.type === 'interval-amended') timeline.amend(event);
  });
  for (const [interval, { requests, late }] of seconds.entries()) {
    const users = { A: interval };
    run.close(interval, requests, {
      users,
      usersByLoad: { default: users },
      inFlight: interval,
      oldestInFlightMs: interval % 5,
    });
    if (late !== undefined) run.amend(Math.max(0, interval - 3), late);
  }
  return { ...read(timeline), run };
}

const sum = (points: readonly ResultPoint[], key: 'completed' | 'failures' | 'begun' | 'seconds' | 'totalMs') =>
  points.reduce((all, point) => all + point[key], 0);

test('a point is a second, with its figures and what each name did', () => {
  const { points, series, secondsPerPoint } = tell([
    {
      requests: [
        { name: 'a', ms: 10, times: 2 },
        { name: 'b', ms: 30, error: 'x', status: 500 },
      ],
    },
    { requests: [] },
    { requests: [{ name: 'b', ms: 40 }], late: [{ name: 'a', ms: 90 }] },
  ]);
  expect(secondsPerPoint).toBe(1);
  expect(series).toEqual([
    { method: 'GET', name: 'a' },
    { method: 'GET', name: 'b' },
  ]);
  expect(points[0]).toMatchObject({
    second: 0,
    seconds: 1,
    completed: 4,
    failures: 1,
    totalMs: 140,
    minMs: 10,
    maxMs: 90,
  });
  expect(points[0]!.statuses).toEqual({ 200: 3, 500: 1 });
  expect(points[0]!.names.map((name) => name.slice(0, 4))).toEqual([
    [0, 3, 0, 110],
    [1, 1, 1, 30],
  ]);
  expect(points[1]).toMatchObject({ second: 1, completed: 0, names: [], durations: [], percentiles: {} });
  expect(points[1]).not.toHaveProperty('minMs');
  expect(points[2]).toMatchObject({ second: 2, users: 2, inFlight: 2, oldestInFlightMs: 2, percentiles: { '50': 40 } });
  expect(points[2]!.names.map(([index]) => index)).toEqual([1]);
});

test('too many points become half as many of twice the length', () => {
  const seconds = Array.from({ length: 11 }, () => ({ requests: [{ name: 'a', times: 2 }] }));
  const { points, secondsPerPoint } = tell(seconds, { maxPoints: 4 });
  expect(secondsPerPoint).toBe(4);
  expect(points.map(({ second, seconds: length, completed, users }) => [second, length, completed, users])).toEqual([
    [0, 4, 8, 3],
    [4, 4, 8, 7],
    [8, 3, 6, 10],
  ]);
  expect(points.map(({ oldestInFlightMs }) => oldestInFlightMs)).toEqual([3, 4, 4]);
});

test('so do points that hold too much, and a merged point tells the worst of its seconds', () => {
  const timeline = new Timeline({ maxNumbers: 100 });
  const run = new SyntheticRun((event) => event.type === 'interval-closed' && timeline.close(event));
  for (let interval = 0; interval < 16; interval++) {
    const generator = generatorHealth({
      verdict: interval === 5 ? 'saturated' : 'healthy',
      utilisation: interval / 100,
    });
    const requests = Array.from({ length: 4 }, (_, index) => ({ name: `n${index}`, ms: 10 + index }));
    run.close(interval, requests, {}, { generator, isPaused: interval === 9 });
  }
  const { points: all, secondsPerPoint } = read(timeline);
  expect(secondsPerPoint).toBeGreaterThan(1);
  expect(sum(all, 'completed')).toBe(64);
  expect(all.find(({ second }) => second === 0)!.generator).toBe(secondsPerPoint > 5 ? 'saturated' : 'healthy');
  expect(all.filter(({ generator }) => generator === 'saturated')).toHaveLength(1);
  expect(all.filter(({ isPaused }) => isPaused)).toHaveLength(1);
});

const anyRequest = fc.record({
  name: fc.constantFrom('a', 'b', 'c', '상품'),
  ms: fc.double({ min: 0.1, max: 5000, noNaN: true }),
  times: fc.integer({ min: 1, max: 4 }),
  error: fc.constantFrom(undefined, 'x'),
});
const anySecond = fc.record({
  requests: fc.array(anyRequest, { maxLength: 6 }),
  late: fc.array(anyRequest, { maxLength: 2 }),
});

describe('whatever happens and however long', () => {
  test('points follow each other without a gap, and add up to the run', () => {
    fc.assert(
      fc.property(
        fc.array(anySecond, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 2, max: 12 }),
        fc.integer({ min: 30, max: 2000 }),
        (seconds, maxPoints, maxNumbers) => {
          const { points, series, run, secondsPerPoint, bucketWidth } = tell(seconds, { maxPoints, maxNumbers });
          const asWide = (counts: BucketCounts) => (bucketWidth === 1 ? counts : widenBuckets(counts, bucketWidth));
          const { aggregated, rows } = run.totals.table(seconds.length * 1000);
          expect(points.length).toBeLessThanOrEqual(maxPoints);
          expect(Math.log2(secondsPerPoint) % 1).toBe(0);
          expect(points.map(({ second }) => second)).toEqual(points.map((_, index) => index * secondsPerPoint));
          expect(sum(points, 'seconds')).toBe(seconds.length);
          expect(sum(points, 'completed')).toBe(aggregated.completed);
          expect(sum(points, 'failures')).toBe(aggregated.failures);
          const counts = run.totals.read().series;
          for (const [index, { method, name }] of series.entries()) {
            const row = rows.find((one) => one.method === method && one.name === name)!;
            const parts = points.flatMap(({ names }) => names.filter(([at]) => at === index));
            expect(parts.reduce((all, [, completed]) => all + completed, 0)).toBe(row.completed);
            const durations = mergeBuckets(parts.map((part) => part[4]));
            expect(durations).toEqual(asWide(counts.find((one) => one.name === name)!.durations));
          }
          for (const { names, durations } of points) {
            expect(mergeBuckets([[], ...names.map((name) => name[4])])).toEqual(durations);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('what it holds stays within its limit', () => {
    const timeline = new Timeline({ maxNumbers: 20_000 });
    const run = new SyntheticRun((event) => event.type === 'interval-closed' && timeline.close(event));
    for (let interval = 0; interval < 300; interval++) {
      const requests = Array.from({ length: 40 }, (_, index) => ({
        name: `n${index % 10}`,
        ms: 1 + ((index * 37 + interval * 13) % 400),
      }));
      run.close(interval, requests);
    }
    const { points } = read(timeline);
    const numbers = points.reduce(
      (all, { durations, names }) =>
        all + durations.length + names.reduce((more, name) => more + name[4].length + 10, 0),
      0,
    );
    expect(numbers).toBeLessThanOrEqual(20_000);
    expect(numbers).toBeGreaterThan(4_000);
  });
});
