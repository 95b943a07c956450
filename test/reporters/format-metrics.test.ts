import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { Measure, type MeasureCounts } from '../../src/metrics/measure.js';
import type { MeasureType } from '../../src/metrics/measure-selector.js';
import { formatMetrics } from '../../src/reporters/format/format-metrics.js';

function measureOf(key: string, type: MeasureType, values: readonly number[], unit?: string): MeasureCounts {
  const measure = new Measure({ key, metric: key.split('{')[0]!, type, ...(unit === undefined ? {} : { unit }) });
  for (const [event, value] of values.entries()) {
    if (type === 'gauge') measure.set(value, event, '0');
    else measure.add(value, event);
  }
  return measure.read();
}

const times = (count: number, value = 1) => Array.from({ length: count }, () => value);

const MEASURES = [
  measureOf('reserved', 'counter', times(1234)),
  measureOf('reserved{outcome:실패}', 'counter', times(34)),
  measureOf('reserved{outcome:ok}', 'counter', times(1200)),
  measureOf('token_valid', 'rate', [...times(3), 0]),
  measureOf('queue_wait', 'trend', [10, 20, 30.5]),
  measureOf('queue_depth', 'gauge', [3, 40, 17]),
  measureOf('http_req_duration{name:a}', 'trend', [1]),
  measureOf('never', 'counter', []),
];

test('every metric of the scenario, the whole first, then its combinations by how often they came', () => {
  expect(formatMetrics(MEASURES, 10_000, 80)).toEqual([
    'queue_depth       17',
    'queue_wait        avg 20.2  95% 30.5  max 30.5',
    'reserved          1,234  123.40/s',
    '  {outcome:ok}    1,200  120.00/s',
    '  {outcome:실패}     34    3.40/s',
    'token_valid       75.00 %  3 of 4',
  ]);
});

test('numbers with the units that the scenario gave', () => {
  const measures = [
    measureOf('basket', 'trend', [10, 20, 30.5], '개'),
    measureOf('depth', 'gauge', [17], 'jobs\u001b'),
    measureOf('reserved', 'counter', times(1234), 'items'),
    measureOf('reserved{outcome:ok}', 'counter', times(1200), 'items'),
    measureOf('valid', 'rate', [1, 0], 'of all'),
  ];
  expect(formatMetrics(measures, 10_000, 80)).toEqual([
    'basket          avg 20.2  95% 30.5  max 30.5 개',
    'depth           17 jobs\\x1b',
    'reserved        1,234 items  123.40/s',
    '  {outcome:ok}  1,200 items  120.00/s',
    'valid           50.00 %  1 of 2',
  ]);
});

test('built-in metrics and those without a value are left out', () => {
  expect(formatMetrics(MEASURES.slice(-2), 10_000, 80)).toEqual([]);
  expect(formatMetrics([], 10_000, 80)).toEqual([]);
});

test('five combinations of a metric, and how many more there are', () => {
  const combinations = Array.from({ length: 14 }, (_, index) =>
    measureOf(`sold{product:${index}}`, 'counter', times(index + 1)),
  );
  const lines = formatMetrics([measureOf('sold', 'counter', times(105)), ...combinations], 1000, 60);
  expect(lines).toHaveLength(7);
  expect(lines[1]).toMatch(/^ {2}\{product:13\} +14 +14\.00\/s$/);
  expect(lines.at(-1)).toBe('  … and 9 more');
});

test.each([20, 40, 60, 80])('never exceeds %i columns', (columns) => {
  const long = measureOf(`reserved{outcome:${'가나다라'.repeat(40)}}`, 'counter', times(3));
  const lines = formatMetrics([...MEASURES, long], 10_000, columns);
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
});

test('labels are made safe to print', () => {
  const text = formatMetrics([measureOf('seen{url:"http://kim:secret@a/\u001b[2J\n"}', 'counter', [1])], 1000, 80).join(
    '\n',
  );
  expect(text).toContain('{url:"http://***@a/\\x1b[2J\\n"}');
});
