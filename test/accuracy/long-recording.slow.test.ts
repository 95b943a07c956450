import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { readResultDocument } from '../../src/reporters/result/read-document.js';
import { openBrowser, openPage } from '../support/browser.js';
import { writeLongRecording } from '../support/long-recording.js';
import { parseCsvTable } from '../support/parse-csv.js';
import { runCli } from '../support/spawn-cli.js';
import { createTemporaryFolder } from '../support/temporary-folder.js';

const NAMES = 500;
const SECONDS = 3_600;
const MOST_SECONDS = 30;
/** Others on the machine only ever make the same work dearer: the least of three counts, where one is too much. */
const MORE_TRIES = 2;
const MOST_MEMORY_KB = 500_000;
/** From asking for the page to its charts being drawn. */
const MOST_OPENING_MS = 3_000;
const FORMS = [[], ['--json', 'run.json'], ['--csv', 'run'], ['--html', 'run.html'], ['--junit', 'run.xml']];
/** All at once add up: each keeps a history of its own. */
const TOGETHER = ['--json', 'all.json', '--csv', 'all', '--html', 'all.html', '--junit', 'all.xml'];
const TIMES_TOGETHER = 1.6;

test('an hour of 500 names, each active every second, is reported in 30 s and 500 MB, in every form', async () => {
  const folder = createTemporaryFolder();
  const path = join(folder, 'run.ndjson');
  const requests = writeLongRecording({ path, names: NAMES, seconds: SECONDS, requestsPerSecond: 24 });
  expect(statSync(path).size).toBeGreaterThan(700_000_000);
  // CPU time in all threads: on a quiet machine about as much passes on the clock (the garbage collector works beside),
  // on a busy one far more. Even so it rises where others use the same core and its memory: up to double was seen.
  const spentFile = join(folder, 'spent');
  const hook = `process.on('exit',()=>process.getBuiltinModule('fs').writeFileSync(${JSON.stringify(spentFile)},JSON.stringify(process.resourceUsage())))`;
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}` };
  const figures: string[] = [];
  const measure = async (forms: readonly string[]) => {
    const { code, stderr } = await runCli(['report', path, ...forms], { cwd: folder, env });
    expect(code, stderr).toBe(0);
    const spent = JSON.parse(readFileSync(spentFile, 'utf8')) as NodeJS.ResourceUsage;
    return { memoryKb: spent.maxRSS, seconds: (spent.userCPUTime + spent.systemCPUTime) / 1e6 };
  };
  for (const forms of [...FORMS, TOGETHER]) {
    const times = forms === TOGETHER ? TIMES_TOGETHER : 1;
    let least = await measure(forms);
    for (let more = 0; more < MORE_TRIES && least.seconds >= MOST_SECONDS * times; more++) {
      const again = await measure(forms);
      least = { seconds: Math.min(least.seconds, again.seconds), memoryKb: Math.max(least.memoryKb, again.memoryKb) };
    }
    const { seconds, memoryKb } = least;
    const what = forms[0] === undefined ? 'terminal' : forms.join(' ');
    figures.push(`${what}: ${seconds.toFixed(1)} s, ${Math.round(memoryKb / 1000)} MB`);
    expect(memoryKb, figures.at(-1)).toBeLessThan(MOST_MEMORY_KB * times);
    expect(seconds, figures.at(-1)).toBeLessThan(MOST_SECONDS * times);
  }
  console.log(figures.join('\n'));
  const document = await readResultDocument(join(folder, 'run.json'));
  expect(document.total.completed).toBe(requests);
  expect(document.timeline.points.reduce((sum, { completed }) => sum + completed, 0)).toBe(requests);
  expect(document.timeline.points.length).toBe(SECONDS);
  const { points } = document.timeline.byName;
  expect(points.length).toBeGreaterThanOrEqual(25);
  const sum = points.reduce((all, { names }) => all + names.reduce((more, name) => more + name[1], 0), 0);
  expect(sum).toBe(requests);
  const stats = parseCsvTable(readFileSync(join(folder, 'all_stats.csv'), 'utf8'));
  expect(Number(stats.at(-1)!['Request Count'])).toBe(requests);
  const openingMs = await measureOpening(join(folder, 'run.html'));
  console.log(`the page opens in ${openingMs.toFixed(0)} ms`);
  expect(openingMs).toBeLessThan(MOST_OPENING_MS);
});

/** Of three times the quickest: others may be at work on this machine. */
async function measureOpening(path: string): Promise<number> {
  const browser = await openBrowser();
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    const opened = await openPage(browser, pathToFileURL(path).href);
    const drawn = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))';
    times.push(await opened.page.evaluate<number>(`${drawn}.then(() => performance.now())`));
    expect(await opened.page.locator('.chart canvas').count()).toBeGreaterThan(5);
    expect(opened.messages).toEqual([]);
    await opened.close();
  }
  await browser.close();
  return Math.min(...times);
}
