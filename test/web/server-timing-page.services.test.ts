import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openBrowser, openPage } from '../support/browser.js';
import { createPart, SyntheticRun } from '../support/run-events.js';
import { addAll, sampleOf } from '../support/samples.js';
import { writePage } from '../support/write-page.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const folder = mkdtempSync(join(tmpdir(), 'loadwright-page-'));
let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const SAMPLES = [
  { name: '상품 목록', serviceMs: 40, serverTiming: 'db;dur=30;desc="3 <b>queries</b>"', traceId: TRACE },
  {
    name: '상품 목록',
    serviceMs: 60,
    serverTiming: 'db;dur=20, cache;desc=hit',
    error: 'no',
    status: 500,
    traceId: 'x',
  },
  { name: 'plain' },
].map(sampleOf);

async function open(samples: typeof SAMPLES) {
  const url = await writePage(join(folder, `run-${samples.length}.html`), (listen) => {
    new SyntheticRun(listen)
      .start()
      .close(
        0,
        createPart(0, [], ({ requests }) => void addAll(requests, samples)),
      )
      .finish();
  });
  const opened = await openPage(browser, url, {});
  onTestFinished(() => opened.close());
  return opened;
}

test('what the target said is a table, which opens to all that was said, and a name has its slowest traces', async () => {
  const { page, messages } = await open(SAMPLES);
  const section = page.locator('#server-timing');
  const cells = await section.locator('tbody tr').evaluateAll((rows) =>
    // biome-ignore lint/suspicious/noExplicitAny: runs in the browser
    (rows as any[]).map((row) => [...row.children].slice(0, 9).map((cell) => cell.textContent)),
  );
  expect(cells).toEqual([
    ['GET 상품 목록', 'db', '50%', '25', '20', '30', '30', '30', '2 (100%)'],
    ['GET 상품 목록', 'cache', '–', '–', '–', '–', '–', '–', '1 (50%)'],
  ]);
  await section.locator('summary').first().click();
  expect(await section.locator('details').first().textContent()).toContain('3 <b>queries</b>: 1');
  await page.locator('button.name', { hasText: '상품 목록' }).click();
  const traces = page.locator('.name-detail', { hasText: 'Slowest with a trace' }).locator('code');
  expect(await traces.allTextContents()).toEqual(['x', TRACE]);
  expect(messages).toEqual([]);
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run(document)')) as axe.AxeResults;
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
});

test('a run in which it said nothing has no such section', async () => {
  const { page } = await open(SAMPLES.slice(2));
  await page.locator('#requests').waitFor();
  expect(await page.locator('#server-timing').count()).toBe(0);
  expect(await page.locator('header nav a', { hasText: 'Server timing' }).count()).toBe(0);
});
