import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openBrowser, openPage } from '../support/browser.js';
import { findViolations } from '../support/find-violations.js';
import { type ToldName, writeRun } from '../support/result-files.js';
import { closeServers, startEcho } from '../support/small-servers.js';
import { startCli } from '../support/spawn-cli.js';
import { createTemporaryFolder, writeScenario } from '../support/temporary-folder.js';

const HOSTILE = '02_<script>alert(1)</script>';
const BEFORE: ToldName[] = [
  { name: '01_목록', perSecond: 120, ms: 20 },
  { name: HOSTILE, perSecond: 80, ms: 40 },
];
const AFTER: ToldName[] = [BEFORE[0]!, { ...BEFORE[1]!, ms: 60 }, { name: '03_new', perSecond: 5, ms: 5 }];
const SCENARIO = `
import { constant, defineTest, defineUser } from 'loadwright';
const Buyer = defineUser({
  waitTime: constant(0.05),
  tasks: { buy: async ({ http, log, iteration }) => {
    await http.get('/buy', { name: '01_목록' });
    log(\`재고가 부족하여 주문을 처리하지 못했습니다 <script>alert(1)</script> \${iteration}\`);
    if (iteration === 3) console.error('주문 실패');
  } },
});
export default defineTest({ users: { Buyer }, load: { users: 2, spawnRate: 100, runTime: '4s' } });
`;

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());
afterEach(closeServers);

async function serve(): Promise<string> {
  const results = createTemporaryFolder();
  for (const [run, names, seconds, seed] of [
    ['before', BEFORE, 20, 1],
    ['after', AFTER, 15, 2],
  ] as const) {
    mkdirSync(join(results, run));
    await writeRun(join(results, run, 'recording.ndjson'), { seconds, names, seed });
  }
  const target = await startEcho();
  const words = ['run', writeScenario(SCENARIO), '--host', target.url, '--web-port', '0'];
  const cli = startCli(words, { env: { LOADWRIGHT_RESULTS: results } });
  onTestFinished(() => void cli.child.kill('SIGKILL'));
  const [, url = ''] = await cli.printed(/The page is at (\S+)/);
  return url;
}

const comparison = (page: Page) => page.getByRole('region', { name: 'Comparison' });
const legend = (page: Page) => page.locator('#chart-times .legend').innerText();
const chosen = (page: Page) => page.getByRole('combobox', { name: 'Laid over' });

test('a run is laid over another one by keys alone, judged, kept on a reload, and removed', async () => {
  const url = await serve();
  const { page, messages, close } = await openPage(browser, url);
  onTestFinished(close);
  await page.getByRole('button', { name: 'after', exact: true }).press('Enter');
  await page.locator('#chart-times canvas').waitFor();
  expect(await legend(page)).not.toContain('baseline');
  await page.getByRole('button', { name: 'Lay over before' }).press('Enter');
  await expect.poll(() => comparison(page).innerText(), { timeout: 10_000 }).toContain('Regression');
  const text = await comparison(page).innerText();
  expect(text).toMatch(/slower, over 10 %/);
  expect(text).toContain('Only in this run: GET 03_new');
  const row = comparison(page).getByRole('row').filter({ hasText: HOSTILE });
  expect(await row.innerText()).toMatch(/\+\d\d\.\d %\s+4\d\.\d → 6\d\.\d\s+\+\d+\.\d to \+\d+\.\d/);
  await expect.poll(() => legend(page)).toContain('baseline');
  expect(await findViolations(page)).toEqual([]);
  // The cursor reads out the values of both runs, of one name too.
  const readCursor = async () => {
    await page.locator('#chart-times .chart-plot').focus();
    for (let step = 0; step < 5; step++) await page.keyboard.press('ArrowRight');
    return (await legend(page)).replaceAll(/\s+/g, ' ');
  };
  expect(await readCursor()).toMatch(/^99% [\d.]+ [\d.]+ 95% [\d.]+ [\d.]+ 90% .* baseline$/);
  const names = page.getByRole('combobox', { name: 'Requests of' });
  await names.selectOption({ label: `GET ${HOSTILE}` });
  const [, own, before] = /50% ([\d.]+) ([\d.]+)/.exec(await readCursor())!;
  expect(Number(own)).toBeGreaterThan(50);
  expect(Number(before)).toBeLessThan(50);
  await names.selectOption({ label: 'GET 03_new' });
  await page.getByText('it has no such name').waitFor();
  expect(await legend(page)).not.toContain('baseline');
  await page.reload();
  await expect.poll(() => comparison(page).innerText(), { timeout: 10_000 }).toContain('Regression');
  expect(await chosen(page).inputValue()).toBe('before');
  await comparison(page).getByRole('combobox', { name: 'Tolerated' }).selectOption('20');
  await expect.poll(() => comparison(page).innerText(), { timeout: 10_000 }).toContain('over 20 %');
  await comparison(page).getByRole('button', { name: 'Remove' }).press('Enter');
  await expect.poll(() => comparison(page).count()).toBe(0);
  expect(await legend(page)).not.toContain('baseline');
  expect(page.url()).not.toContain('baseline');
  expect(messages).toEqual([]);
});

test('a run that goes on has the baseline beside it, its verdict at the end, and its log', async () => {
  const url = await serve();
  const { page, messages, close } = await openPage(browser, `${url}/?baseline=before`, { colorScheme: 'dark' });
  onTestFinished(close);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.locator('#chart-times canvas').waitFor();
  await expect.poll(() => comparison(page).innerText()).toContain('The verdict comes when the run has ended');
  await expect.poll(() => legend(page)).toContain('baseline');
  const log = page.getByRole('region', { name: 'Log', exact: true });
  const lines = log.getByRole('listitem');
  await expect.poll(() => lines.count(), { timeout: 5_000 }).toBeGreaterThan(5);
  const early = await lines.count();
  await expect.poll(() => lines.count(), { timeout: 5_000 }).toBeGreaterThan(early);
  await page.getByRole('combobox', { name: 'Level' }).selectOption('error');
  await expect.poll(() => lines.count()).toBe(2);
  expect(await lines.first().innerText()).toMatch(/error[\s\S]*주문 실패/);
  await page.getByRole('combobox', { name: 'Level' }).selectOption('debug');
  await page.getByRole('searchbox', { name: 'Filter the log' }).fill('부족하여 alert(1)');
  await expect.poll(async () => (await log.innerText()).includes('<script>alert(1)</script>')).toBe(true);
  await page.getByRole('searchbox', { name: 'Filter the log' }).fill('nothing like it');
  await page.getByText('No line is like that.').waitFor();
  await expect
    .poll(() => comparison(page).innerText(), { timeout: 15_000 })
    .toMatch(/Not judged|Better|Not enough data|Regression/);
  expect(await page.locator('#verdict').innerText()).not.toMatch(/dropped|missed/);
  expect(await findViolations(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  // Charts are drawn anew when their observers are told.
  await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  expect(messages).toEqual([]);
});
