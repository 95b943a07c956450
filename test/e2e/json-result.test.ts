import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ResultDocument } from '../../src/reporters/result/result-schema.js';
import { runCli } from '../support/spawn-cli.js';
import { type ServerProcess, startServer } from '../support/spawn-server.js';
import { createTemporaryFolder, writeScenario } from '../support/temporary-folder.js';
import { findSchemaErrors } from '../support/validate-result.js';

const SCENARIO = `
import { constant, counter, defineTest, defineUser } from 'loadwright';
const read = counter('pages_read');
const tasks = { async go({ http, check, group, record }) {
  await group('장바구니', async () => { await http.get('/', { name: '목록' }); });
  const response = await http.get('/detail', { expect: () => 'no stock' });
  check(response, { 'has stock': () => true });
  record(read, 2);
} };
const Visitor = defineUser({ waitTime: constant(0.05), tasks });
const Broken = defineUser({ waitTime: constant(0.3), tasks: { fail() { throw new Error('no id'); } } });
const load = { executor: 'constant-vus', vus: 2, duration: '2s' };
export default defineTest({
  users: { Visitor, Broken },
  loads: {
    browse: { ...load, exec: 'Visitor' },
    arrive: { executor: 'constant-arrival-rate', rate: 20, timeUnit: '1s', duration: '2s', preAllocatedVUs: 4, exec: 'Visitor' },
    fail: { ...load, exec: 'Broken' },
  },
  verify: async (result, data, { http }) => { await http.get('/verified'); },
  thresholds: { http_req_failed: ['rate<0.9'], 'http_req_duration{name:목록}': ['p(95)<5000'] },
});
`;
const SECRET = 'hunter2-and-more';

let server: ServerProcess;
beforeAll(async () => {
  server = await startServer('arrivals');
});
afterAll(() => server.stop());

function runScenario(forms: readonly string[], cwd: string) {
  const run = ['run', writeScenario(SCENARIO), '--headless', '--host', server.url, '--workers', '2', '--seed', '7'];
  return runCli([...run, '--env', `API_KEY=${SECRET}`, ...forms], { cwd });
}

function readDocument(path: string): ResultDocument {
  return JSON.parse(readFileSync(path, 'utf8')) as ResultDocument;
}

test('the JSON of a run is as the schema says, adds up, hides secrets, and comes from its recording as well', async () => {
  const folder = createTemporaryFolder();
  const { code, stdout, stderr } = await runScenario(['--json', 'run.json', '--record', 'run.ndjson'], folder);
  expect(code, stderr).toBe(1);
  expect(stdout).toMatch(/run\.json/);
  const document = readDocument(join(folder, 'run.json'));
  const published = readFileSync(new URL('../../schema/result.json', import.meta.url), 'utf8');
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(JSON.parse(published) as object);
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  expect(findSchemaErrors(document)).toEqual([]);

  const { total, requests, loads, timeline } = document;
  const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);
  const countIn = (buckets: readonly number[]) => sum(buckets.filter((_, at) => at % 2 === 1));
  expect(requests.map(({ name }) => name)).toEqual(['/detail', '목록']);
  expect(total.completed).toBeGreaterThan(100);
  expect(sum(requests.map(({ completed }) => completed))).toBe(total.completed);
  expect(countIn(total.durations)).toBe(total.completed);
  expect(sum(Object.values(total.statuses))).toBe(total.completed);
  expect(sum(timeline.points.map(({ completed }) => completed))).toBe(total.completed);
  expect(sum(timeline.byName.points.flatMap(({ names }) => names.map((name) => countIn(name[4]))))).toBe(
    total.completed,
  );
  expect(timeline.points.length).toBeGreaterThanOrEqual(2);
  const kinds = loads.map(({ name, kinds: [kind] }) => [name, kind!.kind, kind!.requests!.count > 0]);
  expect(kinds).toEqual([
    ['browse', 'Visitor', true],
    ['arrive', 'Visitor', true],
    ['fail', 'Broken', false],
  ]);
  expect(sum(loads.map((load) => load.kinds[0]!.requests!.count))).toBe(total.completed);
  const [error] = requests[0]!.errors;
  expect(error).toMatchObject({ error: 'no stock', count: requests[0]!.completed });
  expect(error!.firstSeenMs).toBeLessThan(1000);
  expect(error!.lastSeenMs).toBeGreaterThan(1000);
  expect(document.outside.map(({ name, completed }) => [name, completed])).toEqual([['/verified', 1]]);
  expect(document.checks[0]).toMatchObject({ name: 'has stock', failures: 0, passedShare: 1 });
  expect(document.groups[0]).toMatchObject({ name: '장바구니', count: requests[1]!.completed });
  expect(document.exceptions).toMatchObject([{ message: 'Broken.fail: Error: no id' }]);
  expect(document.thresholds.map(({ state }) => state)).toEqual(['passed', 'passed']);
  expect(document.metrics.find(({ key }) => key === 'pages_read')!.sum).toBe(2 * requests[0]!.completed);
  expect(document.options.workers).toMatchObject({ value: 2, layer: 'flag', origin: '--workers' });
  expect(document).toMatchObject({ formatVersion: 1, seed: 7, workers: 2, exitCode: 1, state: 'completed' });
  expect(document.machine.node).toBe(process.version);
  expect(document.options.env!.value).toEqual({ API_KEY: '***' });
  for (const file of ['run.json', 'run.ndjson']) expect(readFileSync(join(folder, file), 'utf8')).not.toContain(SECRET);

  const again = await runCli(['report', 'run.ndjson', '--json', 'again.json'], { cwd: folder });
  expect(again.code, again.stderr).toBe(0);
  expect(readFileSync(join(folder, 'again.json'), 'utf8')).toBe(readFileSync(join(folder, 'run.json'), 'utf8'));
});

test('every run that is kept has one in its folder', async () => {
  const folder = createTemporaryFolder();
  await runScenario(['--results', 'kept'], folder);
  const [run] = readdirSync(join(folder, 'kept'));
  expect(findSchemaErrors(readDocument(join(folder, 'kept', run!, 'result.json')))).toEqual([]);
  expect(existsSync(join(folder, 'kept', run!, 'recording.ndjson'))).toBe(true);
});
