import { describe, expect, it } from 'vitest';
import { Aggregate, type SeriesCounts } from '../../src/metrics/aggregate.js';
import { AGGREGATED, compareSeries, computeStatistics, sumSeries } from '../../src/metrics/statistics.js';
import { REPORTED_PERCENTILES } from '../../src/metrics/time-statistics.js';
import { createPart, type ToldRequest } from '../support/run-events.js';

function seriesOf(...told: ToldRequest[]): SeriesCounts[] {
  return createPart(0, told).series;
}

function statisticsOf(durationMs: number, ...told: ToldRequest[]) {
  return computeStatistics(seriesOf(...told)[0]!, durationMs);
}

describe('statistics of a row', () => {
  it('are rates over the time given, shares, means and percentiles', () => {
    const row = statisticsOf(
      4000,
      { name: '/a', ms: 10, times: 6, bytes: 50 },
      { name: '/a', ms: 40, times: 2, bytes: 150, status: 500, error: 'status 500' },
    );
    expect(row).toMatchObject({
      completed: 8,
      failures: 2,
      failedShare: 0.25,
      meanMs: 17.5,
      minMs: 10,
      maxMs: 40,
      requestsPerSecond: 2,
      failuresPerSecond: 0.5,
      meanBytesReceived: 75,
      statuses: { 200: 6, 500: 2 },
    });
    expect(row.medianMs).toBe(row.percentiles[50]);
    expect(row.percentiles[75]).toBeCloseTo(10, 1);
    expect(row.percentiles[80]).toBeCloseTo(40, 1);
  });

  it('never leave the exact least and greatest value', () => {
    for (const ms of [0.00004, 0.333, 7.7777, 123.4567, 99_999.9]) {
      const { percentiles, minMs, maxMs } = statisticsOf(1000, { name: '/a', ms, times: 3 });
      expect([minMs, maxMs]).toEqual([ms, ms]);
      for (const percentile of REPORTED_PERCENTILES) expect(percentiles[percentile]).toBe(ms);
    }
  });

  it('give the greatest value as the 100th percentile, exactly, wherever it lies in its bucket', () => {
    for (let ms = 1234; ms < 1236; ms += 0.1234) {
      const row = statisticsOf(1000, { name: '/a', ms: 1, times: 99 }, { name: '/a', ms });
      expect(row.percentiles[100]).toBe(ms);
      expect(row.percentiles[99]).toBeCloseTo(1, 2);
    }
  });

  it('are undefined, not 0, where nothing was measured', () => {
    const aggregate = new Aggregate();
    aggregate.addBegun('GET', '/slow');
    aggregate.addInterrupted('GET', '/slow');
    const row = computeStatistics(aggregate.read()[0]!, 1000);
    expect(row).toMatchObject({
      begun: 1,
      completed: 0,
      interrupted: 1,
      failedShare: 0,
      requestsPerSecond: 0,
      meanMs: undefined,
      minMs: undefined,
      maxMs: undefined,
      medianMs: undefined,
    });
    expect(Object.values(row.percentiles)).toEqual(REPORTED_PERCENTILES.map(() => undefined));
  });

  it('have no rate over no time', () => {
    expect(statisticsOf(0, { name: '/a' }).requestsPerSecond).toBe(0);
    expect(statisticsOf(-5, { name: '/a' }).requestsPerSecond).toBe(0);
  });
});

describe('the sum of rows', () => {
  it('adds counts and computes percentiles from all durations, not from percentiles', () => {
    const series = seriesOf({ name: '/fast', ms: 1, times: 98 }, { name: '/slow', ms: 1000, times: 2 });
    const sum = computeStatistics(sumSeries(series), 1000);
    expect(sum).toMatchObject({ method: '', name: AGGREGATED, completed: 100, minMs: 1, maxMs: 1000 });
    expect(sum.percentiles[98]).toBeCloseTo(1, 2);
    expect(sum.percentiles[99]).toBeCloseTo(1000, -1);
    expect(sum.medianMs).toBeCloseTo(1, 2);
  });

  it('adds statuses and outcomes', () => {
    const sum = sumSeries(
      seriesOf({ name: '/a', times: 3 }, { name: '/b', status: 404, error: 'status 404' }, { name: '/b', times: 2 }),
    );
    expect(sum).toMatchObject({ begun: 6, completed: 6, failures: 1, statuses: { 200: 5, 404: 1 } });
  });

  it('of nothing has no times', () => {
    expect(computeStatistics(sumSeries([]), 1000)).toMatchObject({ completed: 0, meanMs: undefined, minMs: undefined });
  });
});

describe('the order of rows', () => {
  it('is by name, then by method, and by code units as file tools sort', () => {
    const rows = [
      { method: 'POST', name: '/b' },
      { method: 'GET', name: '/b' },
      { method: 'GET', name: '/a' },
      { method: 'GET', name: '/B' },
    ];
    expect(rows.sort(compareSeries).map(({ method, name }) => `${method} ${name}`)).toEqual([
      'GET /B',
      'GET /a',
      'GET /b',
      'POST /b',
    ]);
  });
});
