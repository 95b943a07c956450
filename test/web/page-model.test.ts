import { expect, test } from 'vitest';
import { formatPageData } from '../../src/web/format-page-data.js';
import type { PageData } from '../../src/web/page-data.js';
import { PageModel } from '../../src/web/page-model.js';
import { SHOP_NAMES, tellEventfulRun } from '../support/eventful-run.js';
import { createPart, SyntheticRun, verdictOf } from '../support/run-events.js';

function listen(options: { maxColumns?: number } = {}) {
  const model = new PageModel(options);
  const run = new SyntheticRun((event, totals) => model.onEvent(event, totals));
  const read = () => JSON.parse(formatPageData(model.read()!)) as PageData;
  return { model, run, read };
}

const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);

test('the page has the numbers of the result, and its columns add up to them', () => {
  const model = new PageModel();
  const run = tellEventfulRun((event, totals) => model.onEvent(event, totals), { seconds: 60, names: SHOP_NAMES });
  const page = JSON.parse(formatPageData(model.read()!)) as PageData;
  const result = run.events.at(-1)!;
  if (result.type !== 'run-finished') throw new Error('the run did not finish');
  const { total, requests } = result.result;
  expect(page.total).toMatchObject(JSON.parse(JSON.stringify(total)));
  expect(page.rows).toHaveLength(requests.length);
  expect(page.rows[0]).toMatchObject(JSON.parse(JSON.stringify(requests[0])));
  expect(sum(page.columns.completed)).toBe(total.completed);
  expect(sum(page.columns.failures)).toBe(total.failures);
  expect(total.failures).toBeGreaterThan(0);
  expect(sum(page.columns.statuses.flatMap(({ counts }) => counts))).toBe(total.completed);
  for (const [index, row] of page.rows.entries()) {
    expect(sum(page.names.names[index]!.completed)).toBe(row.completed);
    expect(sum(row.distribution!.counts)).toBe(row.completed);
  }
  const inHeatmap = page.heatmap.columns.map((cells) => sum(cells.filter((_, at) => at % 2 === 1)));
  expect(inHeatmap).toEqual(page.columns.completed);
  expect(page.columns.second).toHaveLength(60);
  expect(page.verdict).toEqual({ state: 'failed', text: expect.stringContaining('1 of 3 thresholds failed') });
});

test('percentiles of a column that was merged are those of all its requests', () => {
  const { run, read } = listen({ maxColumns: 4 });
  run.start();
  for (let second = 0; second < 8; second++) run.close(second, [{ name: 'a', ms: second < 4 ? 10 : 90, times: 5 }]);
  run.finish();
  const { columns } = read();
  expect(columns.seconds).toEqual([2, 2, 2, 2]);
  expect(columns.completed).toEqual([10, 10, 10, 10]);
  expect(columns.p50.map((ms) => Math.round(ms!))).toEqual([10, 10, 90, 90]);
});

test('the last column is as long as the run was', () => {
  const { run, read } = listen({ maxColumns: 4 });
  run.start();
  for (let second = 0; second < 7; second++) run.close(second, [{ name: 'a' }]);
  run.finish();
  const { columns, names } = read();
  expect(columns.seconds).toEqual([2, 2, 2, 1]);
  expect(names.seconds).toEqual([1, 1, 1, 1, 1, 1, 1]);
});

test('what a worker told late is in the second it belongs to', () => {
  const { run, read } = listen();
  run
    .start()
    .close(0, [{ name: 'a', times: 2 }])
    .close(1, [])
    .amend(0, [{ name: 'a', times: 3 }])
    .finish();
  expect(read().columns.completed).toEqual([5, 0]);
});

test('response and service times are apart where they differ, and only then', () => {
  const { run, read } = listen();
  run.start().close(0, [{ name: 'a', ms: 20 }]);
  expect(read().columns.serviceP50).toBeUndefined();
  run.close(1, [{ name: 'a', ms: 20, lagMs: 40 }]).finish();
  const { columns } = read();
  expect(columns.p50.map((ms) => Math.round(ms!))).toEqual([20, 60]);
  expect(columns.serviceP50!.map((ms) => Math.round(ms!))).toEqual([20, 20]);
});

test('while a run goes on the page has what there is of it', () => {
  const { model, run, read } = listen();
  expect(model.read()).toBeUndefined();
  run.start().close(0, [{ name: '상품', times: 4 }], {}, { thresholds: [verdictOf('http_req_failed', 'rate<0.1')] });
  const page = read();
  expect(page.verdict.state).toBe('running');
  expect(page.total.completed).toBe(4);
  expect(page.rows.map(({ name }) => name)).toEqual(['상품']);
  expect(page.thresholds).toHaveLength(1);
});

test('a reset, a lost worker and an early end are marked in time', () => {
  const { run, read } = listen();
  run
    .start()
    .close(0, [{ name: 'a' }])
    .close(1, [{ name: 'a' }])
    .reset(1)
    .tell({ type: 'worker-lost', share: 1, reason: 'it was too much' })
    .tell({ type: 'run-stopping', atMs: 2000, cause: { by: 'signal', signal: 'SIGINT', reason: 'Ctrl-C' } })
    .finish();
  const { marks, run: about } = read();
  expect(marks.map(({ second, kind }) => [second, kind])).toEqual([
    [1, 'notice'],
    [2, 'bad'],
    [2, 'notice'],
  ]);
  expect(about.countedFromSecond).toBe(1);
});

test('hundreds of names have fewer and wider columns than all together', () => {
  const { run, read } = listen();
  run.start();
  const names = Array.from({ length: 500 }, (_, index) => ({ name: `endpoint ${index}` }));
  const part = createPart(0, names);
  for (let second = 0; second < 300; second++) run.close(second, part);
  run.finish();
  const page = read();
  expect(page.columns.second).toHaveLength(300);
  expect(page.names.seconds[0]).toBe(4);
  expect(page.names.names).toHaveLength(500);
  expect(sum(page.names.names[499]!.completed)).toBe(300);
});
