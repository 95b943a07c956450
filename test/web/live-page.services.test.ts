import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openBrowser, openPage } from '../support/browser.js';
import { findViolations } from '../support/find-violations.js';
import { askUrl } from '../support/page-harness.js';
import { closeServers, startEcho } from '../support/small-servers.js';
import { startCli } from '../support/spawn-cli.js';
import { createTemporaryFolder, writeScenario } from '../support/temporary-folder.js';

const SCENARIO = `
import { constant, defineTest, defineUser } from 'loadwright';
const Buyer = defineUser({
  waitTime: constant(0.05),
  tasks: { buy: async ({ http }) => { await http.get('/buy', { name: '<img src=x onerror=alert(1)> 사다' }); } },
});
const Looker = defineUser({ waitTime: constant(0.05), tasks: { look: async ({ http }) => { await http.get('/look'); } } });
export default defineTest({ users: { Buyer, Looker }, load: { users: 4, spawnRate: 100 } });
`;

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());
afterEach(closeServers);

async function serve(port = 0) {
  const target = await startEcho();
  const words = ['run', writeScenario(SCENARIO), '--host', target.url, '--web-port', String(port)];
  const cli = startCli(words, { env: { LOADWRIGHT_RESULTS: createTemporaryFolder() } });
  onTestFinished(() => void cli.child.kill('SIGKILL'));
  const [, url = ''] = await cli.printed(/The page is at (\S+)/);
  return { url, cli, target };
}

async function open(url: string) {
  const opened = await openPage(browser, url);
  onTestFinished(() => opened.close());
  return opened;
}

const bar = (page: Page) => page.getByRole('region', { name: 'The run' });
const phase = (page: Page) => bar(page).getByRole('status').innerText();
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true });

/** What stands under a title of the figures. */
async function figure(page: Page, name: string): Promise<number> {
  const text = await page
    .locator('.figure', { has: page.getByText(name, { exact: true }) })
    .locator('dd')
    .innerText();
  return Number(text.replace(/[^\d.]/g, ''));
}

async function startRun(page: Page): Promise<void> {
  await button(page, 'Start').click();
  await expect.poll(() => phase(page), { timeout: 10_000 }).toBe('Running');
  await page.locator('#chart-rate canvas').waitFor();
}

test('a run is started, grows, is edited, paused, resumed and stopped, and ends with the numbers of its result', async () => {
  const { url, target } = await serve();
  const { page, messages } = await open(url);
  await startRun(page);
  const { page: other } = await open(url);
  const early = await figure(page, 'Requests');
  await expect.poll(() => figure(page, 'Requests'), { timeout: 5_000 }).toBeGreaterThan(early + 20);
  await button(page, 'Edit').click();
  await page.getByRole('form', { name: 'Change the load' }).getByRole('textbox', { name: 'Users' }).fill('8');
  await button(page, 'Change').click();
  await expect.poll(() => bar(page).innerText(), { timeout: 5_000 }).toContain('8 of 8 users');
  await button(page, 'Pause').click();
  await expect.poll(() => phase(page)).toBe('Paused');
  await expect.poll(() => phase(other)).toBe('Paused');
  await expect.poll(() => bar(page).innerText(), { timeout: 5_000 }).toContain('– at 95 %');
  expect(await figure(page, 'Requests')).toBe(target.requests.length);
  await button(other, 'Resume').click();
  await expect.poll(() => figure(page, 'Requests'), { timeout: 5_000 }).toBeGreaterThan(target.requests.length - 1);
  await button(page, 'Stop').click();
  await expect.poll(() => phase(page), { timeout: 10_000 }).toBe('Ended');
  await expect.poll(() => page.locator('#verdict h1').innerText()).not.toBe('Running');
  const { json } = await askUrl(`${url}/api/run`);
  expect(target.requests).toHaveLength(json.second.total.completed);
  for (const one of [page, other]) {
    await expect.poll(() => figure(one, 'Requests'), { timeout: 5_000 }).toBe(json.second.total.completed);
  }
  expect(await page.locator('#verdict').innerText()).toMatch(/Stopped on the page after/);
  expect(await page.locator('#verdict').innerText()).not.toMatch(/dropped|missed|abort signal/);
  expect(await page.locator('#requests tbody').innerText()).toContain('<img src=x onerror=alert(1)> 사다');
  await page.getByRole('link', { name: 'stats.csv' }).waitFor();
  expect(messages).toEqual([]);
});

