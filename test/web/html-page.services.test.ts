import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openBrowser, openPage } from '../support/browser.js';
import { SHOP_NAMES, tellEventfulRun } from '../support/eventful-run.js';
import { countPixels } from '../support/read-canvas.js';
import { writePage } from '../support/write-page.js';

const folder = mkdtempSync(join(tmpdir(), 'loadwright-page-'));
let browser: Browser;
let url: string;

beforeAll(async () => {
  url = await writePage(join(folder, 'run.html'), (listen) =>
    tellEventfulRun(listen, { seconds: 120, names: SHOP_NAMES }),
  );
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(options: BrowserContextOptions = {}) {
  const opened = await openPage(browser, url, options);
  onTestFinished(() => opened.close());
  return opened;
}

const LINES: Record<string, string[]> = {
  '#chart-rate': ['--ok', '--fail'],
  '#chart-times': ['--p50', '--p90', '--p95', '--p99'],
  '#chart-users': ['--users'],
  '#chart-flight': ['--flight'],
  '#chart-lag': ['--lag'],
  '#chart-status': ['--status-2-0', '--status-5-0'],
  '#chart-generator': ['--lag'],
  '#chart-heatmap': ['--heat-0', '--heat-5'],
};

test.each(['light', 'dark'] as const)('every line of every chart is drawn, %s', async (colorScheme) => {
  const { page, messages, requests } = await open({ colorScheme });
  await drawn(page);
  expect(messages).toEqual([]);
  for (const [chart, colors] of Object.entries(LINES)) {
    for (const color of colors)
      expect(await countPixels(page, chart, [color]), `${chart} ${color}`).toBeGreaterThan(15);
  }
  expect(await page.locator('.chart canvas').count()).toBe(Object.keys(LINES).length);
  expect(requests).toEqual([url]);
});

/** Charts draw once the page has been laid out. */
const drawn = (page: Page) =>
  page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');

const pictureOf = (page: Page) => page.evaluate("document.querySelector('#chart-users canvas').toDataURL()");

const namesOf = (page: Page) => page.locator('#requests tbody button.name bdi').allTextContents();

test('the table sorts both ways, filters, and shows failures alone', async () => {
  const { page } = await open();
  const column = async (index: number) =>
    (await page.locator(`#requests tbody tr > :nth-child(${index})`).allTextContents()).map((text) =>
      Number(text.replace(/[^\d.]/g, '')),
    );
  const header = page.locator('#requests').getByRole('button', { name: '95%', exact: true });
  await header.click();
  const slowest = await column(10);
  expect(slowest).toHaveLength(SHOP_NAMES.length);
  expect(slowest).toEqual([...slowest].sort((a, b) => b - a));
  expect(new Set(slowest).size).toBeGreaterThan(3);
  await header.click();
  expect(await column(10)).toEqual([...slowest].reverse());
  await page.getByLabel('Filter: Requests by name').fill('상품');
  expect(await namesOf(page)).toEqual(['02_상품_목록']);
  await page.getByLabel('Filter: Requests by name').fill('');
  await page.getByLabel(/only with failures/).check();
  expect((await namesOf(page)).sort()).toEqual(['/api/products/:id/reviews', '02_상품_목록', '05_장바구니']);
});

test('the cursor of one chart reads out all of them', async () => {
  const { page } = await open();
  await page.locator('#chart-rate .u-over').hover({ position: { x: 200, y: 50 } });
  const times = await page.locator('#charts .chart-time').allTextContents();
  expect(times).toHaveLength(Object.keys(LINES).length);
  expect(new Set(times).size).toBe(1);
  expect(times[0]).toMatch(/^\d:\d\d · \d\d:\d\d:\d\d$/);
  expect(await page.locator('#chart-users .legend b').first().textContent()).toMatch(/^\d+$/);
});

test('dragging over one chart zooms all, and a double click shows the whole run again', async () => {
  const { page } = await open();
  await drawn(page);
  const before = await pictureOf(page);
  const box = (await page.locator('#chart-rate .u-over').boundingBox())!;
  await page.mouse.move(box.x + 20, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + 160, box.y + 40, { steps: 4 });
  await page.mouse.up();
  await page.getByRole('button', { name: /show the whole run/ }).waitFor();
  await page.mouse.move(0, 0);
  await expect.poll(() => pictureOf(page)).not.toBe(before);
  await page.locator('#chart-times .u-over').dblclick({ position: { x: 80, y: 40 } });
  await page.mouse.move(0, 0);
  await page.getByRole('button', { name: /show the whole run/ }).waitFor({ state: 'detached' });
  await expect.poll(() => pictureOf(page)).toBe(before);
});

test('a name opens to its own charts, percentiles and errors, and can be chosen for the charts above', async () => {
  const { page } = await open();
  await page.locator('button.name', { hasText: '02_상품_목록' }).click();
  const detail = page.locator('.name-detail');
  await detail.waitFor();
  expect(await detail.locator('h3').allTextContents()).toEqual(['Percentiles', 'Distribution', 'Answers', 'Traffic']);
  expect(await detail.textContent()).toContain('status 503, expected 200');
  await expect.poll(() => countPixels(page, '#name-2-rate', ['--ok'])).toBeGreaterThan(15);
  const all = await countPixels(page, '#chart-times', ['--p90']);
  expect(all).toBeGreaterThan(15);
  await detail.getByRole('button', { name: 'Show in the charts above' }).click();
  expect(await page.locator('.chart-tools select').inputValue()).toBe('2');
  // Of one name the 90th percentile is not kept.
  await expect.poll(() => countPixels(page, '#chart-times', ['--p90'])).toBeLessThan(all / 4);
});

test('everything works from the keyboard', async () => {
  const { page } = await open();
  await page.locator('#chart-rate .chart-plot').focus();
  for (let press = 0; press < 3; press++) await page.keyboard.press('ArrowRight');
  expect(await page.locator('#chart-users .chart-time').textContent()).toMatch(/^0:03 · /);
  await page.keyboard.press('+');
  await page.getByRole('button', { name: /show the whole run/ }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /show the whole run/ }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Requests', exact: true }).focus();
  await page.keyboard.press('Enter');
  expect(await page.locator('th[aria-sort=descending]').first().textContent()).toBe('Requests');
  await page.locator('button.name').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('.name-detail').waitFor();
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Show in the charts above');
});

test.each(['light', 'dark'] as const)('axe finds nothing serious, %s', async (colorScheme) => {
  const { page } = await open({ colorScheme });
  await page.locator('button.name').nth(2).click();
  await page.evaluate(axe.source);
  const found = (await page.evaluate('axe.run().then(({ violations }) => violations)')) as {
    id: string;
    impact: string;
    nodes: { html: string }[];
  }[];
  const serious = found.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html)])).toEqual([]);
});

test('the theme can be changed, and paper is light', async () => {
  const { page } = await open({ colorScheme: 'light' });
  await page.getByRole('button', { name: 'Use the dark theme' }).click();
  await expect.poll(() => countPixels(page, '#chart-rate', ['--ok'])).toBeGreaterThan(15);
  expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
  await page.emulateMedia({ media: 'print' });
  await expect.poll(() => page.evaluate('document.documentElement.dataset.theme')).toBe('light');
  expect(await page.locator('header nav').isVisible()).toBe(false);
});

test('a narrow screen scrolls tables, and not the page', async () => {
  const { page } = await open({ viewport: { width: 390, height: 844 } });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
});
