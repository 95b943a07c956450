import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ResultDocument, ResultRow } from '../../src/reporters/result/result-schema.js';
import type { RunEvent } from '../../src/runtime/protocol.js';
import {
  expectCounted,
  expectPage,
  expectRequests,
  expectServerTiming,
  expectTasks,
  expectThreshold,
  expectThresholds,
  labelOf,
  measureOf,
  PERCENTILES,
  percentilesOf,
  sum,
} from '../support/expect-forms.js';
import { FORMS, type GoldenRun, runGolden } from '../support/golden-run.js';
import { parseCsvTable } from '../support/parse-csv.js';
import { parseXml } from '../support/parse-xml.js';
import {
  addBuckets,
  expectAllStated,
  expectStated,
  readMarkdownRows,
  readPageData,
  readPercentile,
  unescapeMarkdown,
} from '../support/read-forms.js';
import { closeServers } from '../support/small-servers.js';
import { runCli } from '../support/spawn-cli.js';
import { findSchemaErrors } from '../support/validate-result.js';

/** Each name with what is behind it at the target. */
const PATHS = { 'look | around': '/list', '상품 목록': '/list', '재고 확인': '/stock', 주문: '/order' };

const listWritten = (stdout: string) => [...stdout.matchAll(/^Wrote (.*)$/gm)].map(([, file]) => file).sort();

const folder = mkdtempSync(join(tmpdir(), 'loadwright-golden-'));
let run: GoldenRun;
let json: ResultDocument;
let rows: ResultRow[];
beforeAll(async () => {
  run = await runGolden(folder);
  json = JSON.parse(run.read('run.json')) as ResultDocument;
  rows = [...json.requests, json.total];
});
afterAll(async () => {
  await closeServers();
  rmSync(folder, { recursive: true, force: true });
});