test('what is refused is said beside its field, while it is typed, and by keys alone a run begins', async () => {
  const { url } = await serve();
  const { page } = await open(url);
  await field(page, 'Users').fill('ten');
  const problem = page.locator('#field-users-problem');
  await expect.poll(() => problem.innerText()).toContain('must be a whole number of 1 or more, but it is "ten"');
  expect(await field(page, 'Users').getAttribute('aria-invalid')).toBe('true');
  await field(page, 'Users').press('Enter');
  expect(await phase(page)).toBe('Ready');
  await field(page, 'Users').fill('5');
  await page.locator('.sketch svg').waitFor();
  await field(page, 'Host').fill('http://203.0.113.9');
  await expect.poll(() => page.locator('#field-host-problem').innerText()).toContain('--allow-host 203.0.113.9');
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('radio', { name: 'Stages' }).focus();
  await page.keyboard.press('Space');
  await page.getByRole('textbox', { name: 'Time of stage 1' }).waitFor();
  await page.reload();
  await field(page, 'Run time').fill('3s');
  await field(page, 'Run time').press('Enter');
  await expect.poll(() => phase(page), { timeout: 10_000 }).toBe('Running');
  await expect.poll(() => phase(page), { timeout: 10_000 }).toBe('Ended');
  expect(await findViolations(page)).toEqual([]);
});

test('history stays on a reload in the middle of a run, and the page comes back after the server was lost', async () => {
  const { url, cli } = await serve();
  const { page } = await open(url);
  await startRun(page);
  await expect.poll(() => bar(page).innerText(), { timeout: 10_000 }).toContain('0:04');
  await page.reload();
  await page.locator('#chart-rate canvas').waitFor();
  const { json } = await askUrl(`${url}/api/page`);
  expect(json.columns.second.slice(0, 4)).toEqual([0, 1, 2, 3]);
  expect(await bar(page).innerText()).toMatch(/0:0[4-9]/);
  cli.child.kill('SIGKILL');
  await expect.poll(() => bar(page).innerText(), { timeout: 5_000 }).toContain('not connected');
  await serve(Number(new URL(url).port));
  await expect.poll(() => phase(page), { timeout: 15_000 }).toBe('Ready');
  await startRun(page);
  await button(page, 'Stop').click();
  await expect.poll(() => phase(page), { timeout: 10_000 }).toBe('Ended');
});

test('what the server says before a slow browser listens is not lost', async () => {
  const { url } = await serve();
  const { page } = await open(url);
  // Effects come after the next frame, or a moment later without one: long after the only event of a server at rest.
  await page.addInitScript('window.requestAnimationFrame = () => 0');
  await page.reload();
  await expect.poll(() => phase(page), { timeout: 5_000 }).toBe('Ready');
});

test('a connection to the server that never opens is given up for another', async () => {
  const { url } = await serve();
  const { page } = await open(url);
  let asked = 0;
  await page.route('**/api/page/events', async (route) => {
    asked++;
    if (asked > 1) await route.continue();
  });
  await page.reload();
  await expect.poll(() => bar(page).innerText()).toContain('not connected');
  await expect.poll(() => phase(page), { timeout: 15_000 }).toBe('Ready');
  expect(asked).toBe(2);
});

test('the form is dark where the system is, and nothing of it is hard to read', async () => {
  const { url } = await serve();
  const { page, close } = await openPage(browser, url, { colorScheme: 'dark' });
  onTestFinished(close);
  await button(page, 'Start').waitFor();
  expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
  expect(await findViolations(page)).toEqual([]);
});
