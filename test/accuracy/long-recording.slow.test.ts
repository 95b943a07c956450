import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readResultDocument } from '../../src/reporters/result/read-document.js';
import { writeLongRecording } from '../support/long-recording.js';
import { parseCsvTable } from '../support/parse-csv.js';
import { runCli } from '../support/spawn-cli.js';
import { createTemporaryFolder } from '../support/temporary-folder.js';

const NAMES = 500;
const SECONDS = 3_600;
const MOST_SECONDS = 30;
const MOST_MEMORY_KB = 500_000;

test('an hour of 500 names, each active every second, is reported in 30 s and 500 MB, in every form', async () => {
  const folder = createTemporaryFolder();
  const path = join(folder, 'run.ndjson');
  const requests = writeLongRecording({ path, names: NAMES, seconds: SECONDS, requestsPerSecond: 24 });
  expect(statSync(path).size).toBeGreaterThan(700_000_000);
  // CPU time, in all threads: what a quiet machine takes, and no more than it, however busy this one is.
  const spentFile = join(folder, 'spent');
  const hook = `process.on('exit',()=>process.getBuiltinModule('fs').writeFileSync(${JSON.stringify(spentFile)},JSON.stringify(process.resourceUsage())))`;
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}` };
  const figures: string[] = [];
  for (const forms of [[], ['--json', 'run.json'], ['--csv', 'run'], ['--json', 'all.json', '--csv', 'all']]) {
    const { code, stderr } = await runCli(['report', path, ...forms], { cwd: folder, env });
    const spent = JSON.parse(readFileSync(spentFile, 'utf8')) as NodeJS.ResourceUsage;
    const memoryKb = spent.maxRSS;
    const seconds = (spent.userCPUTime + spent.systemCPUTime) / 1e6;
    const what = forms[0] === undefined ? 'terminal' : forms.join(' ');
    figures.push(`${what}: ${seconds.toFixed(1)} s, ${Math.round(memoryKb / 1000)} MB`);
    expect(code, stderr).toBe(0);
    expect(memoryKb, figures.at(-1)).toBeLessThan(MOST_MEMORY_KB);
    expect(seconds, figures.at(-1)).toBeLessThan(MOST_SECONDS);
  }
  console.log(figures.join('\n'));
  const document = await readResultDocument(join(folder, 'run.json'));
  expect(document.total.completed).toBe(requests);
  expect(document.timeline.points.reduce((sum, { completed }) => sum + completed, 0)).toBe(requests);
  expect(document.timeline.points.length).toBeGreaterThanOrEqual(8);
  const stats = parseCsvTable(readFileSync(join(folder, 'all_stats.csv'), 'utf8'));
  expect(Number(stats.at(-1)!['Request Count'])).toBe(requests);
});
