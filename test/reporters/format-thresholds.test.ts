import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import {
  countThresholds,
  formatFailing,
  formatMeasured,
  formatThreshold,
  formatThresholds,
} from '../../src/reporters/format/format-thresholds.js';
import { verdictOf } from '../support/run-events.js';

const typeOf = (key: string) => (key.startsWith('seen') ? ('counter' as const) : undefined);

const ALL = [
  verdictOf('http_req_duration{name:02_product_list}', 'p(95)<2000', { value: 412.4 }),
  verdictOf('http_req_failed', 'rate<0.01', { value: 0.0213, state: 'failed' }),
  verdictOf('http_req_duration{name:상품 목록}', 'p(99)<500', {
    value: 812.2,
    state: 'failed',
    windowMs: 30_000,
    worst: { value: 812.2, fromMs: 12_000, toMs: 42_000 },
  }),
  verdictOf('seen{outcome:ok}', 'count>100', { value: undefined, state: 'pending', hasData: false }),
];

const linesOf = (maxWidth: number, thresholds = ALL) =>
  formatThresholds(thresholds, typeOf, maxWidth).flatMap(({ lines }) => lines);

describe('the section', () => {
  test('in 100 columns: what, what it was, and where it was worst', () => {
    expect(linesOf(100)).toEqual([
      '✓ http_req_duration{name:02_product_list} p(95)<2000          412 ms',
      '✗ http_req_failed rate<0.01                                   2.13 %',
      '✗ http_req_duration{name:상품 목록} p(99)<500 in every 30 s   812 ms  worst at 0:12–0:42',
      '○ seen{outcome:ok} count>100                                 no data',
    ]);
  });

  test('in 80 columns: where it was worst goes below', () => {
    expect(linesOf(80)).toEqual([
      '✓ http_req_duration{name:02_product_list} p(95)<2000          412 ms',
      '✗ http_req_failed rate<0.01                                   2.13 %',
      '✗ http_req_duration{name:상품 목록} p(99)<500 in every 30 s   812 ms',
      '    worst at 0:12–0:42',
      '○ seen{outcome:ok} count>100                                 no data',
    ]);
  });

  test('in 60 columns: what is too long goes on in the next line', () => {
    expect(linesOf(60)).toEqual([
      '✓ http_req_duration{name:02_product_list}             412 ms',
      '    p(95)<2000',
      '✗ http_req_failed rate<0.01                           2.13 %',
      '✗ http_req_duration{name:상품 목록} p(99)<500 in      812 ms',
      '    every 30 s',
      '    worst at 0:12–0:42',
      '○ seen{outcome:ok} count>100                         no data',
    ]);
  });

  test.each([20, 30, 40, 60, 79, 80, 120])('never exceeds %i columns', (columns) => {
    const long = verdictOf(`http_req_duration{name:${'가나다 '.repeat(60)}}`, 'p(95)<2000', { value: 1e9 });
    for (const line of linesOf(columns, [...ALL, long])) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
  });

  test('lines up its values whatever the script of the names', () => {
    const ends = linesOf(120)
      .filter((line) => /^[✓✗…]/u.test(line))
      .map((line) => stringWidth(line.replace(/ {2}worst at .*$/, '')));
    expect(new Set(ends).size).toBe(1);
  });

  test('hides credentials and control characters of labels', () => {
    const verdict = verdictOf('http_reqs{name:"http://kim:secret@shop/\u001b[2J\n"}', 'count>1', { value: 3 });
    const text = linesOf(120, [verdict]).join(' ');
    expect(text).toContain('http://***@shop/\\x1b[2J\\n');
    expect(text).not.toMatch(/secret|\p{Cc}/u);
    expect(formatThreshold(verdict, typeOf)).not.toMatch(/secret|\p{Cc}/u);
    expect(formatFailing([{ ...verdict, state: 'failed' }], typeOf, { maxWidth: 200, maxLines: 3 })[0]).not.toMatch(
      /secret|\p{Cc}/u,
    );
  });

  test('an abort rule says that it is one', () => {
    const rule = verdictOf('http_req_failed', 'rate>0.5', {
      value: 0.62,
      state: 'failed',
      isAbortRule: true,
      windowMs: 10_000,
      worst: { value: 0.62, fromMs: 4000, toMs: 14_000 },
    });
    expect(linesOf(100, [rule])).toEqual(['✗ abort on http_req_failed rate>0.5 for 10 s  62.00 %  worst at 0:04–0:14']);
  });
});

