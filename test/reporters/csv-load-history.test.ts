import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Tally } from '../../src/metrics/tally.js';
import { createCsvReporter } from '../../src/reporters/csv.js';
import { CORRECTED_SECONDS } from '../../src/reporters/csv-history.js';
import { parseCsvTable } from '../support/parse-csv.js';
import { createPart, STARTED_AT_SECONDS, SyntheticRun } from '../support/run-events.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loadwright-load-history-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function connect() {
  const reporter = createCsvReporter({ prefix: join(folder, 'a'), fullHistory: false });
  const run = new SyntheticRun((event, totals) => reporter.onEvent(event, totals));
  return { run, finish: () => void reporter.finish?.() };
}

const readText = () => readFileSync(join(folder, 'a_load_history.csv'), 'utf8');
const readRows = () => parseCsvTable(readText());
const column = (name: string) => readRows().map((row) => Number(row[name]));

/** So many iterations, each started a millisecond later than the one before. */
const iterating = (count: number) => (tally: Tally) => {
  for (let lagMs = 1; lagMs <= count; lagMs++) {
    tally.addIteration(20);
    tally.addStartLag(lagMs);
  }
};

test('a row a second, of what that second was by itself', () => {
  const { run } = connect();
  const troubled = (tally: Tally) => {
    iterating(100)(tally);
    tally.addDropped(4);
    tally.addMissed([10, 20]);
    tally.addInterrupted();
  };
  run.start();
  expect(readText()).toBe(
    'Timestamp,User Count,Planned Users,Paused,Iterations,Dropped Iterations,Missed Starts,Start Lag Median,' +
      'Start Lag 99%,Start Lag Max,In Flight,Oldest In Flight,Response Time 95%,Service Time 95%,' +
      'Generator Utilisation,Interrupted Iterations\r\n',
  );
  const gauges = { inFlight: 3, oldestInFlightMs: 1234.5, eventLoopUtilisation: 0.256 };
  run.close(0, createPart(0, [{ name: 'a', ms: 10, lagMs: 20, times: 10 }], troubled), gauges);
  run.close(1, [], { users: { A: 2, B: 3 }, inFlight: 0, oldestInFlightMs: 0 }, { isPaused: true, plannedUsers: 7 });
  const [first, second] = readRows();
  expect(first).toEqual({
    Timestamp: String(STARTED_AT_SECONDS + 1),
    'User Count': '10',
    'Planned Users': '100',
    Paused: 'false',
    Iterations: '100',
    'Dropped Iterations': '4',
    'Missed Starts': '2',
    'Start Lag Median': expect.stringMatching(/^(50|50\.0\d|49\.9\d)\d*$/),
    'Start Lag 99%': expect.stringMatching(/^(99|99\.0\d|98\.9\d)\d*$/),
    'Start Lag Max': '100',
    'In Flight': '3',
    'Oldest In Flight': '1234.5',
    'Response Time 95%': expect.stringMatching(/^(30|30\.0\d|29\.9\d)\d*$/),
    'Service Time 95%': expect.stringMatching(/^(10|10\.0\d|9\.9\d)\d*$/),
    'Generator Utilisation': '0.256',
    'Interrupted Iterations': '1',
  });
  expect(second).toEqual({
    Timestamp: String(STARTED_AT_SECONDS + 2),
    'User Count': '5',
    'Planned Users': '7',
    Paused: 'true',
    Iterations: '0',
    'Dropped Iterations': '0',
    'Missed Starts': '0',
    'Start Lag Median': 'N/A',
    'Start Lag 99%': 'N/A',
    'Start Lag Max': 'N/A',
    'In Flight': '0',
    'Oldest In Flight': 'N/A',
    'Response Time 95%': 'N/A',
    'Service Time 95%': 'N/A',
    'Generator Utilisation': '0.2',
    'Interrupted Iterations': '0',
  });
});

test('without a late start, service times are the response times', () => {
  const { run } = connect();
  run.start().close(0, [{ name: 'a', ms: 10 }]);
  const [row] = readRows();
  expect(row!['Service Time 95%']).toBe(row!['Response Time 95%']);
  expect(row!['Service Time 95%']).not.toBe('N/A');
});

test('what comes late is added to its second, and no row is lost', () => {
  const { run } = connect();
  run.start();
  for (let interval = 0; interval < 6; interval++) run.close(interval, createPart(interval, [], iterating(10)));
  run.amend(2, createPart(2, [{ name: 'a', ms: 900 }], iterating(50))).amend(2, createPart(2, [], iterating(3)));
  run.close(6, createPart(6, [], iterating(10)));
  expect(column('Iterations')).toEqual([10, 10, 63, 10, 10, 10, 10]);
  expect(readRows()[2]).toMatchObject({ 'Start Lag Max': '50', 'User Count': '10' });
  expect(column('Response Time 95%')[2]).toBeCloseTo(900, 0);
  run.amend(6, createPart(6, [], iterating(1))).finish();
  expect(column('Iterations')).toEqual([10, 10, 63, 10, 10, 10, 11]);
  expect(column('Timestamp')).toEqual(Array.from({ length: 7 }, (_, second) => STARTED_AT_SECONDS + second + 1));
});

test('rows that move when one before them grows are found again', () => {
  const { run } = connect();
  run.start();
  for (let interval = 0; interval < 5; interval++) run.close(interval, []);
  run.amend(1, createPart(1, [{ name: 'a', ms: 12.345 }], iterating(1000))).close(5, []);
  run
    .amend(3, createPart(3, [], iterating(7)))
    .close(6, [])
    .finish();
  expect(column('Iterations')).toEqual([0, 1000, 0, 7, 0, 0, 0]);
});

test('however late something comes, the rows add up to what was counted', () => {
  const { run } = connect();
  const seconds = CORRECTED_SECONDS * 2;
  run.start();
  for (let interval = 0; interval < seconds; interval++) run.close(interval, createPart(interval, [], iterating(1)));
  run.amend(3, createPart(3, [], iterating(7)));
  run.amend(seconds, createPart(seconds, [], iterating(2))).close(seconds, createPart(seconds, [], iterating(1)));
  run.amend(seconds + 5, createPart(seconds + 5, [], iterating(4))).finish();
  const rows = column('Iterations');
  expect(rows).toHaveLength(seconds + 1);
  expect(rows[3]).toBe(1);
  expect(rows[seconds - CORRECTED_SECONDS]).toBe(8);
  expect(rows.at(-1)).toBe(7);
  expect(rows.reduce((sum, count) => sum + count, 0)).toBe(run.totals.read().iterations.count);
});

test('--reset-stats takes no row away, and a run that crashes leaves what it had', () => {
  const { run, finish } = connect();
  run.start();
  for (let interval = 0; interval < 3; interval++) run.close(interval, createPart(interval, [], iterating(5)));
  run.reset(2).close(3, createPart(3, [], iterating(6)));
  finish();
  expect(column('Iterations')).toEqual([5, 5, 5, 6]);
});
