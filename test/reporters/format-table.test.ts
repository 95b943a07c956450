import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { tableOf } from '../../src/metrics/run-totals.js';
import { formatDuration, formatElapsed } from '../../src/reporters/format/format-duration.js';
import { formatMs, formatShare } from '../../src/reporters/format/format-number.js';
import { formatPercentiles } from '../../src/reporters/format/format-percentiles.js';
import { type FormattedTable, formatTable } from '../../src/reporters/format/format-table.js';
import { truncateText, wrapText } from '../../src/reporters/format/pad-text.js';
import { createPart, type ToldRequest } from '../support/run-events.js';

const STOCK: ToldRequest[] = [
  { name: '01_jwt_auth', method: 'POST', ms: 150, times: 10 },
  { name: '02_product_list', ms: 94, times: 30 },
  { name: '02_product_list', ms: 0.31, times: 10 },
  { name: '04_stock_reserve', method: 'POST', ms: 1053, times: 4, error: 'status 409' },
];

function tableFrom(requests: readonly ToldRequest[], durationMs = 10_000) {
  return tableOf(createPart(0, requests).series, durationMs);
}

function linesOf({ head, rows, foot }: FormattedTable): string[] {
  return [...head, ...rows, ...foot];
}

describe('the console table', () => {
  test("has Locust's layout where there is room", () => {
    const lines = linesOf(formatTable(tableFrom(STOCK), 120));
    expect(lines).toEqual([
      'Type     Name                    # reqs      # fails |    Avg     Min     Max    Med |   req/s  failures/s',
      '--------|----------------------|-------|-------------|-------|-------|-------|-------|--------|-----------',
      'POST     01_jwt_auth                 10     0(0.00%) |    150     150     150    150 |    1.00        0.00',
      'GET      02_product_list             40     0(0.00%) |     71    0.31      94     94 |    4.00        0.00',
      'POST     04_stock_reserve             4   4(100.00%) |   1053    1053    1053   1053 |    0.40        0.40',
      '--------|----------------------|-------|-------------|-------|-------|-------|-------|--------|-----------',
      '         Aggregated                  54     4(7.41%) |    158    0.31    1053     94 |    5.40        0.40',
    ]);
  });

  test('fits into 80 columns with every column and every name of the stock scenario', () => {
    const lines = linesOf(formatTable(tableFrom(STOCK), 80));
    expect(lines.map((line) => stringWidth(line))).toEqual(lines.map(() => 80));
    expect(lines[0]).toMatch(/^Type Name +# reqs +# fails \| *Avg +Min +Max +Med \| *req\/s +fail\/s$/);
    expect(lines.join('\n')).toContain('04_stock_reserve ');
  });

  test('grows with the longest name', () => {
    const name = `/api/${'x'.repeat(40)}`;
    const [header, , row] = linesOf(formatTable(tableFrom([{ name, ms: 5 }]), 160));
    expect(row).toContain(`${name} `);
    expect(header!.indexOf('# reqs')).toBe(9 + name.length + 2);
  });

  test('is aligned with Korean names', () => {
    const table = tableFrom([
      { name: '상품 목록 조회', ms: 10 },
      { name: 'plain', ms: 10 },
      { name: '아주 길고 길고 길고 길고 길고 길고 길고 긴 이름의 요청', ms: 10 },
    ]);
    for (const columns of [60, 80, 81, 120]) {
      for (const lines of [linesOf(formatTable(table, columns)), linesOf(formatPercentiles(table, columns))]) {
        expect(new Set(lines.map((line) => stringWidth(line))).size).toBe(1);
        expect(stringWidth(lines[0]!)).toBeLessThanOrEqual(columns);
      }
    }
  });

  test.each([20, 40, 60, 79, 80, 100, 106, 107, 160])('never exceeds %i columns, whatever the figures', (columns) => {
    const table = tableFrom(
      [
        { name: 'n'.repeat(10_000), method: 'PROPFIND', ms: 80_000_000, times: 3, error: 'x' },
        { name: `가${'나'.repeat(300)}`, ms: 0.001, times: 200 },
        { name: '👨‍👩‍👧‍👦 family', ms: 12_345, times: 2 },
        { name: `z${'\u0301'.repeat(500)}`, ms: 1 },
      ],
      1,
    );
    for (const line of [...linesOf(formatTable(table, columns)), ...linesOf(formatPercentiles(table, columns))]) {
      expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    }
  });

  test('writes control characters out', () => {
    const lines = linesOf(formatTable(tableFrom([{ name: 'a\u001b[2J\nb\u202e\u009b\ud800' }]), 120));
    expect(lines[2]).toContain('a\\x1b[2J\\nb\\u{202e}\\x9b\\u{d800}');
    expect(lines.join('')).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  test('shows a dash where nothing was measured', () => {
    const lines = linesOf(formatTable(tableFrom([]), 120));
    expect(lines.at(-1)).toMatch(/Aggregated +0 +0\(0\.00%\) \| +- +- +- +- \| +0\.00 +0\.00$/);
  });
});

describe('the table of percentiles', () => {
  test('has all of them where there is room', () => {
    const [header, rule, ...rows] = linesOf(formatPercentiles(tableFrom(STOCK), 140));
    expect(header).toMatch(/^Type +Name +50% +66% +75% +80% +90% +95% +98% +99% +99\.9% +99\.99% +100% +# reqs$/);
    expect(rule).toMatch(/^-{8}\|-{22}\|(-{6}\|){11}-{7}$/);
    expect(rows[1]).toMatch(/^GET +02_product_list +94( +94){10} +40$/);
  });

  test('keeps the type where two methods share a name', () => {
    const both = tableFrom([{ name: 'same' }, { name: 'same', method: 'POST' }]);
    expect(linesOf(formatPercentiles(both, 60)).join('\n')).toContain('POST');
    expect(linesOf(formatPercentiles(tableFrom([{ name: 'one' }]), 60)).join('\n')).not.toContain('GET');
  });
});

test('milliseconds never read as 0, and have no more digits than say something', () => {
  const shown = [0.0004, 0.004, 0.31, 0.996, 1, 4.25, 9.97, 10, 94.4, 1053.7].map(formatMs);
  expect(shown).toEqual(['0.000', '0.004', '0.31', '1.00', '1.0', '4.3', '10', '10', '94', '1054']);
  expect(formatMs(undefined)).toBe('-');
});

test('shares in sentences are never rounded to nothing or to all', () => {
  expect([0, 1e-6, 0.0051, 0.99999, 1].map(formatShare)).toEqual([
    '0 %',
    'under 0.01 %',
    '0.51 %',
    'over 99.99 %',
    '100 %',
  ]);
});

test('durations', () => {
  expect([7_000, 750_000, 3_723_000].map(formatElapsed)).toEqual(['0:07', '12:30', '1:02:03']);
  expect([350, 20_000, 59_960, 302_300, 3_600_000, 4_800_000].map(formatDuration)).toEqual([
    '350 ms',
    '20.0 s',
    '1 min',
    '5 min 2.3 s',
    '1 h',
    '1 h 20 min',
  ]);
});

test('text is cut and wrapped by width, and nothing of it is lost before the last line', () => {
  expect(truncateText('상품 목록', 6)).toBe('상품 …');
  expect(truncateText('상품 목록', 9)).toBe('상품 목록');
  const text = 'status 409 where 200 was expected: 재고가 부족합니다 for product 12';
  const lines = wrapText(text, 20, 10);
  expect(lines.join(' ').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
  expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(20);
  expect(wrapText('a'.repeat(100), 20, 2)).toEqual(['a'.repeat(20), `${'a'.repeat(19)}…`]);
});
