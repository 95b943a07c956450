import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MeasureSelector } from '../../src/metrics/measure-selector.js';
import { MeasureBook, type MeasureCounts, MeasureTotals } from '../../src/metrics/measures.js';
import { selectMeasures } from '../../src/metrics/parse-selector.js';
import { contextOf, requestOf, selectorOf, sourceOf } from '../support/threshold-context.js';

const who = sourceOf();
const custom = contextOf(
  [
    { name: 'reserved', type: 'counter', by: ['product', 'outcome'] },
    { name: 'left', type: 'gauge' },
    { name: 'sold_out', type: 'rate' },
    { name: 'basket', type: 'trend' },
    { name: 'constructor', type: 'counter' },
  ],
  ['region'],
);
const customMeasures = selectMeasures([], custom.knownMetrics);

function sumsOf(counts: readonly MeasureCounts[]): Record<string, number> {
  return Object.fromEntries(counts.map(({ key, sum }) => [key, sum]));
}

describe('metrics of the scenario', () => {
  const record = (
    book: MeasureBook,
    metric: string,
    value: number | boolean,
    labels?: Record<string, string | number>,
  ) => book.record(metric, value, { labels, who, atMs: 0 });

  it('are broken down by their labels, and keep their total', () => {
    const book = new MeasureBook(customMeasures, 0);
    record(book, 'reserved', 5, { outcome: 'told', product: 7 });
    record(book, 'reserved', 0.25, { outcome: 'told', product: 7 });
    record(book, 'reserved', 2, { outcome: 'kept' });
    record(book, 'constructor', 1);
    expect(sumsOf(book.take())).toEqual({
      reserved: 7.25,
      'reserved{outcome:told,product:7}': 5.25,
      'reserved{outcome:kept,product:""}': 2,
      constructor: 1,
    });
  });

  it('count once where a threshold and a breakdown lead to the same measure', () => {
    const threshold = selectorOf('reserved{outcome:told,product:7}', custom);
    const again: MeasureSelector = { ...selectorOf('reserved{outcome:told}', custom), by: ['product'] };
    for (const selectors of [
      [threshold, ...customMeasures, again],
      [...customMeasures, again, threshold],
    ]) {
      const book = new MeasureBook(selectors, 0);
      record(book, 'reserved', 5, { outcome: 'told', product: 7 });
      record(book, 'reserved', 1, { outcome: 'told', product: 7 });
      expect(sumsOf(book.take())).toEqual({
        reserved: 6,
        'reserved{outcome:told}': 6,
        'reserved{outcome:told,product:7}': 6,
      });
    }
  });

  it('fold combinations beyond the most into one, in shares and in totals, and lose nothing', () => {
    const selector: MeasureSelector = { ...selectorOf('reserved', custom), by: ['product'] };
    const totals = new MeasureTotals({ maxCombinations: 3 });
    for (const share of [0, 1]) {
      const book = new MeasureBook([selector], share, { maxCombinations: 3 });
      for (let product = 0; product < 5; product++) record(book, 'reserved', 1, { product: `${share}-${product}` });
      record(book, 'reserved', 1, { product: `${share}-0` });
      expect(book.hasFoldedLabels).toBe(true);
      const taken = book.take();
      expect(sumsOf(taken)).toMatchObject({ reserved: 6, 'reserved{product:(others)}': 2 });
      expect(taken).toHaveLength(5);
      totals.merge(taken);
    }
    expect(sumsOf(totals.read())).toEqual({
      reserved: 12,
      'reserved{product:(others)}': 8,
      'reserved{product:0-0}': 2,
      'reserved{product:0-1}': 1,
      'reserved{product:0-2}': 1,
    });
  });

  it('take values below 0 of a trend as 0', () => {
    const book = new MeasureBook(customMeasures, 0);
    record(book, 'basket', -5);
    record(book, 'basket', 3);
    expect(book.take()[0]).toMatchObject({ count: 2, sum: 3, minimum: 0, maximum: 3 });
  });

  it.each(['reserved', 'left', 'basket', 'sold_out'])('refuse what is no number: %s', (metric) => {
    const book = new MeasureBook(customMeasures, 0);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, '5' as unknown as number]) {
      expect(() => record(book, metric, value)).toThrow(new RegExp(`"${metric}"`));
      expect(() => record(book, metric, value)).toThrow(RangeError);
    }
    expect(book.take()).toEqual([]);
  });

  it('that are rates take true and false, and nothing between', () => {
    const book = new MeasureBook(customMeasures, 0);
    for (const value of [true, false, 1, 0]) record(book, 'sold_out', value);
    expect(() => record(book, 'sold_out', 0.5)).toThrow(RangeError);
    expect(book.take()[0]).toMatchObject({ count: 4, sum: 2 });
  });

  it('that are gauges keep each share’s latest value and the extremes of all', () => {
    const totals = new MeasureTotals();
    for (const [share, values] of [
      [0, [5, 9, 7]],
      [1, [1, 2]],
    ] as const) {
      const book = new MeasureBook(customMeasures, share);
      values.forEach((value, index) => {
        book.record('left', value, { who, atMs: index * 100 });
      });
      totals.merge(book.take());
    }
    expect(totals.get('left')).toMatchObject({
      minimum: 1,
      maximum: 9,
      shares: { 0: { value: 7, atMs: 200 }, 1: { value: 2, atMs: 100 } },
    });
    expect(totals.get('right')).toBeUndefined();
  });
});

