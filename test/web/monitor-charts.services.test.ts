import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createHtmlReporter } from '../../src/node.js';
import { monitor } from '../../src/runtime/user/define-monitors.js';
import { openBrowser, openPage } from '../support/browser.js';
import { runMonitored } from '../support/monitored-run.js';
import { countPixels } from '../support/read-canvas.js';

const folder = mkdtempSync(join(tmpdir(), 'loadwright-monitors-'));
const path = join(folder, 'run.html');
let browser: Browser;

beforeAll(async () => {
  let calls = 0;
  const queue = monitor('대기열 <b>', () => ({ waiting: ++calls, done: calls * 2, oldest: 12 }), {
    units: { oldest: 'ms' },
  });
  await runMonitored([queue], { seconds: 4, reporters: [createHtmlReporter({ path })] });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each([
  ['light', 1200],
  ['dark', 1200],
  ['light', 390],
] as const)('what monitors told is drawn below the other charts, %s, %i px wide', async (colorScheme, width) => {
  const opened = await openPage(browser, pathToFileURL(path).href, { colorScheme, viewport: { width, height: 900 } });
  onTestFinished(() => opened.close());
  const { page, messages } = opened;
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
  expect(messages).toEqual([]);
  expect(await page.locator('.chart[id^=chart-monitor]').count()).toBe(2);
  expect(await page.locator('#chart-monitor-0 .chart-title').textContent()).toContain('대기열 <b>');
  for (const color of ['--ok', '--lag']) {
    expect(await countPixels(page, '#chart-monitor-0', [color]), color).toBeGreaterThan(15);
  }
  expect(await countPixels(page, '#chart-monitor-1', ['--ok'])).toBeGreaterThan(15);
  const ids = await page.locator('.chart').evaluateAll((charts) => charts.map(({ id }) => id));
  expect(ids.slice(-2)).toEqual(['chart-monitor-0', 'chart-monitor-1']);
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
});
