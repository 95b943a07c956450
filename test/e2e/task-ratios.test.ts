import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunControls, type RunEvent, run } from 'loadwright/node';
import { afterEach, describe, expect, test } from 'vitest';
import type { KindRatio } from '../../src/metrics/task-ratio.js';
import type { ResultDocument } from '../../src/reporters/result/result-schema.js';
import { readPageData } from '../support/read-forms.js';
import { closeServers, startEcho } from '../support/small-servers.js';
import { runCli } from '../support/spawn-cli.js';
import { createTemporaryFolder, writeScenario } from '../support/temporary-folder.js';
import { findSchemaErrors } from '../support/validate-result.js';

/** Every task asks for its own path, so that the target counts them too. */
const SCENARIO = `
import { constant, defineTest, defineUser, sequence } from 'loadwright';
const ask = (path) => async ({ http }) => { await http.get('/' + path); };
const Reader = defineUser({
  weight: 3,
  waitTime: constant(0.005),
  tasks: { 목록: { weight: 3, run: ask('Reader/list') }, 상세: ask('Reader/detail'), never: { weight: 0, run: ask('never') } },
});
const Buyer = defineUser({
  waitTime: constant(0.005),
  tasks: { look: ask('Buyer/look'), buy: sequence([ask('Buyer/cart'), ask('Buyer/pay')]) },
});
export default defineTest({ users: { Reader, Buyer } });
`;
const PATHS: Record<string, string> = {
  'Reader 목록': '/Reader/list',
  'Reader 상세': '/Reader/detail',
  'Reader never': '/never',
  'Buyer look': '/Buyer/look',
  'Buyer buy > task 1': '/Buyer/cart',
  'Buyer buy > task 2': '/Buyer/pay',
};

afterEach(closeServers);

const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);
const leavesOf = (kinds: readonly KindRatio[]) =>
  kinds.flatMap(({ kind, tasks }) => tasks.filter(({ type }) => type === 'task').map((task) => ({ kind, ...task })));

/** How often each task began, and how often the target was asked for its path. */
function compare(kinds: readonly KindRatio[], { requests }: Awaited<ReturnType<typeof startEcho>>) {
  const started = Object.fromEntries(leavesOf(kinds).map(({ kind, task, started }) => [`${kind} ${task}`, started]));
  const asked = Object.fromEntries(
    Object.entries(PATHS).map(([name, path]) => [name, requests.filter(({ url }) => url === path).length]),
  );
  return { started, asked };
}

describe.each([1, 2, 4])('with %i workers', (workers) => {
  test('the JSON counts every task as the target did, and so do all that is made of the recording', async () => {
    const target = await startEcho();
    const folder = createTemporaryFolder();
    const forms = ['--json', 'run.json', '--html', 'run.html'];
    const words = ['run', writeScenario(SCENARIO), '--headless', '--host', target.url, '--workers', String(workers)];
    const load = ['-u', '8', '-r', '100', '--iterations', '600', '--seed', '7', '--record', 'run.ndjson'];
    const { code, stderr } = await runCli([...words, ...load, ...forms], { cwd: folder });
    expect(code, stderr).toBe(0);
    const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as ResultDocument;
    const json = read('run.json');
    expect(findSchemaErrors(json)).toEqual([]);
    const kinds = json.taskRatios!;
    const { started, asked } = compare(kinds, target);
    expect(started).toEqual(asked);
    expect(sum(Object.values(started))).toBe(600);
    expectRatios(kinds);
    expect(readPageData(readFileSync(join(folder, 'run.html'), 'utf8')).taskRatios).toEqual(kinds);

    await runCli(['report', 'run.ndjson', '--json', 'again.json', '--html', 'again.html'], { cwd: folder });
    expect(read('again.json').taskRatios).toEqual(kinds);
    expect(readPageData(readFileSync(join(folder, 'again.html'), 'utf8')).taskRatios).toEqual(kinds);

    const lines = readFileSync(join(folder, 'run.ndjson'), 'utf8').trimEnd().split('\n');
    writeFileSync(join(folder, 'killed.ndjson'), lines.filter((line) => !line.includes('"run-finished"')).join('\n'));
    await runCli(['report', 'killed.ndjson', '--json', 'killed.json'], { cwd: folder });
    expect(read('killed.json').taskRatios).toEqual(kinds);
  });
});

function expectRatios(kinds: readonly KindRatio[]): void {
  const [reader, buyer] = kinds;
  expect(kinds.map(({ kind, wantedShare, shareOf }) => [kind, wantedShare, shareOf])).toEqual([
    ['Reader', 0.75, 'users'],
    ['Buyer', 0.25, 'users'],
  ]);
  expect(reader!.actualShare).toBeGreaterThan(0.6);
  expect(reader!.actualShare! + buyer!.actualShare!).toBeCloseTo(1, 9);
  expect(reader!.tasks.map(({ task, wantedShare }) => [task, wantedShare])).toEqual([
    ['목록', 0.75],
    ['상세', 0.25],
    ['never', 0],
  ]);
  for (const { actualShare, wantedShare, outOf, started } of reader!.tasks) {
    expect(actualShare).toBeCloseTo(started / outOf, 12);
    // Five standard deviations of 300 choices at least.
    expect(Math.abs(actualShare! - wantedShare)).toBeLessThanOrEqual(wantedShare === 0 ? 0 : 0.13);
  }
  const buy = buyer!.tasks[1]!;
  expect(buy).toMatchObject({ task: 'buy', type: 'sequence', wantedShare: 0.5 });
  expect(buyer!.tasks[2]).toMatchObject({ inside: 'buy', shareOf: 'rounds', wantedShare: 1, outOf: buy.started });
  expect(sum(leavesOf(kinds).map(({ actualShareOfAll }) => actualShareOfAll!))).toBeCloseTo(1, 9);
  expect(sum(leavesOf(kinds).map(({ wantedShareOfAll }) => wantedShareOfAll!))).toBeCloseTo(1, 9);
}

