import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineTest, defineUser } from 'loadwright';
import { expect, it } from 'vitest';
import { startPageHarness } from '../../support/page-harness.js';
import { writeRun } from '../../support/result-files.js';
import { runCli } from '../../support/spawn-cli.js';
import { createTemporaryFolder } from '../../support/temporary-folder.js';

const Idler = defineUser({ tasks: { idle: async ({ sleep }) => sleep(0.05) } });
const TEST = defineTest({ users: { Idler } });
const NAMES = [
  { name: '02_목록', perSecond: 40, ms: 20, failedShare: 0.2 },
  { name: '01_detail', perSecond: 10, ms: 40 },
];
/** What a result does not keep. */
const NOT_KEPT = ['marks', 'log', 'environment', 'names'];

it('a run that was recorded elsewhere is listed, opened with the numbers of its recording, and compared', async () => {
  const results = createTemporaryFolder();
  for (const [run, file] of [
    ['recorded', 'recording.ndjson'],
    ['elsewhere', 'result.json'],
  ] as const) {
    mkdirSync(join(results, run));
    await writeRun(join(results, run, file), { seconds: 20, names: NAMES });
  }
  mkdirSync(join(results, 'foreign'));
  writeFileSync(join(results, 'foreign', 'result.json'), '{\n"format": "other",\n"scenario": "x",\n}');
  const { ask } = await startPageHarness({ test: TEST, results });
  const { runs } = (await ask('/api/results')).json;
  const find = (name: string) => runs.find((run: { name: string }) => run.name === name);
  const { name: _, forms, ...head } = find('elsewhere');
  const { name: __, forms: ___, ...recorded } = find('recorded');
  expect(head).toEqual(recorded);
  expect(head.completed).toBe(1000);
  expect(forms).toEqual(['result.json']);
  expect(find('foreign')).toMatchObject({ scenario: null, isComplete: false });
  const [page, original] = await Promise.all(
    ['elsewhere', 'recorded'].map(async (name) => (await ask(`/api/results/${name}/page`)).json),
  );
  for (const key of Object.keys(original).filter((name) => !NOT_KEPT.includes(name))) {
    expect([key, page[key]]).toEqual([key, original[key]]);
  }
  expect(page.log.lines).toEqual([]);
  expect(page.names.second).toEqual(original.names.second);
  for (const [index, name] of original.names.names.entries()) {
    const { completed, failures, p50, p99 } = page.names.names[index];
    expect({ completed, failures, p50 }).toEqual({ completed: name.completed, failures: name.failures, p50: name.p50 });
    // The exact greatest time of a name in a second is not kept.
    for (const [at, value] of p99.entries()) expect(value / name.p99[at]).toBeCloseTo(1, 2);
  }
  expect((await ask('/api/results/foreign/page')).json.error.code).toBe('ERR_RESULT_INVALID');
  const { json } = await ask('/api/results/elsewhere/compare?baseline=recorded&tolerance=50');
  expect(json).toMatchObject({ total: { figures: { p50: { change: 0, verdict: 'same' } } } });
});

it('a run with --record elsewhere is among them', async () => {
  const folder = createTemporaryFolder();
  const scenario = join(folder, 'scenario.ts');
  writeFileSync(
    scenario,
    `import { defineUser } from 'loadwright';
    export const Idler = defineUser({ tasks: { async idle({ sleep, measure }) { await measure('쉬다', () => sleep(0.05)); } } });`,
  );
  const results = join(folder, 'results');
  const words = ['run', scenario, '--headless', '-u', '2', '-t', '1s', '--record', join(folder, 'away.ndjson')];
  const { code } = await runCli(words, { env: { LOADWRIGHT_RESULTS: results } });
  expect(code).toBe(0);
  expect(existsSync(join(folder, 'away.ndjson'))).toBe(true);
  const { ask } = await startPageHarness({ test: TEST, results });
  const { runs } = (await ask('/api/results')).json;
  expect(runs).toMatchObject([{ scenario: 'scenario.ts', state: 'completed', exitCode: 0 }]);
  const { json } = await ask(`/api/results/${runs[0].name}/page`);
  expect(json.total.completed).toBe(runs[0].completed);
  expect(json.rows.map(({ name }: { name: string }) => name)).toEqual(['쉬다']);
});

it('what a result says of bottlenecks and monitors is on its page', async () => {
  const results = createTemporaryFolder();
  mkdirSync(join(results, 'run'));
  const path = join(results, 'run', 'result.json');
  await writeRun(path, { seconds: 3, names: NAMES });
  const bottleneck = { rule: 'lock-wait', title: '재고 예약: 93 %', evidence: ['one'], advice: 'less', weight: 0.9 };
  const metric = {
    name: 'cpu',
    unit: 'percent',
    count: 2,
    min: 10,
    mean: 15,
    max: 20,
    last: 20,
    values: [10, null, 20],
  };
  const statements = [{ text: 'SELECT 1', calls: 2, totalMs: 3, meanMs: 1.5 }];
  const monitor = {
    name: '서버',
    kind: 'process',
    samples: 2,
    failures: 1,
    failure: 'gone',
    metrics: [metric],
    statements,
  };
  const places = { secondsPerPoint: 1, second: [0, 1, 2], seconds: [1, 1, 1] };
  const document = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(
    path,
    JSON.stringify({ ...document, bottlenecks: [bottleneck], monitors: { ...places, all: [monitor] } }),
  );
  const { ask } = await startPageHarness({ test: TEST, results });
  const { json } = await ask('/api/results/run/page');
  expect(json.bottlenecks).toEqual([bottleneck]);
  const { second, seconds, series } = json.monitors;
  expect([second, seconds]).toEqual([places.second, places.seconds]);
  expect(series).toEqual([
    { monitor: '서버', kind: 'process', metric: 'cpu', unit: 'percent', values: [10, null, 20] },
  ]);
  const failure = '서버 failed in 1 of 3 looks, first because gone.';
  expect(json.monitorNotes).toEqual([{ monitor: '서버', failure, statements }]);
});
