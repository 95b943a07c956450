import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCsvReporter } from '../../src/reporters/csv.js';
import { CORRECTED_SECONDS } from '../../src/reporters/csv-history.js';
import { parseCsv, parseCsvTable } from '../support/parse-csv.js';
import { createPart, STARTED_AT_SECONDS, SyntheticRun } from '../support/run-events.js';

const PERCENTILES = '50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loadwright-csv-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function connect(fullHistory = false) {
  const clock = { nowMs: 0, now: () => clock.nowMs };
  const reporter = createCsvReporter({ prefix: join(folder, 'results', 'load_test'), fullHistory, clock });
  const run = new SyntheticRun((event, totals) => {
    if (event.type === 'interval-closed') clock.nowMs = (event.interval + 1) * 1000;
    reporter.onEvent(event, totals);
  });
  return { run, clock };
}

const pathOf = (kind: string) => join(folder, 'results', `load_test_${kind}.csv`);
const textOf = (kind: string) => readFileSync(pathOf(kind), 'utf8');
const tableOfFile = (kind: string) => parseCsvTable(textOf(kind));
const aggregatedHistory = () => tableOfFile('stats_history').filter((row) => row.Name === 'Aggregated');
const totalsOf = (rows: Record<string, string>[]) => rows.map((row) => Number(row['Total Request Count']));

test("Locust's four files, with the columns tools expect, and one of the load", () => {
  const { run } = connect();
  run
    .start()
    .close(0, [{ name: 'a' }])
    .finish();
  expect(readdirSync(join(folder, 'results')).sort()).toEqual(
    ['exceptions', 'failures', 'load_history', 'stats', 'stats_history'].map((kind) => `load_test_${kind}.csv`),
  );
  const headerOf = (kind: string) => textOf(kind).split('\r\n')[0];
  expect(headerOf('stats')).toBe(
    'Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,' +
      `Max Response Time,Average Content Size,Requests/s,Failures/s,${PERCENTILES}`,
  );
  expect(headerOf('stats_history')).toBe(
    `Timestamp,User Count,Type,Name,Requests/s,Failures/s,${PERCENTILES},Total Request Count,Total Failure Count,` +
      'Total Median Response Time,Total Average Response Time,Total Min Response Time,Total Max Response Time,' +
      'Total Average Content Size',
  );
  expect(headerOf('failures')).toBe('Method,Name,Error,Occurrences,First Seen,Last Seen');
  expect(headerOf('exceptions')).toBe('Count,Message,Traceback,Nodes');
});

describe('the totals', () => {
  test('of the file, of its rows and of the run are the same', () => {
    const { run } = connect();
    run.start();
    for (let interval = 0; interval < 5; interval++) {
      run.close(interval, [
        { name: 'b', ms: 0.31, times: interval + 1 },
        { name: 'a', method: 'POST', ms: 20.5, times: 3, error: interval === 2 ? 'status 500' : undefined },
      ]);
    }
    run.close(5, [{ name: 'drained', ms: 4000 }]).finish();
    const rows = tableOfFile('stats');
    const aggregated = rows.at(-1)!;
    const sum = (column: string) => rows.slice(0, -1).reduce((total, row) => total + Number(row[column]), 0);
    const { total } = run.result();
    expect([aggregated.Type, aggregated.Name]).toEqual(['', 'Aggregated']);
    for (const [column, expected] of [
      ['Request Count', total.completed],
      ['Failure Count', total.failures],
    ] as const) {
      expect(Number(aggregated[column])).toBe(expected);
      expect(sum(column)).toBe(expected);
    }
    const last = aggregatedHistory().at(-1)!;
    expect(Number(last['Total Request Count'])).toBe(total.completed);
    expect(Number(last['Total Failure Count'])).toBe(total.failures);
    expect(last['Total Median Response Time']).toBe(aggregated['Median Response Time']);
    expect(Number(aggregated['Average Response Time'])).toBeCloseTo(total.meanMs!, 3);
    expect(rows.map((row) => row.Name)).toEqual(['a', 'b', 'drained', 'Aggregated']);
    expect(rows[1]!['Min Response Time']).toBe('0.31');
  });

  test('of a name that was never answered are N/A, not 0 ms', () => {
    const { run } = connect();
    const part = createPart(0, [], (tally) => {
      tally.requests.addBegun('GET', 'frozen');
      tally.requests.addInterrupted('GET', 'frozen');
    });
    run.start().close(0, part).finish();
    const [frozen] = tableOfFile('stats');
    expect(frozen).toMatchObject({ Name: 'frozen', 'Request Count': '0', 'Median Response Time': 'N/A', '50%': 'N/A' });
  });
});

