import { describe, expect, expectTypeOf, it } from 'vitest';
import { LoadwrightError } from '../../src/errors.js';
import { MeasureBook, MeasureTotals } from '../../src/metrics/measures.js';
import { selectMeasures } from '../../src/metrics/parse-selector.js';
import { readMetric, type TrendNumbers } from '../../src/metrics/read-metric.js';
import { contextOf, selectorOf, sourceOf } from '../support/threshold-context.js';

const reserved = { name: 'reserved', type: 'counter', by: ['outcome', 'product'] } as const;
const stock = { name: 'stock', type: 'gauge', merge: 'sum' } as const;
const soldOut = { name: 'sold_out', type: 'rate' } as const;
const basket = { name: 'basket', type: 'trend' } as const;
const context = contextOf([reserved, stock, soldOut, basket]);

type Recorded = readonly [metric: string, value: number | boolean, labels?: Record<string, string | number>];

/** What a run of two shares ends with. */
function runOf(
  shares: readonly (readonly Recorded[])[],
  options: { maxCombinations?: number; threshold?: string } = {},
) {
  const { threshold, ...limits } = options;
  const named = threshold === undefined ? [] : [selectorOf(threshold, context)];
  const totals = new MeasureTotals(limits);
  for (const [share, values] of shares.entries()) {
    const book = new MeasureBook(selectMeasures(named, context.knownMetrics), share, limits);
    for (const [metric, value, labels] of values) book.record(metric, value, { labels, who: sourceOf(), atMs: 0 });
    totals.merge(book.take());
  }
  return { part: { measures: totals.read() } };
}

function messageOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof LoadwrightError) return `${error.code} ${error.message}`;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('readMetric', () => {
  it('adds up a counter over shares, as a whole and for one combination', () => {
    const run = runOf([
      [
        ['reserved', 5, { outcome: 'told', product: 7 }],
        ['reserved', 2, { outcome: 'refused', product: 7 }],
      ],
      [['reserved', 1.5, { outcome: 'told', product: 7 }]],
    ]);
    expect(readMetric(run, reserved)).toBe(8.5);
    expect(readMetric(run, reserved, { outcome: 'told', product: '7' })).toBe(6.5);
    expect(readMetric(run, reserved, { product: 7, outcome: 'told' })).toBe(6.5);
    expectTypeOf(readMetric(run, reserved)).toEqualTypeOf<number>();
  });

  it('gives a rate as a share, a gauge merged as it says, a trend in numbers', () => {
    const run = runOf([
      [
        ['sold_out', true],
        ['sold_out', false],
        ['stock', 4],
        ['basket', 10],
      ],
      [
        ['sold_out', false],
        ['sold_out', false],
        ['stock', 3],
        ['basket', 2],
      ],
    ]);
    expect(readMetric(run, soldOut)).toBe(0.25);
    expect(readMetric(run, stock)).toBe(7);
    expect(readMetric(run, basket)).toEqual({ count: 2, avg: 6, min: 2, max: 10 });
    expectTypeOf(readMetric(run, soldOut)).toEqualTypeOf<number | undefined>();
    expectTypeOf(readMetric(run, basket)).toEqualTypeOf<TrendNumbers | undefined>();
  });

  it('of what was never recorded is 0 for a counter and undefined for the rest', () => {
    const run = runOf([]);
    expect(readMetric(run, reserved)).toBe(0);
    expect(readMetric(run, reserved, { outcome: 'told', product: 'a' })).toBe(0);
    expect([readMetric(run, soldOut), readMetric(run, stock), readMetric(run, basket)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('finds values that have to be quoted in a selector', () => {
    const labels = { outcome: '재고, "부족"', product: '상품 {17}' };
    expect(readMetric(runOf([[['reserved', 3, labels]]]), reserved, labels)).toBe(3);
  });

  it('refuses some of the labels, and labels that are not counted by', () => {
    const run = runOf([[['reserved', 5, { outcome: 'told', product: 7 }]]]);
    expect(messageOf(() => readMetric(run, reserved, { outcome: 'told' }))).toMatch(
      /ERR_SCENARIO_INVALID The counter "reserved" is counted by outcome, product, but .* outcome\.$/,
    );
    expect(messageOf(() => readMetric(run, soldOut, { product: 7 }))).toMatch(/by no labels, but .* product\.$/);
  });

  it('refuses a combination where some were counted as one, but not the whole or what a threshold names', () => {
    const values = [1, 2, 3].map((product) => ['reserved', 1, { outcome: 'told', product }] as const);
    const run = runOf([values], { maxCombinations: 2, threshold: 'reserved{outcome:told,product:3}' });
    expect(readMetric(run, reserved)).toBe(3);
    expect(readMetric(run, reserved, { outcome: 'told', product: 3 })).toBe(1);
    const folded = runOf([values], { maxCombinations: 2 });
    for (const product of [1, 3]) {
      expect(messageOf(() => readMetric(folded, reserved, { outcome: 'told', product }))).toMatch(/counted as one/);
    }
  });
});