describe('splitting over shares and seconds', () => {
  const selectors = [
    ...customMeasures,
    ...['http_req_duration{name:/a}', 'http_req_failed', 'http_reqs', 'data_sent{status:500}', 'checks'].map((text) =>
      selectorOf(text, custom),
    ),
  ];
  interface Happening {
    name: string;
    hasFailed: boolean;
    value: number;
    outcome: string;
  }

  /** Multiples of 1/4 add up exactly in any order. */
  const sample = fc.record({
    name: fc.constantFrom('/a', '/b'),
    hasFailed: fc.boolean(),
    value: fc.integer({ min: -20, max: 400_000 }).map((quarters) => quarters / 4),
    outcome: fc.constantFrom('told', 'kept', '(others)'),
    at: fc.record({ share: fc.nat(2), interval: fc.nat(4) }),
  });

  function addTo(book: MeasureBook, { name, hasFailed, value, outcome }: Happening, atMs: number) {
    const request = requestOf({ name, responseMs: Math.abs(value), status: hasFailed ? 500 : 200 });
    if (hasFailed) request.error = 'no';
    book.addRequest(request);
    book.correctRequest(Math.abs(value) / 2, request);
    book.addCheck(name, !hasFailed, who);
    book.record('reserved', value, { labels: { outcome, product: name }, who, atMs });
    book.record('basket', value, { who, atMs });
    book.record('left', value, { who, atMs });
  }

  it('gives what counting in one place gives', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 60 }), fc.infiniteStream(fc.nat(99)), (samples, order) => {
        const whole = new MeasureBook(selectors, 0);
        const parts = new Map<string, MeasureBook>();
        samples.forEach((one, index) => {
          addTo(whole, one, index);
          const key = `${one.at.share} ${one.at.interval}`;
          const book = parts.get(key) ?? new MeasureBook(selectors, one.at.share);
          parts.set(key, book);
          addTo(book, one, index);
        });
        const expected = new MeasureTotals();
        expected.merge(whole.take());
        const merged = new MeasureTotals();
        const shuffled = [...parts.values()].map((book) => ({ book, rank: order.next().value! }));
        for (const { book } of shuffled.sort((a, b) => a.rank - b.rank)) merged.merge(book.take());
        const withoutShares = (counts: MeasureCounts[]) => counts.map(({ shares: _, ...rest }) => rest);
        expect(withoutShares(merged.read())).toEqual(withoutShares(expected.read()));
        const latest = Object.values(merged.get('left')?.shares ?? {})
          .sort((a, b) => a.atMs - b.atMs)
          .at(-1);
        expect(latest).toEqual(expected.get('left')?.shares?.[0]);
      }),
      { numRuns: 200 },
    );
  });
});