describe('the history', () => {
  test('has a row a second, from second 0, of the ten seconds before it', () => {
    const { run } = connect();
    run.start();
    for (let interval = 0; interval < 12; interval++) {
      run.close(interval, interval === 0 ? [{ name: 'a', ms: 100, times: 20 }] : [{ name: 'a', ms: 10 }], {
        users: { A: interval, B: 1 },
      });
    }
    const rows = aggregatedHistory();
    expect(rows.map((row) => Number(row.Timestamp))).toEqual(
      Array.from({ length: 13 }, (_, second) => STARTED_AT_SECONDS + second),
    );
    expect(rows[0]).toMatchObject({ 'User Count': '0', 'Requests/s': '0', '50%': 'N/A', 'Total Request Count': '0' });
    expect(rows[0]!['Total Median Response Time']).toBe('N/A');
    expect(rows[1]).toMatchObject({ 'User Count': '1', 'Requests/s': '20', 'Total Request Count': '20' });
    expect(rows[10]).toMatchObject({ 'Requests/s': '2.9', '100%': '100', 'Total Request Count': '29' });
    expect(rows[11]).toMatchObject({ 'Requests/s': '1', '100%': '10', 'Total Request Count': '30' });
    expect(rows[11]!['Total Max Response Time']).toBe('100');
    const window = run.totals.window().aggregated;
    expect(Number(rows[12]!['Requests/s'])).toBe(window.requestsPerSecond);
    expect(Number(rows[12]!['95%'])).toBeCloseTo(window.percentiles[95]!, 3);
  });

  test('is corrected by what comes late', () => {
    const { run } = connect();
    run.start();
    for (let interval = 0; interval < 6; interval++) run.close(interval, [{ name: 'a', ms: 10 }]);
    run.amend(2, [{ name: 'a', ms: 500, times: 3, error: 'late' }]).amend(2, [{ name: 'b', ms: 900 }]);
    run.close(6, [{ name: 'a', ms: 10 }]);
    expect(totalsOf(aggregatedHistory()).at(-1)).toBe(11);
    run.finish();
    const rows = aggregatedHistory();
    expect(totalsOf(rows)).toEqual([0, 1, 2, 7, 8, 9, 10, 11]);
    expect(rows.map((row) => row['Total Failure Count'])).toEqual(['0', '0', '0', '3', '3', '3', '3', '3']);
    expect([rows[2]!['100%'], rows[3]!['100%']]).toEqual(['10', '900']);
    expect(textOf('stats_history').endsWith('\r\n')).toBe(true);
  });

  test('a long run corrects the last half minute and keeps what was known before', () => {
    const { run } = connect();
    const seconds = CORRECTED_SECONDS + 30;
    run.start();
    for (let interval = 0; interval < seconds; interval++) run.close(interval, [{ name: 'a' }]);
    run.amend(seconds - CORRECTED_SECONDS + 1, [{ name: 'a', times: 10 }]);
    for (let interval = seconds; interval < seconds + CORRECTED_SECONDS + 20; interval++)
      run.close(interval, [{ name: 'a' }]);
    // Long past: counted from now on, and in the rows that can still be changed.
    run.amend(3, [{ name: 'a', times: 100 }]).finish();
    const totals = totalsOf(aggregatedHistory());
    const end = seconds + CORRECTED_SECONDS + 20;
    const lateAt = seconds - CORRECTED_SECONDS + 1;
    const expected = Array.from({ length: end + 1 }, (_, second) => {
      const late = second > lateAt ? 10 : 0;
      return second + late + (second > end - CORRECTED_SECONDS ? 100 : 0);
    });
    expect(totals).toEqual(expected);
    expect(totals.at(-1)).toBe(run.result().total.completed);
  });

  test('fills seconds that nobody reported, and takes what comes early', () => {
    const { run } = connect();
    run
      .start()
      .close(0, [{ name: 'a' }])
      .close(3, [{ name: 'a' }]);
    run
      .amend(5, [{ name: 'a' }])
      .close(5, [{ name: 'a' }])
      .finish();
    expect(totalsOf(aggregatedHistory())).toEqual([0, 1, 1, 1, 2, 2, 4]);
  });

  test('begins anew with --reset-stats', () => {
    const { run } = connect();
    run.start();
    for (let interval = 0; interval < 5; interval++) run.close(interval, [{ name: 'a', times: 10, ms: 50 }]);
    run.reset(4).amend(2, [{ name: 'a', times: 7 }]);
    run
      .close(5, [{ name: 'a', ms: 5, error: 'x' }])
      .amend(4, [{ name: 'a' }])
      .finish();
    expect(totalsOf(aggregatedHistory())).toEqual([0, 10, 20, 30, 40, 11, 12]);
    expect(Number(aggregatedHistory().at(-1)!['Requests/s'])).toBe(6);
    expect(tableOfFile('stats').at(-1)!['Request Count']).toBe('12');
    expect(tableOfFile('failures')).toHaveLength(1);
  });

  test('--csv-full-history has rows for every name, which add up in every second', () => {
    const { run } = connect(true);
    run
      .start()
      .close(0, [{ name: 'a' }])
      .close(1, [
        { name: 'b', times: 2 },
        { name: 'a', method: 'POST' },
      ]);
    run
      .amend(0, [{ name: 'c', times: 4 }])
      .close(2, [])
      .finish();
    const rows = tableOfFile('stats_history');
    expect(rows.map((row) => `${Number(row.Timestamp) - STARTED_AT_SECONDS} ${row.Type} ${row.Name}`)).toEqual([
      '0  Aggregated',
      ...['1 GET a', '1 GET c', '1  Aggregated'],
      ...['2 GET a', '2 POST a', '2 GET b', '2 GET c', '2  Aggregated'],
      ...['3 GET a', '3 POST a', '3 GET b', '3 GET c', '3  Aggregated'],
    ]);
    for (const aggregated of aggregatedHistory()) {
      const named = rows.filter((row) => row.Timestamp === aggregated.Timestamp && row !== aggregated);
      const sum = totalsOf(named.filter((row) => row.Name !== 'Aggregated')).reduce((a, b) => a + b, 0);
      expect(sum).toBe(Number(aggregated['Total Request Count']));
    }
  });
});

