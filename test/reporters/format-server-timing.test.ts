import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { Aggregate } from '../../src/metrics/aggregate.js';
import { computeStatistics, type SeriesStatistics } from '../../src/metrics/statistics.js';
import { formatServerTiming } from '../../src/reporters/format/format-server-timing.js';
import { formatSlowest } from '../../src/reporters/format/format-slowest.js';
import { addAll, sampleOf } from '../support/samples.js';

type Changes = Parameters<typeof sampleOf>[0];

function rowsOf(...samples: Changes[]): SeriesStatistics[] {
  return addAll(new Aggregate(), samples.map(sampleOf))
    .read()
    .map((counts) => computeStatistics(counts, 1000));
}

const ROWS = rowsOf(
  { name: '상품 목록', serviceMs: 40, serverTiming: 'db;dur=30;desc="3 queries", cache;desc=hit' },
  { name: '상품 목록', serviceMs: 40, serverTiming: 'db;dur=10;desc="4 queries", cache;desc="bad \u001b[2J"' },
  { name: '상품 목록', serviceMs: 40, serverTiming: 'cache;desc=hit' },
  { name: '02_reserve', serviceMs: 100, serverTiming: 'lock;dur=71, pool;desc="20 of 20"' },
  { name: 'plain' },
);

describe('the table of what the target said', () => {
  test('is empty where it said nothing', () => {
    expect(formatServerTiming(rowsOf({ name: 'plain' }), 80)).toEqual([]);
    expect(formatSlowest(rowsOf({ name: 'plain' }), 80)).toEqual([]);
  });

  test('has what took longest first, with its part of the time and what was said', () => {
    const lines = formatServerTiming(ROWS, 120);
    expect(lines.slice(2).map((line) => line.split(/\s{2,}|\s\|/).filter((cell) => cell !== ''))).toEqual([
      ['02_reserve', 'lock', '71%', '71', '71', '71', '100%'],
      ['상품 목록', 'db', '50%', '20', '30', '30', '67%', '3.50 queries on average'],
      ['상품 목록', 'cache', '-', '-', '-', '-', '100%', String.raw`hit 67%, bad \x1b[2J 33%`],
      ['02_reserve', 'pool', '-', '-', '-', '-', '100%', '20 of 20 on average, full in 100%'],
    ]);
  });

  test.each([120, 80, 60, 40])('keeps to %i columns, and its columns are under each other', (columns) => {
    const lines = formatServerTiming(ROWS, columns);
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    const [, rule, ...rows] = lines;
    const bar = rule!.indexOf('|') + 1;
    // Every row has a blank between name and entry where the line has its bar.
    for (const row of rows) {
      const upTo = [...row].findIndex((_, index) => stringWidth(row.slice(0, index)) === bar);
      expect(row.slice(upTo)).toMatch(/^(lock|db|cache|pool)/);
    }
  });

  test('says how many rows it leaves out', () => {
    const many = Array.from({ length: 20 }, (_, index) => ({ name: `n${index}`, serverTiming: 'db;dur=1' }));
    const lines = formatServerTiming(rowsOf(...many), 80);
    expect(lines).toHaveLength(18);
    expect(lines.at(-1)).toBe('… and 5 more rows in the page and the JSON');
  });
});

test.each([80, 60, 40])('the slowest with a trace keep to %i columns, and their ids are whole', (columns) => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const rows = rowsOf(
    { name: '상품 목록'.repeat(4), serviceMs: 1234, traceId, finishedAtMs: 66_000 },
    { name: 'b', serviceMs: 1500, traceId: traceId.replace('4', '5'), status: 0, error: 'timed out' },
  );
  const lines = formatSlowest(rows, columns);
  expect(lines).toHaveLength(4);
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
  expect(lines[2]).toContain(traceId.replace('4', '5'));
  expect(lines[3]).toContain(traceId);
});
