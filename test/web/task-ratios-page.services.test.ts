import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { KindRatio } from '../../src/metrics/task-ratio.js';
import { openBrowser, openPage } from '../support/browser.js';
import { findViolations } from '../support/find-violations.js';
import { askUrl } from '../support/page-harness.js';
import { SyntheticRun } from '../support/run-events.js';
import { closeServers, startEcho } from '../support/small-servers.js';
import { startCli } from '../support/spawn-cli.js';
import { createTemporaryFolder, writeScenario } from '../support/temporary-folder.js';
import { writePage } from '../support/write-page.js';

const SCENARIO = `
import { constant, defineTest, defineUser, sequence } from 'loadwright';
const ask = (path) => async ({ http }) => { await http.get('/' + path); };
const 구경꾼 = defineUser({
  weight: 3,
  waitTime: constant(0.01),
  tasks: { '<b>목록</b>': { weight: 3, run: ask('list') }, 상세: ask('detail') },
});
const Buyer = defineUser({ waitTime: constant(0.01), tasks: sequence([ask('cart'), ask('pay')]) });
export default defineTest({ users: { 구경꾼, Buyer }, load: { users: 4, spawnRate: 100 } });
`;

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());
afterEach(closeServers);

async function serve() {
  const target = await startEcho();
  const words = ['run', writeScenario(SCENARIO), '--host', target.url, '--web-port', '0', '--workers', '2'];
  const cli = startCli(words, { env: { LOADWRIGHT_RESULTS: createTemporaryFolder() } });
  onTestFinished(() => void cli.child.kill('SIGKILL'));
  const [, url = ''] = await cli.printed(/The page is at (\S+)/);
  const opened = await openPage(browser, url);
  onTestFinished(() => opened.close());
  return { url, target, ...opened };
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const phase = (page: Page) => page.getByRole('region', { name: 'The run' }).getByRole('status').innerText();

/** What each row says; the first cell without its note, and the bar, which has no text. */
function readRows(page: Page): Promise<string[][]> {
  return page.evaluate<string[][]>(`[...document.querySelectorAll('#tasks tbody tr')].map((row) =>
    [...row.children].map((cell) => (cell.querySelector('.clipped') ?? cell).textContent))`);
}

const startedOf = (rows: string[][]) => rows.map((row) => Number(row.at(-1)!.replaceAll(',', '')));

test('wanted stands beside actual, which grows, begins anew with a reset, and ends with the numbers of the result', async () => {
  const { url, page, target, messages } = await serve();
  await button(page, 'Start').click();
  await page.locator('#tasks tbody').waitFor({ timeout: 10_000 });
  await expect.poll(async () => startedOf(await readRows(page))[0], { timeout: 10_000 }).toBeGreaterThan(300);
  const rows = await readRows(page);
  expect(rows.map(([name, wanted]) => [name, wanted])).toEqual([
    ['구경꾼', '75.0 %'],
    ['<b>목록</b>', '75.0 %'],
    ['상세', '25.0 %'],
    ['Buyer', '25.0 %'],
    ['task 1', 'once'],
    ['task 2', 'once'],
  ]);
  const [before] = startedOf(rows);
  await button(page, 'Reset').click();
  await expect.poll(async () => startedOf(await readRows(page))[0], { timeout: 10_000 }).toBeLessThan(before!);
  await expect.poll(async () => startedOf(await readRows(page))[0], { timeout: 10_000 }).toBeGreaterThan(before!);
  await button(page, 'Stop').click();
  await expect.poll(() => phase(page), { timeout: 10_000 }).toBe('Ended');

  const run = (await askUrl(`${url}/api/results`)).json.runs[0].name as string;
  const kinds = (await askUrl(`${url}/api/results/${encodeURIComponent(run)}/result.json`)).json
    .taskRatios as KindRatio[];
  await expect.poll(async () => startedOf(await readRows(page)), { timeout: 10_000 }).toEqual(listStarts(kinds));
  const ended = await readRows(page);
  const asked = target.requests.length;
  expect(kinds[0]!.started + kinds[1]!.started).toBeLessThan(asked);
  const percent = (share: number | undefined) => `${(share! * 100).toFixed(1)} %`;
  expect(ended.map((row) => row[2])).toEqual(
    kinds.flatMap((kind) => [kind, ...kind.tasks]).map(({ actualShare }) => percent(actualShare)),
  );
  expect(ended.map((row) => row[5])).toEqual(
    kinds.flatMap((kind) => [kind, ...kind.tasks]).map(({ actualShareOfAll }) => percent(actualShareOfAll)),
  );
  expect(ended.map((row) => row[4])).toEqual(['75.0 %', '56.3 %', '18.8 %', '25.0 %', '12.5 %', '12.5 %']);
  expect(messages).toEqual([]);

  await page.goto(`${url}/?run=${encodeURIComponent(run)}`);
  await page.locator('#tasks tbody').waitFor();
  expect(await readRows(page)).toEqual(ended);
});

function listStarts(kinds: readonly KindRatio[]): number[] {
  return kinds.flatMap((kind) => [kind.started, ...kind.tasks.map(({ started }) => started)]);
}

const TASK = { type: 'task', shareOf: 'choices' } as const;
const RATIOS: KindRatio[] = [
  {
    kind: '구경꾼',
    shareOf: 'users',
    wantedShare: 0.5,
    actualShare: 0.3,
    started: 10_000,
    tasks: [
      { ...TASK, task: '목록', wantedShare: 0.75, actualShare: 0.8, started: 8000, outOf: 10_000 },
      { ...TASK, task: '상세', wantedShare: 0.25, actualShare: 0.2, started: 2000, outOf: 10_000 },
    ],
  },
  {
    kind: 'Buyer',
    shareOf: 'users',
    wantedShare: 0.5,
    actualShare: 0.7,
    started: 50,
    tasks: [
      { ...TASK, task: 'look', wantedShare: 0.75, actualShare: 0.8, started: 40, outOf: 50 },
      { ...TASK, task: 'flow', type: 'sequence', wantedShare: 0.25, actualShare: 0.2, started: 10, outOf: 50 },
      {
        ...{ task: 'flow > pay', type: 'task', inside: 'flow', shareOf: 'rounds' },
        ...{ wantedShare: 1, actualShare: 0.5, started: 5, outOf: 10 },
      } as KindRatio['tasks'][number],
    ],
  },
];

async function openSaved(taskRatios: KindRatio[] | undefined, options = {}) {
  const file = `${createTemporaryFolder()}/run.html`;
  const url = await writePage(file, (listen) => {
    new SyntheticRun(listen)
      .start()
      .close(0, [{ name: 'a' }])
      .finish(taskRatios === undefined ? {} : { taskRatios });
  });
  const opened = await openPage(browser, url, options);
  onTestFinished(() => opened.close());
  return opened.page;
}

test('what chance does not explain stands out, in words that need no colour', async () => {
  const page = await openSaved(RATIOS);
  expect((await readRows(page)).map(([name, , , difference]) => [name, difference])).toEqual([
    ['구경꾼', '▼ −20.0'],
    ['목록', '▲ +5.0'],
    ['상세', '▼ −5.0'],
    ['Buyer', '▲ +20.0'],
    // Of fifty choices.
    ['look', '+5.0'],
    ['flow', '−5.0'],
    ['pay', '▼ −50.0'],
  ]);
  expect(await page.locator('#tasks .ratio-note').innerText()).toContain('chance does not explain');
});

test.each(['light', 'dark'] as const)('axe finds nothing, and keys reach it, %s', async (colorScheme) => {
  const page = await openSaved(RATIOS, { colorScheme });
  await page.getByRole('link', { name: 'Tasks', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => new URL(page.url()).hash).toBe('#tasks');
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe(
    'Kinds of users and their tasks',
  );
  expect(await findViolations(page)).toEqual([]);
});

test('all of it fits a narrow screen', async () => {
  const page = await openSaved(RATIOS, { viewport: { width: 390, height: 844 } });
  const widths = await page.evaluate(`(() => {
    const { scrollWidth, clientWidth } = document.querySelector('#tasks .table-scroll');
    return [document.documentElement.scrollWidth, scrollWidth - clientWidth];
  })()`);
  expect(widths).toEqual([390, 0]);
});

test('a run of an earlier version has no such part', async () => {
  const page = await openSaved(undefined);
  await page.locator('#requests').waitFor();
  expect(await page.locator('#tasks').count()).toBe(0);
  expect(await page.getByRole('link', { name: 'Tasks', exact: true }).count()).toBe(0);
});
