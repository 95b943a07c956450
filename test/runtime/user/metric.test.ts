import { afterAll, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { LoadwrightError } from '../../../src/errors.js';
import {
  counter,
  gauge,
  isMetric,
  type Metric,
  metricsDefined,
  type RecordMetric,
  rate,
  trend,
} from '../../../src/runtime/user/metric.js';

const place = globalThis as { [key: symbol]: unknown };
const REGISTRY = Symbol.for('loadwright.metrics');
const before = place[REGISTRY];

beforeEach(() => {
  delete place[REGISTRY];
});
afterAll(() => {
  place[REGISTRY] = before;
});

function errorOf(define: () => unknown): LoadwrightError {
  try {
    define();
  } catch (error) {
    if (error instanceof LoadwrightError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a metric', () => {
  it('is frozen plain data', () => {
    const reserved = counter('reserved_units', { by: ['product', 'outcome', 'product'], unit: 'items' });
    expect(reserved).toMatchObject({
      name: 'reserved_units',
      type: 'counter',
      by: ['outcome', 'product'],
      unit: 'items',
    });
    expect(Object.isFrozen(reserved)).toBe(true);
    expect(Object.isFrozen(reserved.by)).toBe(true);
    expect(JSON.parse(JSON.stringify(reserved))).toEqual({
      name: 'reserved_units',
      type: 'counter',
      unit: 'items',
      by: ['outcome', 'product'],
    });
    expect(Object.getOwnPropertySymbols(reserved)).toEqual([Symbol.for('loadwright.metric')]);
  });

  it('is of one of four types', () => {
    const all = [counter('a'), gauge('b'), gauge('c', { merge: 'sum' }), rate('d'), trend('e.f_9')];
    expect(all.map(({ type, merge }) => [type, merge])).toEqual([
      ['counter', undefined],
      ['gauge', 'last'],
      ['gauge', 'sum'],
      ['rate', undefined],
      ['trend', undefined],
    ]);
    expect(all.every(isMetric)).toBe(true);
    expect([{ ...{ name: 'a', type: 'counter' } }, null, undefined, 'a'].some(isMetric)).toBe(false);
  });

  it('is known as soon as it is defined', () => {
    expect(metricsDefined()).toEqual([]);
    const first = counter('first');
    const second = trend('second');
    expect(metricsDefined()).toEqual([first, second]);
  });

  it('may be defined twice in the same way, and in no other', () => {
    counter('twice', { by: ['a', 'b'] });
    counter('twice', { by: ['b', 'a'] });
    gauge('level');
    gauge('level', { merge: 'last' });
    expect(metricsDefined()).toHaveLength(2);
    for (const define of [
      () => rate('twice', { by: ['a', 'b'] }),
      () => counter('twice'),
      () => counter('twice', { by: ['a', 'b'], unit: 'x' }),
      () => gauge('level', { merge: 'sum' }),
    ]) {
      const error = errorOf(define);
      expect(error.code).toBe('ERR_SCENARIO_INVALID');
      expect(error.message).toMatch(/defined twice, and differently: (counter|gauge)\('/);
    }
    expect(metricsDefined()).toHaveLength(2);
  });
});

describe('what is no metric', () => {
  it.each(['', '9a', 'a-b', 'a b', '재고', '.a', 'a'.repeat(129), undefined as unknown as string])(
    'name %j',
    (name) => {
      const error = errorOf(() => counter(name));
      expect(error.code).toBe('ERR_SCENARIO_INVALID');
      expect(error.hint).toBe("counter('reserved_units')");
      expect(metricsDefined()).toEqual([]);
    },
  );

  it('has a built-in name', () => {
    expect(errorOf(() => trend('http_req_duration')).message).toContain('"http_req_duration" is a built-in metric');
    expect(counter('a'.repeat(128)).name).toHaveLength(128);
  });

  it.each([[{ bye: ['a'] }], [{ by: 'a' }], [{ by: [1] }], [{ by: ['a:b'] }], [{ unit: 5 }], [{ merge: 'sum' }]])(
    'has options of another kind: %j',
    (options) => {
      expect(errorOf(() => counter('a', options as object)).code).toBe('ERR_SCENARIO_INVALID');
    },
  );

  it('merges in no known way', () => {
    expect(errorOf(() => gauge('a', { merge: 'median' as 'sum' })).message).toContain('sum, average, min, max, last');
  });
});

describe('types', () => {
  it('say what may be recorded', () => {
    const record: RecordMetric = () => undefined;
    record(rate('sold_out'), true, { product: 7 });
    record(rate('sold_out'), 1);
    record(counter('units'), 2.5);
    // @ts-expect-error a rate takes true or false
    record(rate('sold_out'), 0.5);
    // @ts-expect-error a counter takes a number
    record(counter('units'), true);
    // @ts-expect-error a name is no metric
    record('units', 1);
    expectTypeOf(gauge('level')).toEqualTypeOf<Metric<'gauge'>>();
  });
});
