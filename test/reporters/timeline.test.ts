import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BucketCounts } from '../../src/metrics/histogram.js';
import { mergeBuckets, widenBuckets } from '../../src/metrics/merge-buckets.js';
import { packBuckets } from '../../src/metrics/packed-buckets.js';
import type { ResultTimeline } from '../../src/reporters/result/result-schema.js';
import { Timeline, type TimelineLimits } from '../../src/reporters/result/timeline.js';
import { generatorHealth } from '../support/generator-health.js';
import { SyntheticRun, type ToldRequest } from '../support/run-events.js';

interface Second {
  requests: readonly ToldRequest[];
  late?: readonly ToldRequest[];
}

function read(timeline: Timeline): ResultTimeline {
  const { points, byName, ...rest } = timeline.read();
  const namePoints = Array.from(byName.points, ({ names, ...place }) => ({ ...place, names: [...names] }));
  return { ...rest, points: [...points], byName: { ...byName, points: namePoints } };
}

function tell(seconds: readonly Second[], limits: Partial<TimelineLimits> = {}) {
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

const sum = <Key extends string>(points: readonly Record<Key, number>[], key: Key) =>
  points.reduce((all, point) => all + point[key], 0);

test('a point is a second, with its figures and what each name did', () => {
  const { points, series, byName, secondsPerPoint } = tell([
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
  expect(byName.points[0]!.names.map((name) => name.slice(0, 4))).toEqual([
    [0, 3, 0, 110],
    [1, 1, 1, 30],
  ]);
  expect(points[1]).toMatchObject({ second: 1, completed: 0, durations: [], percentiles: {} });
  expect(points[1]).not.toHaveProperty('minMs');
  expect(byName.points[1]).toEqual({ second: 1, seconds: 1, names: [] });
  expect(points[2]).toMatchObject({ second: 2, users: 2, inFlight: 2, oldestInFlightMs: 2, percentiles: { '50': 40 } });
  expect(byName.points[2]!.names.map(([index]) => index)).toEqual([1]);
});

test('too many points become half as many of twice the length', () => {
  const seconds = Array.from({ length: 11 }, () => ({ requests: [{ name: 'a', times: 2 }] }));
  const { points, secondsPerPoint } = tell(seconds, { points: 4 });
  expect(secondsPerPoint).toBe(4);
  expect(points.map(({ second, seconds: length, completed, users }) => [second, length, completed, users])).toEqual([
    [0, 4, 8, 3],
    [4, 4, 8, 7],
    [8, 3, 6, 10],
  ]);
  expect(points.map(({ oldestInFlightMs }) => oldestInFlightMs)).toEqual([3, 4, 4]);
});

test('so do points that hold too much, and a merged point tells the worst of its seconds', () => {
  const timeline = new Timeline({ bytes: 60 });
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

test('names get coarser before the run as a whole does', () => {
  const seconds = Array.from({ length: 50 }, (_, second) => ({
    requests: Array.from({ length: 10 }, (_, index) => ({ name: `n${index}`, ms: 1 + second + index })),
  }));
  const { points, byName, secondsPerPoint, bucketWidth } = tell(seconds, { nameCells: 100 });
  expect([secondsPerPoint, byName.secondsPerPoint, bucketWidth]).toEqual([1, 8, 1]);
  expect(points.map(({ completed }) => completed)).toEqual(seconds.map(() => 10));
  expect(byName.points.map(({ second, seconds: length, names }) => [second, length, names[0]![1]])).toEqual([
    [0, 8, 8],
    [8, 8, 8],
    [16, 8, 8],
    [24, 8, 8],
    [32, 8, 8],
    [40, 8, 8],
    [48, 2, 2],
  ]);
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
        (seconds, most, bytes) => {
          const limits = { points: most, bytes, fineBytes: bytes / 2, nameCells: 3 * most, nameBytes: bytes };
          const { points, byName, series, run, secondsPerPoint, bucketWidth } = tell(seconds, limits);
          const asWide = (counts: BucketCounts) => (bucketWidth === 1 ? counts : widenBuckets(counts, bucketWidth));
          const { aggregated, rows } = run.totals.table(seconds.length * 1000);
          expect(points.length).toBeLessThanOrEqual(most);
          expect(Math.log2(secondsPerPoint) % 1).toBe(0);
          expect(points.map(({ second }) => second)).toEqual(points.map((_, index) => index * secondsPerPoint));
          expect(sum(points, 'seconds')).toBe(seconds.length);
          expect(sum(points, 'completed')).toBe(aggregated.completed);
          expect(sum(points, 'failures')).toBe(aggregated.failures);
          const counts = run.totals.read().series;
          for (const [index, { method, name }] of series.entries()) {
            const row = rows.find((one) => one.method === method && one.name === name)!;
            const parts = byName.points.flatMap(({ names }) => names.filter(([at]) => at === index));
            expect(parts.reduce((all, [, completed]) => all + completed, 0)).toBe(row.completed);
            const durations = mergeBuckets(parts.map((part) => part[4]));
            expect(durations).toEqual(asWide(counts.find((one) => one.name === name)!.durations));
          }
          expect(sum(byName.points, 'seconds')).toBe(seconds.length);
          const { secondsPerPoint: width } = byName;
          expect(byName.points.map(({ second }) => second)).toEqual(byName.points.map((_, index) => index * width));
          for (const { second, seconds: length, names } of byName.points) {
            const inside = points.filter((point) => point.second >= second && point.second < second + length);
            if (width < secondsPerPoint) continue;
            const all = mergeBuckets([[], [], ...inside.map(({ durations }) => durations)]);
            expect(mergeBuckets([[], [], ...names.map((name) => name[4])])).toEqual(all);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('what it holds stays within its limit', () => {
    const timeline = new Timeline({ bytes: 8_000, nameBytes: 16_000 });
    const run = new SyntheticRun((event) => event.type === 'interval-closed' && timeline.close(event));
    for (let interval = 0; interval < 300; interval++) {
      const requests = Array.from({ length: 40 }, (_, index) => ({
        name: `n${index % 10}`,
        ms: 1 + ((index * 37 + interval * 13) % 400),
      }));
      run.close(interval, requests);
    }
    const { points, byName, bucketWidth } = read(timeline);
    const bytesOf = (all: BucketCounts[]) => all.reduce((bytes, counts) => bytes + packBuckets(counts).length, 0);
    expect(bucketWidth).toBe(16);
    const nameBytes = bytesOf(byName.points.flatMap(({ names }) => names.map((name) => name[4])));
    // An index in wide buckets takes less room in memory than here.
    expect(nameBytes).toBeLessThanOrEqual(32_000);
    expect(nameBytes).toBeGreaterThan(4_000);
    expect(bytesOf(points.map(({ durations }) => durations))).toBeLessThanOrEqual(8_000);
  });
});