describe('one run, in every form', () => {
  test('had something of everything, and its JSON is as the schema says', () => {
    expect(run.command.code, run.command.stderr).toBe(99);
    expect(findSchemaErrors(json)).toEqual([]);
    expect(json.requests.map(({ name }) => name)).toEqual(Object.keys(PATHS));
    for (const { failures } of [json.requests[2]!, json.requests[3]!]) expect(failures).toBeGreaterThan(10);
    expect(json.thresholds.map(({ state }) => state)).toContain('failed');
    expect(json.thresholds.map(({ state }) => state)).toContain('passed');
    expect(json.checks.map(({ failures }) => failures > 0)).toEqual(expect.arrayContaining([true, false]));
    expect(json.total.service).toBeDefined();
    expect(json.exceptions[0]!.nodes).toEqual(['worker-0', 'worker-1']);
  });

  test('its last lines name every file that was written, and no other', () => {
    const given = ['scenario.ts', 'summary.md', 'again', 'run.log'];
    expect(listWritten(run.command.stdout)).toEqual(
      [...readdirSync(folder).filter((file) => !given.includes(file)), 'run.log'].sort(),
    );
    expect(run.command.stdout.trimEnd().split('\n').at(-1)).toMatch(/^Wrote /);
  });

  test('the JSON counts what the target counted', () => {
    expect(json.total.interrupted).toBe(0);
    expectTasks(json, run.counted);
    for (const row of rows) expect(row.begun).toBe(row.completed);
    expect(run.counted.size).toBe(3);
    for (const [line, statuses] of run.counted) {
      const those = json.requests.filter(
        ({ method, name }) => line === `${method} ${PATHS[name as keyof typeof PATHS]}`,
      );
      for (const status of ['200', '503']) {
        expect(sum(those.map((row) => row.statuses[status] ?? 0)), `${line} ${status}`).toBe(statuses[status] ?? 0);
      }
    }
    expect(json.total.completed).toBe(sum([...run.counted.values()].flatMap((statuses) => Object.values(statuses))));
    const [, , stock, order] = json.requests;
    expect(stock!.failures).toBe(run.counted.get('GET /stock')![503]);
    expect(order!.failures).toBe(order!.completed / 5);
    expect(json.checks.find(({ name }) => name === 'is even')).toMatchObject({ passes: 138, failures: 42 });
    expect(measureOf(json, 'reserved_units').sum).toBe(180);
  });

  test('the Server-Timing of the JSON is what the target said, and each name has its slowest', () => {
    for (const row of json.requests) {
      expectServerTiming(row, run.told.get(`${row.method} ${PATHS[row.name as keyof typeof PATHS]}`));
    }
    expect(json.requests.map(({ slowest }) => slowest?.length)).toEqual([5, 5, 5, 5]);
    const slowest = json.requests.flatMap((row) => row.slowest!);
    expect(new Set(slowest.map(({ traceId }) => traceId)).size).toBe(20);
  });

  test('rates, shares and percentiles of the JSON follow from its counts and distributions', () => {
    for (const row of rows) {
      expect(row.requestsPerSecond).toBeCloseTo((row.completed * 1000) / json.durationMs, 9);
      expect(row.failuresPerSecond).toBeCloseTo((row.failures * 1000) / json.durationMs, 9);
      expect(row.failedShare).toBeCloseTo(row.failures / row.completed, 12);
      for (const times of [row, row.service ?? row]) {
        const inside = (ms: number) => Math.min(Math.max(ms, times.minMs!), times.maxMs!);
        const own = PERCENTILES.slice(0, -1).map((percentile) =>
          inside(readPercentile(times.durations, Number(percentile))),
        );
        for (const [index, ms] of own.entries()) expect(percentilesOf(times)[index]).toBeCloseTo(ms, 9);
        expect(times.percentiles['100']).toBe(times.maxMs);
      }
    }
    expect(json.total.durations).toEqual(addBuckets(json.requests.map(({ durations }) => durations)));
  });

  test('the recording adds up to the JSON', () => {
    const events = run.read('run.ndjson').trimEnd().split('\n').slice(1);
    const parts = events
      .map((line) => JSON.parse(line) as RunEvent)
      .flatMap((event) => (event.type === 'interval-closed' || event.type === 'interval-amended' ? [event.part] : []));
    for (const row of json.requests) {
      const own = parts.flatMap(({ series }) => series.filter((one) => labelOf(one) === labelOf(row)));
      expect(sum(own.map(({ completed }) => completed))).toBe(row.completed);
      expect(sum(own.map(({ failures }) => failures))).toBe(row.failures);
      expect(sum(own.map(({ bytesReceived }) => bytesReceived))).toBe(row.bytesReceived);
      expect(sum(own.map(({ totalMs }) => totalMs)) / row.completed).toBeCloseTo(row.meanMs!, 6);
      expect(addBuckets(own.map(({ durations }) => durations))).toEqual(row.durations);
    }
    expect(sum(parts.map(({ iterations }) => iterations.count))).toBe(json.iterations.count);
    expect(sum(parts.map(({ droppedIterations }) => droppedIterations))).toBe(json.droppedIterations);
    for (const { name, passes, failures } of json.checks) {
      const own = parts.flatMap(({ checks }) => checks.filter((check) => check.name === name));
      expect([sum(own.map((check) => check.passes)), sum(own.map((check) => check.failures))]).toEqual([
        passes,
        failures,
      ]);
    }
  });

  test('every other form comes from the recording, to the byte', async () => {
    const again = join(folder, 'again');
    mkdirSync(again);
    const { stdout, stderr } = await runCli(['report', '../run.ndjson', ...FORMS, '--csv-full-history'], {
      cwd: again,
    });
    expect(stderr).toBe('');
    expect(listWritten(stdout)).toEqual(readdirSync(again).sort());
    const csv = ['stats', 'stats_history', 'load_history', 'failures', 'exceptions'].map((kind) => `run_${kind}.csv`);
    for (const file of ['run.json', 'run.html', 'junit.xml', ...csv]) {
      expect(run.read(join('again', file)), file).toBe(run.read(file));
    }
    const shown = await runCli(['report', 'run.ndjson'], { cwd: folder });
    // The annotations for GitHub stand in between.
    const without = run.command.stdout.replaceAll(/^::.*\n/gm, '');
    expect(without.startsWith(shown.stdout.trimEnd())).toBe(true);
  });

  test('the CSV files', () => {
    const read = (kind: string) => parseCsvTable(run.read(`run_${kind}.csv`));
    const stats = read('stats');
    expect(stats.map(({ Name }) => Name)).toEqual(rows.map(({ name }) => name));
    for (const [index, row] of rows.entries()) {
      const line = stats[index]!;
      const { completed, failures, requestsPerSecond, failuresPerSecond, meanBytesReceived } = row;
      const own = [row.medianMs, row.meanMs, row.minMs, row.maxMs];
      expect([line['Request Count'], line['Failure Count']]).toEqual([String(completed), String(failures)]);
      expectAllStated([line['Requests/s'], line['Failures/s']], [requestsPerSecond, failuresPerSecond], row.name);
      expectStated(line['Average Content Size'], meanBytesReceived, row.name);
      const times = ['Median', 'Average', 'Min', 'Max'].map((which) => line[`${which} Response Time`]);
      expectAllStated(times, own, row.name);
      const percentiles = PERCENTILES.map((percentile) => line[`${percentile}%`]);
      expectAllStated(percentiles, percentilesOf(row), row.name);
    }
    const errors = json.requests.flatMap((row) => row.errors.map((error) => ({ ...error, name: row.name })));
    const at = (ms: number) => new Date(Date.parse(json.startedAt) + ms).toISOString();
    expect(
      read('failures').map((line) => [
        line.Name,
        line.Error,
        Number(line.Occurrences),
        line['First Seen'],
        line['Last Seen'],
      ]),
    ).toEqual(errors.map((one) => [one.name, one.error, one.count, at(one.firstSeenMs), at(one.lastSeenMs)]));
    expect(read('exceptions').map(({ Count, Message }) => [Number(Count), Message])).toEqual(
      json.exceptions.map(({ count, message }) => [count, message]),
    );
  });

  test('the CSV files over time', () => {
    const startedAt = Math.floor(Date.parse(json.startedAt) / 1000);
    const history = parseCsvTable(run.read('run_stats_history.csv'));
    const load = parseCsvTable(run.read('run_load_history.csv'));
    const { points, series, byName } = json.timeline;
    expect(byName.secondsPerPoint).toBe(1);
    expect(load).toHaveLength(points.length);
    for (const [index, point] of points.entries()) {
      const second = point.second + 1;
      const lines = history.filter(({ Timestamp }) => Timestamp === String(startedAt + second));
      const past = points.slice(0, index + 1);
      const window = points.slice(Math.max(0, index - 9), index + 1);
      const all = lines.find(({ Name }) => Name === 'Aggregated')!;
      expect(Number(all['Total Request Count'])).toBe(sum(past.map(({ completed }) => completed)));
      expect(Number(all['Total Failure Count'])).toBe(sum(past.map(({ failures }) => failures)));
      expectStated(
        all['Requests/s'],
        sum(window.map(({ completed }) => completed)) / window.length,
        `second ${second}`,
      );
      const high = readPercentile(addBuckets(window.map(({ durations }) => durations)), 95);
      expectStated(all['95%'], Math.min(high, Math.max(...window.map(({ maxMs }) => maxMs ?? 0))), `second ${second}`);
      for (const [place, { name }] of series.entries()) {
        const done = byName.points
          .filter((one) => one.second <= point.second)
          .flatMap(({ names }) => names.filter(([own]) => own === place).map(([, completed]) => completed));
        const line = lines.find(({ Name }) => Name === name);
        expect(Number(line?.['Total Request Count'] ?? 0), name).toBe(sum(done));
      }
      const own = load[index]!;
      const counted = [
        own['User Count'],
        own['Planned Users'],
        own.Iterations,
        own['Dropped Iterations'],
        own['In Flight'],
      ];
      const { users, plannedUsers, iterations, droppedIterations, inFlight } = point;
      expect(counted.map(Number)).toEqual([users, plannedUsers, iterations, droppedIterations, inFlight]);
      expectStated(own['Response Time 95%'], point.percentiles['95'], `second ${second}`);
      expectStated(own['Start Lag Max'], point.startLagMaxMs, `second ${second}`);
    }
  });

  test('the page', () => expectPage(readPageData(run.read('run.html')), json));

  test('the report on the terminal', () => {
    expectRequests(run.command.stdout, json);
    expectCounted(run.command.stdout, json);
  });

  test('JUnit', () => {
    const root = parseXml(run.read('junit.xml'));
    const suite = (name: string) => root.children.find(({ attributes }) => attributes.name === name)!;
    const messageOf = ({ children: [failure] }: (typeof root.children)[number]) => failure?.attributes.message;
    expect(root.attributes.time).toBe((json.durationMs / 1000).toFixed(3));
    const cases = suite('thresholds').children;
    expect(cases.map((one) => messageOf(one) !== undefined)).toEqual(
      json.thresholds.map(({ state }) => state === 'failed'),
    );
    expectThresholds(
      json,
      cases.map((one) => [one.attributes.name!, messageOf(one)?.split(': ').at(-1)]),
    );
    for (const one of suite('checks').children) {
      const { passes, failures } = json.checks.find(({ name }) => name === one.attributes.name)!;
      const figures = messageOf(one)?.match(/[\d.]+/g) ?? [];
      if (failures === 0) expect(figures).toEqual([]);
      else expectAllStated(figures, [failures, passes + failures, (failures * 100) / (passes + failures)], 'check');
    }
    expect(suite('checks').children).toHaveLength(json.checks.length);
    const exceptions = `${sum(json.exceptions.map(({ count }) => count))} exceptions thrown by tasks`;
    expect(suite('loads').children.map(messageOf)).toEqual([exceptions, exceptions]);
  });

  test('the summary and the annotations on GitHub', () => {
    const summary = run.read('summary.md');
    const requests = readMarkdownRows(summary, 'Requests');
    expect(requests.map(([name]) => name)).toEqual(rows.map(labelOf));
    for (const [index, row] of rows.entries()) {
      const [, count, fails, ...figures] = requests[index]!;
      expect([count, /^\d+/.exec(fails!)![0]]).toEqual([String(row.completed), String(row.failures)]);
      const { 50: median, 95: high, 99: higher } = row.percentiles;
      expectAllStated(figures, [row.meanMs, median, high, higher, row.maxMs, row.requestsPerSecond], row.name);
    }
    expectThresholds(
      json,
      readMarkdownRows(summary, 'Thresholds').map(([text, value]) => [text!.slice(2), value]),
    );
    const errors = json.requests.flatMap((row) =>
      row.errors.map(({ error, count }) => [`${labelOf(row)}: ${error}`, count]),
    );
    const stated = readMarkdownRows(summary, 'Errors').map(([error, count]) => [error, Number(count)]);
    expect(stated).toEqual(errors.sort(([, a], [, b]) => Number(b) - Number(a)));
    const annotations = [...run.command.stdout.matchAll(/^::error title=Threshold failed::(.*): (.*)$/gm)];
    const failed = json.thresholds.filter(({ state }) => state === 'failed');
    expect(annotations).toHaveLength(failed.length);
    for (const [index, [, text, value]] of annotations.entries()) {
      expectThreshold(failed[index]!, text, value!.replace('%25', '%'));
    }
    expect(unescapeMarkdown(summary)).toContain(`Generator: ${json.generator.verdict}`);
  });
});
