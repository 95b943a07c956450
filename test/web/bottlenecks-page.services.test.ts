import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Bottleneck } from '../../src/metrics/bottlenecks/rule-table.js';
import { openBrowser, openPage } from '../support/browser.js';
import { SyntheticRun } from '../support/run-events.js';
import { writePage } from '../support/write-page.js';

const BOTTLENECKS: Bottleneck[] = [
  {
    rule: 'lock-wait',
    title: '재고 예약: 71 % of the time waits for a lock; it grows with users while db stays flat',
    evidence: ['181 ms of 255 ms a request are waiting for a lock, in 4,210 requests.', 'db takes 3 ms.'],
    advice: 'Shorter transactions.',
    method: 'POST',
    requestName: '재고 예약',
    weight: 0.7,
  },
  { rule: 'pool-full', title: '<b>pool</b> full \u202e(20 of 20)', evidence: [], advice: 'More.', weight: 0.2 },
];

const folder = mkdtempSync(join(tmpdir(), 'loadwright-page-'));
let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(bottlenecks: Bottleneck[]) {
  const url = await writePage(join(folder, `${bottlenecks.length}.html`), (listen) =>
    new SyntheticRun(listen)
      .start()
      .close(0, [{ name: '재고 예약', times: 20 }])
      .finish({ bottlenecks }),
  );
  const opened = await openPage(browser, url);
  onTestFinished(() => opened.close());
  return opened.page;
}

test.each([320, 1280])('bottlenecks come right behind the verdict, in order, %i pixels wide', async (width) => {
  const page = await open(BOTTLENECKS);
  await page.setViewportSize({ width, height: 900 });
  expect(await page.locator('main > section').nth(1).getAttribute('id')).toBe('bottlenecks');
  expect(await page.locator('nav a[href="#bottlenecks"]').count()).toBe(1);
  expect(await page.locator('.bottlenecks > li > b').allInnerTexts()).toEqual([
    BOTTLENECKS[0]!.title,
    '<b>pool</b> full \\u{202e}(20 of 20)',
  ]);
  expect(await page.locator('.bottlenecks > li').first().locator('.sentences > li').allInnerTexts()).toEqual([
    ...BOTTLENECKS[0]!.evidence,
    '→ Shorter transactions.',
  ]);
  await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>("axe.run('#bottlenecks')");
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
});

test('a page of a run without any has no such part', async () => {
  const page = await open([]);
  expect(await page.locator('#bottlenecks, a[href="#bottlenecks"]').count()).toBe(0);
});