test('while the run goes on all files can be read, and are at most a second old', () => {
  const { run } = connect();
  run.start();
  for (const kind of ['stats', 'stats_history', 'load_history', 'failures', 'exceptions'])
    expect(parseCsv(textOf(kind))).not.toEqual([]);
  const exception = { message: 'no id', traceback: '', nodes: ['worker 0'], count: 2, firstSeenMs: 1, lastSeenMs: 2 };
  const part = createPart(0, [{ name: 'a', error: 'refused' }], (tally) => tally.addException(exception));
  run.close(0, part);
  expect(tableOfFile('stats').at(-1)!['Request Count']).toBe('1');
  expect(tableOfFile('failures')).toHaveLength(1);
  expect(tableOfFile('exceptions')).toEqual([{ Count: '2', Message: 'no id', Traceback: '', Nodes: 'worker 0' }]);
  expect(aggregatedHistory()).toHaveLength(2);
  expect(readdirSync(join(folder, 'results')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('failures say what, how often, and when first and last', () => {
  const { run } = connect();
  run
    .start()
    .close(1, [{ name: 'a', error: 'status 500', times: 2 }])
    .close(3, [{ name: 'a', error: 'status 500' }]);
  run.finish();
  expect(tableOfFile('failures')).toEqual([
    {
      Method: 'GET',
      Name: 'a',
      Error: 'status 500',
      Occurrences: '3',
      'First Seen': '2025-03-01T12:00:01.750Z',
      'Last Seen': '2025-03-01T12:00:03.750Z',
    },
  ]);
});

test('hostile text is read back as it was', () => {
  const { run } = connect(true);
  const texts = [
    'comma, "quote" and\r\nlines',
    'only\na line feed',
    'only\ra carriage return',
    '\u001b[2Jescape',
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    ' spaces ',
    '"',
    '상품 목록 👨‍👩‍👧‍👦',
    'x'.repeat(10_000),
    '',
  ];
  const part = createPart(
    0,
    texts.map((text) => ({ name: text, error: `error ${text}` })),
    (tally) => {
      for (const text of texts) {
        const times = { count: 1, firstSeenMs: 0, lastSeenMs: 0 };
        tally.addException({ message: text, traceback: `at ${text}`, nodes: [text], ...times });
      }
    },
  );
  run.start().close(0, part).finish();
  const sorted = [...texts].sort();
  const namesOf = (kind: string, column: string) => tableOfFile(kind).map((row) => row[column]);
  expect(namesOf('stats', 'Name').slice(0, -1).sort()).toEqual(sorted);
  expect(namesOf('failures', 'Error').sort()).toEqual(sorted.map((text) => `error ${text}`).sort());
  expect(namesOf('exceptions', 'Message').sort()).toEqual(sorted);
  expect(namesOf('exceptions', 'Traceback').sort()).toEqual(sorted.map((text) => `at ${text}`).sort());
  expect(namesOf('stats_history', 'Name').sort()).toEqual([...texts, 'Aggregated', 'Aggregated'].sort());
});

test('a folder that cannot be made is an error at the start', () => {
  const reporter = createCsvReporter({ prefix: '/dev/null/results/x', fullHistory: false });
  const run = new SyntheticRun((event, totals) => reporter.onEvent(event, totals));
  expect(() => run.start()).toThrow(/ENOTDIR/);
});
