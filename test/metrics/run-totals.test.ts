import { describe, expect, it } from 'vitest';
import { RunTotals, tableOf } from '../../src/metrics/run-totals.js';
import { createPart } from '../support/run-events.js';

function totalsOf(perSecond: readonly number[]): RunTotals {
  const totals = new RunTotals();
  for (const [second, times] of perSecond.entries()) totals.add(second, createPart(second, [{ name: '/a', times }]));
  return totals;
}

describe('the window', () => {
  it('is the last ten closed seconds', () => {
    const { rows, aggregated } = totalsOf([100, 100, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).window();
    expect(aggregated.completed).toBe(55);
    expect(aggregated.requestsPerSecond).toBe(5.5);
    expect(rows).toHaveLength(1);
  });

  it('is shorter at the beginning', () => {
    expect(totalsOf([3, 5]).window().aggregated.requestsPerSecond).toBe(4);
    expect(new RunTotals().window().aggregated.requestsPerSecond).toBe(0);
  });

  it('ends now: seconds without answers bring the rate down to 0', () => {
    const totals = totalsOf([40, 40, ...Array.from({ length: 5 }, () => 0)]);
    expect(totals.window().aggregated.requestsPerSecond).toBeCloseTo(80 / 7, 10);
    for (let second = 7; second < 12; second++) totals.add(second, createPart(second, []));
    expect(totals.window().aggregated.requestsPerSecond).toBe(0);
  });

  it('takes what is late into the second it belongs to', () => {
    const totals = totalsOf(Array.from({ length: 15 }, () => 1));
    totals.add(10, createPart(10, [{ name: '/a', times: 20 }]));
    totals.add(2, createPart(2, [{ name: '/a', times: 1000 }]));
    expect(totals.window().aggregated.completed).toBe(30);
    expect(totals.table(15_000).aggregated.completed).toBe(15 + 1020);
  });
});

describe('the table', () => {
  it('is the whole run over the time given, rows sorted', () => {
    const totals = new RunTotals();
    totals.add(0, createPart(0, [{ name: '/b', times: 4 }]));
    totals.add(1, createPart(1, [{ name: '/a', times: 6, error: 'no', status: 500 }]));
    const { rows, aggregated } = totals.table(2000);
    expect(rows.map(({ name, requestsPerSecond }) => [name, requestsPerSecond])).toEqual([
      ['/a', 3],
      ['/b', 2],
    ]);
    expect(aggregated).toMatchObject({ completed: 10, failures: 6, requestsPerSecond: 5 });
  });

  it('is the sum of all intervals, however they came', () => {
    const parts = [0, 1, 2, 3].map((second) =>
      createPart(second, [{ name: `/${second % 2}`, ms: second + 1, times: 3 }]),
    );
    const forward = new RunTotals();
    const backward = new RunTotals();
    for (const [second, part] of parts.entries()) forward.add(second, part);
    for (const [second, part] of [...parts.entries()].reverse()) backward.add(second, part);
    expect(backward.table(4000)).toEqual(forward.table(4000));
    expect(forward.table(4000)).toEqual(tableOf(forward.read().series, 4000));
    expect(forward.table(4000).aggregated.completed).toBe(12);
  });
});

describe('a reset', () => {
  it('forgets earlier seconds, also what is still to come of them', () => {
    const totals = totalsOf([10, 10, 1, 1]);
    totals.reset(2);
    expect(totals.table(4000).aggregated).toMatchObject({ completed: 2, requestsPerSecond: 1 });
    totals.add(1, createPart(1, [{ name: '/a', times: 50 }]));
    totals.add(4, createPart(4, [{ name: '/a', times: 4 }]));
    expect(totals.table(5000).aggregated).toMatchObject({ completed: 6, requestsPerSecond: 2 });
    expect(totals.window().aggregated).toMatchObject({ completed: 6, requestsPerSecond: 2 });
  });

  it('at the end of a second leaves nothing, and rates of 0', () => {
    const totals = totalsOf([10, 10]);
    totals.reset(2);
    expect(totals.read().series).toEqual([]);
    expect(totals.window().aggregated.requestsPerSecond).toBe(0);
    expect(totals.table(2000).aggregated.requestsPerSecond).toBe(0);
  });

  it('keeps exceptions, checks and groups of later seconds only', () => {
    const totals = new RunTotals();
    const withCheck = (second: number) =>
      totals.add(
        second,
        createPart(second, [], (tally) => tally.addCheck({ name: 'ok', passes: 1, failures: 0 })),
      );
    withCheck(0);
    withCheck(1);
    totals.reset(1);
    expect(totals.read().checks).toEqual([{ name: 'ok', passes: 1, failures: 0 }]);
  });
});
