import { describe, expect, test } from 'vitest';
import { type Change, compareRows, type Figure } from '../../../src/metrics/compare/compare-rows.js';
import { type ComparedRun, compareRuns } from '../../../src/metrics/compare/compare-runs.js';
import { judgeChange } from '../../../src/metrics/compare/judge-change.js';
import type { RowSeries } from '../../../src/metrics/compare/measure-row.js';
import { simulateRun } from '../../support/simulated-runs.js';

const TAIL = 0.0008;

function createChange(figure: Figure, [change, low, high]: [number, number, number]): Change {
  return { figure, baseline: 1, candidate: 1 + change, change, low, high };
}

function createRun(total: RowSeries, names: Record<string, RowSeries>): ComparedRun {
  return {
    isReliable: true,
    total,
    names: Object.entries(names).map(([name, row]) => ({ method: 'GET', name, read: () => row })),
  };
}

describe('a change is judged', () => {
  test.each([
    ['slower beyond the tolerance', 'p95', [0.2, 0.05, 0.4], 'regression'],
    ['slower within it', 'p95', [0.08, 0.02, 0.15], 'worse'],
    ['slower, but by less than anybody could tell', 'p50', [0.01, 0.005, 0.015], 'same'],
    ['faster', 'mean', [-0.3, -0.4, -0.2], 'better'],
    ['no other', 'p99', [0.02, -0.05, 0.09], 'same'],
    ['perhaps slower', 'p99', [0.2, -0.05, 0.5], 'unclear'],
    ['perhaps faster', 'p99', [-0.02, -0.11, 0.08], 'unclear'],
    ['less throughput beyond it', 'throughput', [-0.2, -0.3, -0.1], 'regression'],
    ['more throughput', 'throughput', [0.2, 0.1, 0.3], 'better'],
    ['more failures', 'failures', [0.004, 0.002, 0.006], 'regression'],
    ['hardly more failures', 'failures', [0.0005, 0.0001, 0.0009], 'same'],
    ['fewer failures', 'failures', [-0.02, -0.03, -0.01], 'better'],
    ['perhaps more failures', 'failures', [0.005, -0.001, 0.02], 'unclear'],
  ] as const)('%s: %s', (_, figure, ends, verdict) => {
    expect(judgeChange(createChange(figure, [...ends]), 0.1)).toBe(verdict);
  });
});

describe('two rows', () => {
  const row = simulateRun({ seconds: 30, requests: 5000, failedShare: 0.02 }, 1);

  test('that are one and the same differ by nothing, but not for sure', () => {
    for (const { figure, change, low, high } of compareRows(row, row, TAIL)) {
      expect(change, figure).toBe(0);
      expect(low).toBeLessThanOrEqual(0);
      expect(high).toBeGreaterThanOrEqual(0);
      if (figure !== 'throughput') expect(high).toBeGreaterThan(low);
    }
  });

  test('have the ratio of their figures, and the opposite the other way round', () => {
    const slow = simulateRun({ seconds: 30, requests: 5000, slowdown: 1.5 }, 2);
    const [there, back] = [compareRows(row, slow, TAIL), compareRows(slow, row, TAIL)];
    const p95 = there[1]!;
    expect(p95.change).toBeCloseTo(p95.candidate / p95.baseline - 1, 10);
    expect(p95.change).toBeGreaterThan(0.35);
    for (const [index, { figure, low, high }] of there.entries()) {
      const other = back[index]!;
      const turn = (value: number) => (figure === 'failures' ? -value : 1 / (1 + value) - 1);
      expect(turn(other.high), figure).toBeCloseTo(low, 6);
      expect(turn(other.low), figure).toBeCloseTo(high, 6);
    }
  });

  test('of runs of other lengths can be compared', () => {
    const long = simulateRun({ seconds: 90, requests: 15_000, failedShare: 0.02 }, 4);
    for (const { change, low, high, figure } of compareRows(row, long, TAIL)) {
      expect(Math.abs(change), figure).toBeLessThan(0.15);
      expect(low).toBeLessThan(change);
      expect(high).toBeGreaterThan(change);
    }
  });

  test('that share a ramp are as near as without one: what it does to both is no chance', () => {
    const width = (ramp: number) => {
      const [one, other] = [5, 6].map((seed) => simulateRun({ seconds: 60, requests: 10_000, ramp }, seed));
      const throughput = compareRows(one!, other!, TAIL)[4]!;
      return throughput.high - throughput.low;
    };
    expect(width(20)).toBeLessThan(1.5 * width(0));
  });

  test.each([
    ['seven seconds', { seconds: 7, requests: 5000 }],
    ['nineteen requests', { seconds: 19, requests: 0 }],
  ])('of %s say nothing', (what, target) => {
    const base = simulateRun(target, 1);
    const one = {
      at: 0,
      completed: 1,
      failures: 0,
      totalMs: 5,
      durations: Array.from(row.points[0]!.durations).slice(0, 2),
    };
    const few = what === 'seven seconds' ? base : { ...base, points: base.points.map(({ at }) => ({ ...one, at })) };
    for (const { low, high } of compareRows(few, few, TAIL)) {
      expect([low, high]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
    }
  });
});

describe('two runs', () => {
  const target = { seconds: 30, requests: 10_000 };
  const [one, other, slow] = [
    simulateRun(target, 11),
    simulateRun(target, 12),
    simulateRun({ ...target, slowdown: 1.5 }, 13),
  ];

  test('are as bad as the worst of their names', () => {
    const comparison = compareRuns(
      createRun(one, { 목록: one, detail: one }),
      createRun(other, { 목록: slow, detail: other }),
      0.2,
    );
    expect(comparison.verdict).toBe('regression');
    expect(comparison.total.verdict).toBe('same');
    expect(comparison.names.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['목록', 'regression'],
      ['detail', 'same'],
    ]);
  });

  test('of which one was measured by a generator that did not keep up are not judged', () => {
    const unreliable = { ...createRun(slow, { a: slow }), isReliable: false };
    const { verdict, total } = compareRuns(createRun(one, { a: one }), unreliable, 0.1);
    expect(verdict).toBe('not-judged');
    expect(total.changes[1]).toMatchObject({ verdict: 'not-judged', change: expect.closeTo(0.5, 1) });
  });

  test('tell names that only one of them has', () => {
    const { names, onlyInBaseline, onlyInCandidate } = compareRuns(
      createRun(one, { a: one, gone: one }),
      createRun(other, { a: other, new: other }),
      0.1,
    );
    expect(names.map(({ name }) => name)).toEqual(['a']);
    expect(onlyInBaseline).toEqual([{ method: 'GET', name: 'gone' }]);
    expect(onlyInCandidate).toEqual([{ method: 'GET', name: 'new' }]);
  });

  test('have wider intervals the more names there are, and those of all requests stay as they are', () => {
    const compare = (count: number) => {
      const names = (row: RowSeries) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`n${at}`, row]));
      return compareRuns(createRun(one, names(one)), createRun(other, names(other)), 0.1);
    };
    const [few, many] = [compare(1), compare(50)];
    expect(many.total).toEqual(few.total);
    const width = ({ names }: typeof few) => names[0]!.changes[1]!.high - names[0]!.changes[1]!.low;
    expect(width(many) / width(few)).toBeGreaterThan(1.2);
    expect(few.names[0]!.changes).toEqual(few.total.changes);
  });
});
