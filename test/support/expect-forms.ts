import { expect } from 'vitest';
import type { ResultDocument, ResultMeasure, ResultRow } from '../../src/reporters/result/result-schema.js';
import type { PageData } from '../../src/web/page-data.js';
import type { GoldenRun, ToldTiming } from './golden-run.js';
import { expectAllStated, expectStated, readFiguresBehind, readSection } from './read-forms.js';

export const PERCENTILES = ['50', '66', '75', '80', '90', '95', '98', '99', '99.9', '99.99', '100'] as const;

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}

export function percentilesOf({ percentiles }: Pick<ResultDocument['total'], 'percentiles'>): (number | undefined)[] {
  return PERCENTILES.map((percentile) => percentiles[percentile]);
}

export function labelOf({ method, name }: { method: string; name: string }): string {
  return `${method} ${name}`.trim();
}

export function measureOf(json: ResultDocument, key: string): ResultMeasure {
  return json.metrics.find((measure) => measure.key === key)!;
}

/** What a target said in all, in whole numbers, or nothing. */
export function expectServerTiming({ serverTiming, name }: ResultRow, told: ToldTiming | undefined): void {
  const [db, cache] = ['db', 'cache'].map((entry) => serverTiming?.find((one) => one.entry === entry));
  expect(db?.count, name).toBe(told?.responses);
  if (told === undefined) return;
  expect([db!.totalMs, db!.timed, db!.countShare], name).toEqual([told.dbMs, told.responses, 1]);
  expect(db!.meanNumber! * db!.numbered, name).toBeCloseTo(told.queries, 6);
  expect(sum(db!.durations.filter((_, index) => index % 2 === 1)), name).toBe(told.responses);
  expect(cache!.descriptions.find(({ description }) => description === 'hit')!.count, name).toBe(told.hits);
  expect(cache!.timed, name).toBe(0);
}

/** Every task that began is in the JSON: each of them asks for a list. */
export function expectTasks(json: ResultDocument, counted: GoldenRun['counted']): void {
  const started = json.taskRatios!.map(({ kind, tasks }) => [kind, tasks.map((task) => task.started)]);
  const looked = 150 - json.droppedIterations;
  expect(started).toEqual([
    ['Shopper', [180]],
    ['Visitor', [looked]],
  ]);
  expect(sum(Object.values(counted.get('GET /list')!))).toBe(180 + looked);
  // Users of the one loop, iterations of the other start at a rate: those are no shares of one thing.
  for (const kind of json.taskRatios!) expect(kind).not.toHaveProperty('shareOf');
}

/** What the page was given is what the JSON says. */
export function expectPage(page: PageData, json: ResultDocument): void {
  const rows = [...json.requests, json.total];
  for (const [index, { durations, service, serverTiming, ...row }] of rows.entries()) {
    expect([...page.rows, page.total][index]).toMatchObject(row);
    expect([...page.rows, page.total][index]!.serverTiming).toEqual(
      serverTiming?.map(({ durations, ...timing }) => timing),
    );
    if (service === undefined) continue;
    const { durations: _, ...times } = service;
    expect([...page.rows, page.total][index]!.service).toEqual(times);
  }
  expectColumns(page, json);
  expect(page.run).toMatchObject({ durationMs: json.durationMs, seed: 11, iterations: json.iterations.count });
  expect(page.generator).toMatchObject(json.generator);
  expect(page.exceptions).toEqual(json.exceptions);
  expect(page.taskRatios).toEqual(json.taskRatios);
  expect(page.checks).toEqual(expect.arrayContaining(json.checks.map(({ passedShare, ...check }) => check)));
  expect(page.groups).toEqual(json.groups.map(({ durations, ...group }) => group));
  for (const { metric, labels, count } of page.metrics) expect(count).toBe(measureOf(json, metric + labels).count);
  expectThresholds(
    json,
    page.thresholds.map(({ text, value }) => [text, value]),
  );
}

function expectColumns({ columns, names }: PageData, json: ResultDocument): void {
  const { points, series, byName } = json.timeline;
  for (const key of ['second', 'completed', 'failures', 'users', 'plannedUsers', 'inFlight', 'iterations'] as const) {
    expect(columns[key], key).toEqual(points.map((point) => point[key]));
  }
  for (const key of ['bytesReceived', 'bytesSent', 'exceptions', 'droppedIterations', 'missedStarts'] as const) {
    expect(columns[key], key).toEqual(points.map((point) => point[key]));
  }
  const round = (ms: number | undefined) => (ms === undefined ? null : Number(ms.toPrecision(4)));
  for (const percentile of ['50', '95', '99'] as const) {
    expect(columns[`p${percentile}`]).toEqual(points.map((point) => round(point.percentiles[percentile])));
  }
  expect(columns.max).toEqual(points.map(({ maxMs }) => round(maxMs)));
  for (const { status, counts } of columns.statuses) {
    expect(counts, status).toEqual(points.map(({ statuses }) => statuses[status] ?? 0));
  }
  for (const [index, row] of json.requests.entries()) {
    const place = series.findIndex((one) => labelOf(one) === labelOf(row));
    const own = points.map(({ second }) =>
      byName.points.find((point) => point.second === second)?.names.find(([at]) => at === place),
    );
    expect(names.names[index]!.completed).toEqual(own.map((name) => name?.[1] ?? 0));
    expect(names.names[index]!.failures).toEqual(own.map((name) => name?.[2] ?? 0));
  }
}

