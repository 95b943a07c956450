import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineTest, defineUser } from 'loadwright';
import { afterEach, describe, expect, it } from 'vitest';
import { startPageHarness } from '../../support/page-harness.js';
import { nextSecond, startScenarioPage } from '../../support/page-scenario.js';
import { type ToldName, writeRun } from '../../support/result-files.js';
import { closeServers } from '../../support/small-servers.js';
import { runCli } from '../../support/spawn-cli.js';
import { createTemporaryFolder } from '../../support/temporary-folder.js';

afterEach(closeServers);

const Idler = defineUser({ tasks: { idle: async ({ sleep }) => sleep(0.05) } });
const TEST = defineTest({ users: { Idler } });
const LIST: ToldName = { name: '01_목록 <script>', perSecond: 150, ms: 20 };
const DETAIL: ToldName = { name: '02_detail', perSecond: 100, ms: 40 };

async function writeRuns(runs: Record<string, { file: string; names: readonly ToldName[]; seconds?: number }>) {
  const results = createTemporaryFolder();
  let seed = 0;
  for (const [run, { file, names, seconds = 20 }] of Object.entries(runs)) {
    mkdirSync(join(results, run));
    await writeRun(join(results, run, file), { seconds, names, seed: ++seed });
  }
  return results;
}

describe('the comparison of two runs that are kept', () => {
  it('is what the command says of them, be it from a result or from a recording', async () => {
    const results = await writeRuns({
      before: { file: 'result.json', names: [LIST, DETAIL] },
      slower: { file: 'recording.ndjson', names: [LIST, { ...DETAIL, ms: 52 }] },
      few: { file: 'result.json', names: [{ ...DETAIL, perSecond: 2 }] },
      fewer: { file: 'result.json', names: [{ ...DETAIL, perSecond: 2 }, LIST] },
    });
    const { ask } = await startPageHarness({ test: TEST, results });
    const { status, json } = await ask('/api/results/slower/compare?baseline=before');
    expect(status).toBe(200);
    expect(json).toMatchObject({ format: 'loadwright-comparison', verdict: 'regression', tolerance: 0.1 });
    expect(json.summary[0]).toBe('REGRESSION:');
    expect(json.baseline.path).toBe('before/result.json');
    expect(json.names.map(({ name }: { name: string }) => name).sort()).toEqual(['01_목록 <script>', '02_detail']);
    const cli = await runCli(['compare', join(results, 'before'), join(results, 'slower'), '--json', '-']);
    const printed = JSON.parse(cli.stdout);
    for (const key of ['verdict', 'summary', 'total', 'names', 'notes', 'confidence']) {
      expect(json[key], key).toEqual(printed[key]);
    }
    const wide = await ask('/api/results/slower/compare?baseline=before&tolerance=50');
    expect(wide.json).toMatchObject({ tolerance: 0.5, verdict: 'worse' });
    const unclear = await ask('/api/results/few/compare?baseline=fewer');
    expect(unclear.json.names[0].verdict).toBe('unclear');
    expect(unclear.json.names[0].figures.p95.verdict).toBe('unclear');
    expect(unclear.json.onlyInBaseline).toEqual([{ method: 'GET', name: '01_목록 <script>' }]);
  });

  it('is refused where a way leads elsewhere, a value is wrong, or nothing can be compared', async () => {
    const results = await writeRuns({
      before: { file: 'result.json', names: [DETAIL] },
      nothing: { file: 'result.json', names: [], seconds: 2 },
      broken: { file: 'result.json', names: [DETAIL], seconds: 2 },
    });
    writeFileSync(join(results, 'broken', 'result.json'), '{"format":"loadwright-result"');
    const outside = createTemporaryFolder();
    await writeRun(join(outside, 'result.json'), { seconds: 9, names: [DETAIL] });
    symlinkSync(outside, join(results, 'link'));
    mkdirSync(join(results, 'linked-file'));
    symlinkSync(join(outside, 'result.json'), join(results, 'linked-file', 'result.json'));
    const { ask } = await startPageHarness({ test: TEST, results });
    const compare = async (query: string, name = 'before') => {
      const { status, json } = await ask(`/api/results/${name}/compare${query}`);
      return [status, json?.error?.code];
    };
    const away = ['link', 'linked-file', '..', `../${outside.split('/').at(-1)}`, outside, '.hidden', 'real\0', ''];
    for (const way of away) {
      const encoded = encodeURIComponent(way);
      expect(await compare(`?baseline=${encoded}`), way).toEqual([404, 'NOT_FOUND']);
      if (way !== '' && way !== '..') expect((await compare('?baseline=before', encoded))[0], way).toBe(404);
    }
    expect(await compare('')).toEqual([400, 'BODY_INVALID']);
    for (const tolerance of ['0', '101', 'ten', '1e1', '-5', '9'.repeat(400)]) {
      expect(await compare(`?baseline=before&tolerance=${tolerance}`), tolerance).toEqual([400, 'BODY_INVALID']);
    }
    expect(await compare('?baseline=nothing')).toEqual([409, 'ERR_RESULT_INVALID']);
    expect(await compare('?baseline=before', 'broken')).toEqual([409, 'ERR_RESULT_INVALID']);
    expect((await ask('/api/results/before/compare?baseline=nothing')).text).not.toContain(results);
    expect((await ask('/api/results/before/compare?baseline=before', { method: 'POST' })).status).toBe(405);
  });

  it('waits for the end of a run, and is refused to those who ask for too many at once', async () => {
    const page = await startScenarioPage();
    await page.post('/api/run', { profile: 'short' });
    await page.reach(({ phase }) => phase === 'ended');
    await page.post('/api/run', {});
    const { results } = await page.reach(({ phase }) => phase === 'running');
    // Without a request there would be nothing to compare.
    await nextSecond(page, ({ total }) => total.completed > 0);
    const path = `/api/results/${results}/compare?baseline=run-1`;
    expect(await page.ask(path)).toMatchObject({ status: 409, json: { error: { code: 'RUN_STATE' } } });
    await page.post('/api/run/stop');
    await page.reach(({ phase }) => phase === 'ended');
    const answers = await Promise.all(Array.from({ length: 20 }, () => page.ask(path)));
    const statuses = answers.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect(answers.find(({ status }) => status === 503)!.json.error.code).toBe('BUSY');
    expect((await page.ask(path)).status).toBe(200);
  });
});
