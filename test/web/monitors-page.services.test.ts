import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { MonitorSummary } from '../../src/metrics/monitors/monitor-totals.js';
import { openBrowser, openPage } from '../support/browser.js';
import { findViolations } from '../support/find-violations.js';
import { SyntheticRun } from '../support/run-events.js';
import { createTemporaryFolder } from '../support/temporary-folder.js';
import { writePage } from '../support/write-page.js';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const UPDATE =
  'UPDATE stock SET quantity = quantity - $1 WHERE product_id = $2 AND quantity >= $1 RETURNING quantity, id';
const MONITORS: MonitorSummary[] = [
  {
    ...{ name: '재고 db', kind: 'postgres', samples: 17, failures: 3, failure: '<b>ECONNREFUSED</b>', metrics: [] },
    statements: [
      { text: 'SELECT 1', calls: 1200, totalMs: 40.25, meanMs: 0.0335 },
      { text: UPDATE, calls: 90, totalMs: 8123.5, meanMs: 90.2611 },
    ],
  },
  { name: 'host', kind: 'host', samples: 20, failures: 0, metrics: [] },
];

async function open(monitors: MonitorSummary[], options = {}): Promise<Page> {
  const file = `${createTemporaryFolder()}/run.html`;
  const url = await writePage(file, (listen) => {
    new SyntheticRun(listen)
      .start()
      .close(0, [{ name: 'a' }])
      .finish({ monitors });
  });
  const opened = await openPage(browser, url, options);
  onTestFinished(async () => {
    expect(opened.messages).toEqual([]);
    await opened.close();
  });
  return opened.page;
}

test('the slowest statements of a database are told, and why a monitor failed', async () => {
  const page = await open(MONITORS);
  const section = page.getByRole('region', { name: 'Monitors' });
  expect(await section.getByRole('listitem').allInnerTexts()).toEqual([
    '재고 db failed in 3 of 20 looks, first because <b>ECONNREFUSED</b>.',
  ]);
  const rows = section.getByRole('region', { name: 'Slowest statements of 재고 db' }).locator('tbody tr');
  const read = async () => (await rows.allInnerTexts()).map((row) => row.split('\t').slice(1));
  expect(await read()).toEqual([
    ['8,124', '90', '90'],
    ['40', '1,200', '0.03'],
  ]);
  await section.getByRole('button', { name: 'Calls', exact: true }).click();
  expect((await read())[0]).toEqual(['40', '1,200', '0.03']);
  expect(await rows.nth(0).locator('.statement').innerText()).toBe('SELECT 1');
  expect(await rows.nth(1).locator('.statement').innerText()).toBe(UPDATE);
  expect(await page.getByRole('link', { name: 'Monitors', exact: true }).count()).toBe(1);
});

test('monitors that had nothing but numbers are told by their charts alone', async () => {
  const page = await open(MONITORS.slice(1));
  expect(await page.getByRole('link', { name: 'Monitors', exact: true }).count()).toBe(0);
});

test.each([
  ['light', 1280],
  ['dark', 390],
] as const)('axe finds nothing, and nothing is wider than the screen, %s, %i', async (colorScheme, width) => {
  const page = await open(MONITORS, { colorScheme, viewport: { width, height: 844 } });
  expect(await findViolations(page)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  if (process.env.SHOTS)
    await page.locator('#monitors').screenshot({ path: `${process.env.SHOTS}/${colorScheme}.png` });
});