test('recordings and results of earlier versions have no ratios, and are read as ever', async () => {
  const target = await startEcho();
  const folder = createTemporaryFolder();
  const script = writeScenario(SCENARIO);
  const load = ['-u', '2', '-r', '100', '--iterations', '20', '--record', 'run.ndjson'];
  await runCli(['run', script, '--headless', '--host', target.url, ...load], { cwd: folder });
  const isNew = (key: string) => key === 'taskRatios' || key === 'taskTree' || key === 'userMs';
  const lines = readFileSync(join(folder, 'run.ndjson'), 'utf8').trimEnd().split('\n');
  const earlier = lines.map((line) => {
    const event = JSON.parse(line, (key, value) => (isNew(key) ? undefined : value));
    if (event.part !== undefined) delete event.part.kinds;
    if (event.result !== undefined) delete event.result.part.kinds;
    return JSON.stringify(event);
  });
  expect(earlier.join('')).not.toMatch(/"(?:taskTree|taskRatios|rounds)"/);
  writeFileSync(join(folder, 'earlier.ndjson'), earlier.join('\n'));
  const forms = ['--json', 'earlier.json', '--html', 'earlier.html'];
  const { code, stderr } = await runCli(['report', 'earlier.ndjson', ...forms], { cwd: folder });
  expect(code, stderr).toBe(0);
  const json = JSON.parse(readFileSync(join(folder, 'earlier.json'), 'utf8')) as ResultDocument;
  expect(json.total.completed).toBe(20);
  expect(json).not.toHaveProperty('taskRatios');
  expect(findSchemaErrors(json)).toEqual([]);
  expect(readPageData(readFileSync(join(folder, 'earlier.html'), 'utf8')).taskRatios).toEqual([]);
});

/** A run from code, changed once it has had a second. */
async function runAndChange(change: (controls: RunControls) => void, isEnough: (event: RunEvent) => boolean) {
  const target = await startEcho();
  const controls = new RunControls();
  const end = new AbortController();
  const events: RunEvent[] = [];
  const result = await run({
    script: writeScenario(SCENARIO),
    host: target.url,
    workers: 2,
    load: { users: 4, spawnRate: 100, runTime: '30s' },
    controls,
    signal: end.signal,
    onEvent: (event) => {
      events.push(event);
      if (event.type === 'interval-closed' && event.interval === 0) change(controls);
      if (isEnough(event)) end.abort();
    },
  });
  return { target, events, result, kinds: result.taskRatios! };
}

test('users that come while the run goes on count, and tasks that the end cut off as well', async () => {
  const { target, result, kinds } = await runAndChange(
    (controls) => controls.setUsers(12),
    (event) => event.type === 'interval-closed' && event.gauges.users.Reader === 9,
  );
  const { started, asked } = compare(kinds, target);
  const { part } = result;
  // What was rehearsed before second 0 is of none of them.
  expect(part.kinds!.map(({ kind }) => kind).sort()).toEqual(['Buyer', 'Reader']);
  expect(sum(Object.values(started))).toBe(part.iterations.count + part.interruptedIterations);
  for (const [name, count] of Object.entries(started)) {
    // A task that was cut off may not have asked yet.
    expect(count - asked[name]!).toBeGreaterThanOrEqual(0);
    expect(count - asked[name]!).toBeLessThanOrEqual(part.interruptedIterations);
  }
});

test('a reset counts anew', async () => {
  let resets = 0;
  const { target, events, kinds } = await runAndChange(
    (controls) => controls.resetStatistics(),
    (event) => event.type === 'interval-closed' && event.interval >= 3,
  );
  let counted: Record<string, number> = {};
  let first = Number.POSITIVE_INFINITY;
  for (const event of events) {
    if (event.type === 'statistics-reset') {
      resets++;
      first = event.firstInterval;
    }
  }
  for (const event of events) {
    if (event.type !== 'interval-closed' && event.type !== 'interval-amended') continue;
    if (event.interval < first) continue;
    for (const { kind, tasks } of event.part.kinds!) {
      for (const { task, started } of tasks) {
        counted = { ...counted, [`${kind} ${task}`]: (counted[`${kind} ${task}`] ?? 0) + started };
      }
    }
  }
  expect(resets).toBe(1);
  const all = kinds.flatMap(({ kind, tasks }) =>
    tasks.map(({ task, started }) => [`${kind} ${task}`, started] as const),
  );
  expect(Object.fromEntries(all.filter(([, started]) => started > 0))).toEqual(counted);
  expect(sum(kinds.map(({ started }) => started))).toBeLessThan(target.requests.length * 0.9);
  expect(kinds[0]!.actualShare).toBeGreaterThan(0.6);
});
