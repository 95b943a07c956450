import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import type { MonitorUnit } from '../../src/metrics/monitors/monitor-sample.js';
import type { MonitorMetricSummary, MonitorSummary } from '../../src/metrics/monitors/monitor-totals.js';
import { formatMonitors } from '../../src/reporters/format/format-monitors.js';

const metric = (name: string, unit: MonitorUnit, [min, mean, max, last]: number[]): MonitorMetricSummary => ({
  name,
  unit,
  count: 3,
  min: min!,
  mean: mean!,
  max: max!,
  last: last!,
});

const MONITORS: MonitorSummary[] = [
  {
    name: '재고 데이터베이스',
    kind: 'postgres',
    samples: 3,
    failures: 0,
    metrics: [
      metric('connections', 'count', [3, 19.666, 60, 12]),
      metric('cache_hit_share', 'share', [0.5, 0.987, 1, 1]),
      metric('commits', 'per second', [0, 1234.5, 20_000, 3]),
      metric('longest_transaction', 'ms', [0, 12.34, 61_000, 5]),
    ],
    statements: [
      {
        text: 'UPDATE 재고 SET 수량 = 수량 - $1 WHERE 상품 = $2 AND 수량 >= $1 RETURNING 수량, 상품, 창고, 갱신일',
        calls: 1234,
        totalMs: 45_678,
        meanMs: 37,
      },
      { text: 'SELECT \u001b[2J1', calls: 1, totalMs: 2, meanMs: 2 },
    ],
  },
  {
    name: '주문 처리 대기열 (서울 리전의 두 번째 작업자 무리)',
    kind: 'function',
    samples: 2,
    failures: 1,
    failure:
      '대기열 서버가 900 ms 안에 대답하지 않았습니다: connect ECONNREFUSED 127.0.0.1:6379, 그래서 이 초의 값은 없습니다',
    metrics: [
      metric('메모리 사용량', 'bytes', [1_048_576, 52_428_800, 1_610_612_736, 2048]),
      { name: 'never', unit: 'count', count: 0 },
    ],
  },
];

test('a table of Korean names stands in line at 80 columns', () => {
  const lines = formatMonitors(MONITORS, 80);
  for (const line of lines) expect(stringWidth(line), line).toBeLessThanOrEqual(80);
  expect(lines).toMatchInlineSnapshot(`
    [
      "                                                  min     mean       max    last",
      "재고 데이터베이스 connections                       3     19.7        60      12",
      "재고 데이터베이스 cache_hit_share             50.00 %  98.70 %     100 %   100 %",
      "재고 데이터베이스 commits                         0/s  1,235/s  20,000/s     3/s",
      "재고 데이터베이스 longest_transaction        0.000 ms    12 ms  61000 ms  5.0 ms",
      "주문 처리 대기열 (서울 리전… 메모리 사용량     1.0 MB  52.4 MB   1.61 GB  2.0 kB",
      "Slowest statements of 재고 데이터베이스:",
      "  45678 ms in 1,234 calls, 37 ms each: UPDATE 재고 SET 수량 = 수량 - $1 WHERE …",
      "  2.0 ms in 1 call, 2.0 ms each: SELECT \\x1b[2J1",
      "주문 처리 대기열 (서울 리전의 두 번째 작업자 무리) failed in 1 of 3 looks, first",
      "because 대기열 서버가 900 ms 안에 대답하지 않았습니다: connect ECONNREFUSED",
      "127.0.0.1:6379, 그래서 이 초의 값은 없습니다.",
    ]
  `);
  const table = lines.slice(0, 6);
  expect(new Set(table.map((line) => stringWidth(line)))).toEqual(new Set([stringWidth(table[0]!)]));
  expect(lines.join('\n')).not.toContain('\u001b');
});

test('a name that is too long is cut where the other metrics of the monitor are not told apart by it', () => {
  const name = 'the database of the warehouse in the south';
  const metrics = ['commits', 'rollbacks'].map((each) => metric(each, 'count', [1_000_000, 2_000_000, 3_000_000, 4]));
  const monitors: MonitorSummary[] = [{ name, kind: 'postgres', samples: 3, failures: 0, metrics }];
  expect(formatMonitors(monitors, 60).map((line) => line.slice(0, 21).trimEnd())).toEqual([
    '',
    'the database… commits',
    'the databa… rollbacks',
  ]);
});

test('where the figures leave no room for names, each metric has lines of its own', () => {
  const lines = formatMonitors(MONITORS, 36);
  for (const line of lines) expect(stringWidth(line), line).toBeLessThanOrEqual(36);
  expect(lines.slice(0, 2).join(' ')).toBe('재고 데이터베이스 connections: min 3, mean 19.7, max 60, last 12');
});

test('without monitors there is nothing', () => {
  expect(formatMonitors(undefined, 80)).toEqual([]);
});