describe('what was measured', () => {
  const measured = (key: string, expression: string, value: number | undefined) =>
    formatMeasured({ key, expression, value }, typeOf);

  test.each([
    ['http_req_duration', 'p(95)<2000', 412.4, '412 ms'],
    ['http_req_duration', 'avg<5', 4.21, '4.2 ms'],
    ['http_req_duration', 'count>10', 1234, '1234'],
    ['http_req_failed', 'rate<0.01', 0, '0.00 %'],
    ['http_reqs', 'count>10', 1234, '1234'],
    ['http_reqs', 'rate>16.7', 123, '123.00/s'],
    ['data_received', 'count<1000', 1234, '1234 bytes'],
    ['data_received', 'rate<1000', 12.5, '12.50 bytes/s'],
    ['checks{check:has a token}', 'rate>=0.99', 1, '100.00 %'],
    ['users', 'max<100', 8, '8'],
    ['seen{outcome:ok}', 'rate>1', 3, '3.00/s'],
    ['seen', 'count>1', 3, '3'],
    ['wait', 'p(95)<2000', 17.25, '17.25'],
    ['wait', 'p(95)<2000', undefined, 'no data'],
  ])('%s %s: %s is %s', (key, expression, value, expected) => {
    expect(measured(key, expression, value)).toBe(expected);
  });

  test('has the unit that the scenario gave', () => {
    const withUnit = (key: string, expression: string, value: number) =>
      formatMeasured({ key, expression, value, unit: '개' }, typeOf);
    expect(withUnit('seen{outcome:ok}', 'count>10', 1234)).toBe('1234 개');
    expect(withUnit('seen{outcome:ok}', 'rate>10', 12)).toBe('12.00 개/s');
    expect(withUnit('wait', 'max<100', 30.5)).toBe('30.50 개');
  });

  test('is never rounded to the other side of the limit', () => {
    expect(measured('http_req_duration', 'p(95)<200', 200.3)).toBe('200.3 ms');
    expect(measured('http_req_duration', 'p(95)<=200', 200.0004)).toBe('200.0004 ms');
    expect(measured('http_req_duration', 'p(95)<200', 199.9)).toBe('199.9 ms');
    expect(measured('http_req_duration', 'p(95)<200', 200)).toBe('200 ms');
    expect(measured('http_req_failed', 'rate<0.01', 0.010_000_4)).toBe('1.00004 %');
    expect(measured('http_req_failed', 'rate<=0', 0.000_001)).toBe('0.0001 %');
    expect(measured('http_reqs', 'rate>16.7', 16.6999)).toBe('16.6999/s');
  });
});

describe('while the run goes on', () => {
  test('they are counted, and abort rules only once they apply', () => {
    const rule = verdictOf('http_req_failed', 'rate>0.5', { isAbortRule: true });
    expect(countThresholds([...ALL, rule])).toBe('thresholds 1 ✓ 2 ✗ 1 ○');
    expect(countThresholds([{ ...rule, state: 'failed' }])).toBe('thresholds 1 ✗');
    expect(countThresholds([rule])).toBe('');
    expect(countThresholds([])).toBe('');
  });

  test('those that fail are named, as many as there is room for', () => {
    const failing = (maxLines: number, maxWidth = 80) => formatFailing(ALL, typeOf, { maxWidth, maxLines });
    expect(failing(3)).toEqual([
      '✗ http_req_failed rate<0.01  2.13 %',
      '✗ http_req_duration{name:상품 목록} p(99)<500 in ev…  812 ms  worst at 0:12–0:42',
    ]);
    expect(failing(1)).toEqual(['✗ 2 more thresholds']);
    expect(failing(0)).toEqual([]);
    expect(failing(-5)).toEqual([]);
    for (const line of failing(3, 30)) expect(stringWidth(line)).toBeLessThanOrEqual(30);
  });
});