/** What the report on the terminal says of requests is what the JSON says. */
export function expectRequests(report: string, json: ResultDocument): void {
  const { total } = json;
  const rows = [...json.requests, total];
  const requests = readSection(report, 'Requests (times in ms)');
  const percentiles = readSection(report, 'Response time percentiles (ms), from the intended start');
  const service = readSection(report, 'Service time percentiles (ms)');
  for (const row of rows) {
    const { completed, failures, failedShare, requestsPerSecond, failuresPerSecond } = row;
    const times = [row.meanMs, row.minMs, row.maxMs, row.medianMs];
    const label = row.method === '' ? row.name : `${row.name} `;
    const figures = [completed, failures, failedShare * 100, ...times, requestsPerSecond, failuresPerSecond];
    expectAllStated(readFiguresBehind(requests, label), figures, row.name);
    expectAllStated(readFiguresBehind(percentiles, label), [...percentilesOf(row), completed], row.name);
    expectAllStated(readFiguresBehind(service, label), [...percentilesOf(row.service ?? row), completed], row.name);
  }
  const [headline] = report.split('\n').filter((line) => /^[\d,]+ requests · /.test(line));
  expectAllStated(
    headline!.match(/(?<![p\d])\d[\d,.]*/g)!,
    [total.completed, total.requestsPerSecond, ...['50', '95', '99'].map((p) => total.percentiles[p as '50'])],
    headline!,
  );
  for (const { name, errors } of json.requests) {
    for (const { error, count } of errors)
      expect(report).toMatch(new RegExp(`^${count} +\\w+ ${name}: ${error}$`, 'm'));
  }
}

/** The same of all else it counted. */
export function expectCounted(report: string, json: ResultDocument): void {
  for (const { name, passes, failures, passedShare } of json.checks) {
    const figures = readFiguresBehind(readSection(report, 'Checks'), name);
    expect(figures).toEqual([String(passes), String(failures), (Math.floor(passedShare * 1e4) / 100).toFixed(2)]);
  }
  const [group] = json.groups;
  const groupTimes = [group!.meanMs, group!.minMs, group!.maxMs, group!.medianMs, group!.percentiles['95']];
  expectAllStated(
    readFiguresBehind(readSection(report, 'Groups (ms)'), group!.name),
    [group!.count, ...groupTimes],
    'group',
  );
  const metrics = readSection(report, 'Metrics');
  for (const key of ['reserved_units', 'reserved_units{outcome:kept}', 'reserved_units{outcome:told}']) {
    const { sum: units, perSecond } = measureOf(json, key);
    const name = key.includes('{') ? key.slice(key.indexOf('{')) : key;
    expectAllStated(readFiguresBehind(metrics, name), [units, perSecond], key);
  }
  const [found, price] = [measureOf(json, 'found'), measureOf(json, 'price')];
  expectAllStated(readFiguresBehind(metrics, 'found'), [found.value! * 100, found.sum, found.count], 'found');
  const [, mean, , high, most] = /avg (\S+) ( )95% (\S+) +max (\S+)/.exec(metrics.join('\n'))!;
  expectAllStated([mean, high, most], [price.sum / price.count, price.percentiles!['95'], price.maximum], 'price');
  expect(report).toContain(`${json.exceptions[0]!.count} × ${json.exceptions[0]!.message}`);
  expect(report).toMatch(new RegExp(`^iterations +${json.iterations.count}, `, 'm'));
  expect(report).toContain(`\nGenerator: ${json.generator.verdict}\n`);
  expectThresholds(
    json,
    readSection(report, 'Thresholds').map((line) => /^[✓✗] (.+?) {2,}(.+)$/.exec(line)!.slice(1)),
  );
}

/** What a form says of thresholds: what was judged, and what was measured, where it says that. */
export function expectThresholds(json: ResultDocument, stated: readonly (string | undefined)[][]): void {
  expect(stated).toHaveLength(json.thresholds.length);
  for (const [index, [text, value]] of stated.entries()) expectThreshold(json.thresholds[index]!, text, value);
}

export function expectThreshold(verdict: ResultDocument['thresholds'][number], text?: string, value?: string): void {
  expect(text?.trim()).toBe(`${verdict.key} ${verdict.expression}`);
  if (value === undefined) return;
  const [number, unit] = value.split(' ');
  expectStated(number, unit === '%' ? verdict.value! * 100 : verdict.value, text!);
}
