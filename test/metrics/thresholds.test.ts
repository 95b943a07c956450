import { describe, expect, it } from 'vitest';
import { LoadwrightError } from '../../src/errors.js';
import {
  parseAbortRule,
  parseThresholdFlag,
  parseThresholds,
  type ThresholdContext,
  type ThresholdsInput,
} from '../../src/metrics/thresholds.js';
import { contextOf } from '../support/threshold-context.js';

const context = contextOf([{ name: 'reserved', type: 'counter', by: ['outcome'] }]);

function errorOf(read: () => unknown): LoadwrightError {
  try {
    read();
  } catch (error) {
    if (error instanceof LoadwrightError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

function refusal(input: unknown): LoadwrightError {
  return errorOf(() => parseThresholds(input as ThresholdsInput, context));
}

describe('bounds', () => {
  it.each([
    ['http_req_duration', 'p(95)<2000', { method: 'p', percentile: 95, operator: '<', limit: 2000 }],
    ['http_req_duration', ' p( 99.9 ) <= 2e3 ', { method: 'p', percentile: 99.9, operator: '<=', limit: 2000 }],
    ['http_req_duration', 'med < 100', { method: 'med', operator: '<', limit: 100 }],
    ['http_req_duration', 'avg<100.5', { method: 'avg', operator: '<', limit: 100.5 }],
    ['http_req_duration', 'min>=.5', { method: 'min', operator: '>=', limit: 0.5 }],
    ['http_req_duration', 'max<1', { method: 'max', operator: '<', limit: 1 }],
    ['http_req_duration', 'count>10', { method: 'count', operator: '>', limit: 10 }],
    ['http_reqs', 'count>1000', { method: 'count', operator: '>', limit: 1000 }],
    ['http_reqs', 'rate>16.7', { method: 'rate', operator: '>', limit: 16.7 }],
    ['http_req_failed', 'rate<0.01', { method: 'rate', operator: '<', limit: 0.01 }],
    ['users', 'value<=5000', { method: 'value', operator: '<=', limit: 5000 }],
    ['reserved', 'count === -1', { method: 'count', operator: '==', limit: -1 }],
    ['reserved', 'count!=0', { method: 'count', operator: '!=', limit: 0 }],
  ])('%s: %s', (metric, text, expected) => {
    const [threshold] = parseThresholds({ [metric]: [text] }, context);
    expect(threshold).toMatchObject({ key: metric, ...expected, abortOnFail: false, isAbortRule: false });
    expect(parseThresholds({ [metric]: threshold!.expression }, context)).toEqual([threshold]);
  });

  it('have one way to be written', () => {
    const [threshold] = parseThresholds({ http_req_duration: 'p( 95.0 ) < 2000.00' }, context);
    expect(threshold!.expression).toBe('p(95)<2000');
  });

  it('may be alone, several, and told more', () => {
    const thresholds = parseThresholds(
      {
        'http_req_duration{name:a}': [
          'p(95)<2000',
          { threshold: 'avg<500', abortOnFail: true, delayAbortEval: '30s', window: 20, allowNoData: true },
        ],
        http_reqs: { threshold: 'count>1' },
      },
      context,
    );
    expect(thresholds.map(({ selector: _, ...rest }) => rest)).toEqual([
      expect.objectContaining({ key: 'http_req_duration{name:a}', expression: 'p(95)<2000', delayAbortEvalMs: 0 }),
      {
        key: 'http_req_duration{name:a}',
        expression: 'avg<500',
        method: 'avg',
        operator: '<',
        limit: 500,
        abortOnFail: true,
        delayAbortEvalMs: 30_000,
        windowMs: 20_000,
        allowNoData: true,
        isAbortRule: false,
      },
      expect.objectContaining({ key: 'http_reqs', expression: 'count>1', allowNoData: false }),
    ]);
    expect(thresholds[0]).not.toHaveProperty('windowMs');
  });

  it('are plain data', () => {
    const thresholds = parseThresholds({ 'http_reqs{name:a}': { threshold: 'rate>1', window: '10s' } }, context);
    expect(JSON.parse(JSON.stringify(thresholds))).toEqual(thresholds);
  });
});

describe('what is no bound', () => {
  it.each([
    ['counter', 'http_reqs', 'p(95)<1', 'count, rate'],
    ['counter', 'http_reqs', 'value<1', 'count, rate'],
    ['gauge', 'users', 'count<1', 'value, min, max'],
    ['gauge', 'users', 'avg<1', 'value, min, max'],
    ['rate', 'http_req_failed', 'count<1', 'It has rate:'],
    ['trend', 'http_req_duration', 'rate<1', 'avg, min, max, med, p(x), count'],
  ])('has a method that a %s has not: %s %s', (type, metric, text, hint) => {
    const error = refusal({ [metric]: text });
    expect(error.message).toContain(`"${metric}" is a ${type} and has no`);
    expect(error.message).toContain(`stock.ts gave "${text}"`);
    expect(error.hint).toContain(hint);
  });

  it.each([
    ['', 'http_req_duration'],
    ['p95<200', 'http_req_duration'],
    ['p<200', 'http_req_duration'],
    ['p()<200', 'http_req_duration'],
    ['p(101)<200', 'http_req_duration'],
    ['p(-1)<200', 'http_req_duration'],
    ['p(95)=200', 'http_req_duration'],
    ['p(95)<2s', 'http_req_duration'],
    ['p(95)<', 'http_req_duration'],
    ['p(95)<200 avg<3', 'http_req_duration'],
    ['avg(5)<200', 'http_req_duration'],
    ['rate<1%', 'http_req_failed'],
    ['rate<Infinity', 'http_req_failed'],
    ['0.01>rate', 'http_req_failed'],
    ['percentile<1', 'http_req_duration'],
  ])('%j of %s', (text, metric) => {
    const error = refusal({ [metric]: [text] });
    expect(error.code).toBe('ERR_OPTION_INVALID');
    expect(error.message).toContain(`stock.ts gave "${text}"`);
    expect(error.hint).toMatch(/<|>/);
  });

  it('says which word was meant', () => {
    expect(refusal({ http_req_duration: 'p95<200' }).hint).toBe('p(95)<200');
    expect(refusal({ http_req_duration: ' p99.9 <200' }).hint).toBe('p(99.9)<200');
    expect(refusal({ http_req_duration: 'agv<200' }).hint).toBe('avg<200');
    expect(refusal({ http_reqs: { threshold: 'count>1', abortOnfail: true } }).hint).toBe('"abortOnFail"');
    expect(refusal({ http_req: 'count>1' }).message).toContain('There is no metric "http_req"');
  });

  it.each([
    [null],
    [['http_reqs']],
    [{ http_reqs: [] }],
    [{ http_reqs: 5 }],
    [{ http_reqs: null }],
    [{ http_reqs: { abortOnFail: true } }],
    [{ http_reqs: { threshold: 'count>1', abortOnFail: 'yes' } }],
    [{ http_reqs: { threshold: 'count>1', delayAbortEval: 'soon' } }],
    [{ http_reqs: { threshold: 'count>1', window: '1500ms' } }],
    [{ http_reqs: { threshold: 'count>1', window: 0 } }],
  ])('%j', (input) => {
    const error = refusal(input);
    expect(error.code).toBe('ERR_OPTION_INVALID');
    expect(error.message).toContain('stock.ts gave ');
    expect(error.hint).toBeTruthy();
  });
});

describe('a flag', () => {
  const flags: ThresholdContext = { ...context, origin: '--threshold' };

  it('has metric and bound in one text', () => {
    const threshold = parseThresholdFlag('http_req_duration{name:GET http://a/{x}:1}:p(95)<2000', flags);
    expect(threshold).toMatchObject({ expression: 'p(95)<2000', selector: { labels: { name: 'GET http://a/{x}:1' } } });
    expect(parseThresholdFlag(' http_reqs : rate > 5', flags)).toMatchObject({
      key: 'http_reqs',
      expression: 'rate>5',
    });
    expect(parseThresholdFlag('http_reqs {name:"a:b}"} rate>5', flags).selector.labels).toEqual({ name: 'a:b}' });
  });

  it.each(['http_reqs', '', ':rate>5', 'http_reqs:', '{name:a}:rate>5', 'http_reqs{name:a:rate>5', 'rate>5'])(
    'is refused: %j',
    (text) => {
      const error = errorOf(() => parseThresholdFlag(text, flags));
      expect(error.code).toBe('ERR_OPTION_INVALID');
      expect(error.message).toContain(`--threshold gave "`);
    },
  );
});

describe('an abort rule', () => {
  it('is a condition over a window', () => {
    expect(parseAbortRule('http_req_failed rate>0.5 for 20s', context)).toMatchObject({
      key: 'http_req_failed',
      expression: 'rate>0.5',
      windowMs: 20_000,
      abortOnFail: true,
      isAbortRule: true,
      allowNoData: true,
      delayAbortEvalMs: 0,
    });
  });

  it('takes ten seconds, labels and the colon of other thresholds', () => {
    const rule = parseAbortRule('http_req_duration{name:wait for it}: p(95) > 5000', context);
    expect(rule).toMatchObject({
      key: 'http_req_duration{name:wait for it}',
      expression: 'p(95)>5000',
      windowMs: 10_000,
    });
  });

  it.each([
    'http_req_failed',
    'http_req_failed rate>0.5 for',
    'http_req_failed rate>0.5 for 100ms',
    'http_req_failed rate',
  ])('is refused: %s', (text) => {
    expect(errorOf(() => parseAbortRule(text, context)).code).toBe('ERR_OPTION_INVALID');
  });
});
