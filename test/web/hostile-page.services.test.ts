import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openBrowser, openPage } from '../support/browser.js';
import { createPart, SyntheticRun } from '../support/run-events.js';
import { writePage } from '../support/write-page.js';

const LONG = '가나다 '.repeat(2_500);
const HOSTILE = [
  '<script>document.title = "taken"</script>',
  '</script><script>document.title = "taken"</script>',
  '<img src=x onerror=\'document.title = "taken"\'>',
  '"><svg onload=alert(1)>',
  "' onmouseover='alert(1)",
  '=cmd|"/C calc"!A0',
  'javascript:alert(1)',
  '__proto__',
  'constructor',
  '{{7*7}} #{7*7}',
  LONG,
];
/** What cannot be seen is written out. */
const WRITTEN_OUT: [text: string, shown: string][] = [
  ['left\u202egnp.exe', 'left\\u{202e}gnp.exe'],
  ['one\ntwo\u0000\u001b[31mred', 'one\\ntwo\\x00\\x1b[31mred'],
  ['\ufeffmark', '\\u{feff}mark'],
];

const folder = mkdtempSync(join(tmpdir(), 'loadwright-hostile-'));
let browser: Browser;
let url: string;

beforeAll(async () => {
  const texts = [...HOSTILE, ...WRITTEN_OUT.map(([text]) => text)];
  url = await writePage(join(folder, 'hostile.html'), (listen) => {
    const told = texts.map((text, index) => ({ name: text, method: index === 0 ? '<b>' : 'GET', error: text, ms: 5 }));
    const part = createPart(0, told, (tally) => {
      for (const text of texts) {
        tally.addCheck({ name: text, passes: 1, failures: 1 });
        tally.addGroup(text, 12);
        tally.addException({
          message: text,
          traceback: text,
          nodes: ['0'],
          count: 1,
          firstSeenMs: 1,
          lastSeenMs: 1,
        });
      }
    });
    new SyntheticRun(listen)
      .start({ scenario: HOSTILE[1]!, host: HOSTILE[2]! })
      .close(0, part)
      .tell({ type: 'log', record: { level: 'error', source: 'share 0', message: HOSTILE[1]! } })
      .finish({ scenario: HOSTILE[1]!, host: HOSTILE[2]!, warnings: [{ code: '<i>', message: HOSTILE[0]! }] });
  });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('whatever a name or an error says is shown as text', async () => {
  const { page, messages, requests, close } = await openPage(browser, url);
  onTestFinished(close);
  const buttons = page.locator('#requests tbody button.name');
  for (let index = 0; index < (await buttons.count()); index++) await buttons.nth(index).click();
  const names = await page.locator('#requests tbody button.name bdi').allTextContents();
  const shown = [...HOSTILE, ...WRITTEN_OUT.map(([, text]) => text)];
  expect([...names].sort()).toEqual([...shown].sort());
  const errors = await page.locator('#errors td.text bdi').allTextContents();
  for (const text of shown) expect(errors).toContain(text);
  expect(await page.title()).toBe(`${HOSTILE[1]} · Loadwright`);
  expect(await page.evaluate('document.scripts.length')).toBe(2);
  expect(await page.locator('main img, main script, main b > b, [onerror], [onload], [onmouseover]').count()).toBe(0);
  expect(messages).toEqual([]);
  expect(requests).toEqual([url]);
});

test('ten thousand characters of a name take one line, and all of them where the name is opened', async () => {
  const { page, close } = await openPage(browser, url);
  onTestFinished(close);
  const button = page.locator('#requests tbody button.name', { hasText: '가나다' });
  expect((await button.boundingBox())!.height).toBeLessThan(30);
  await button.click();
  expect(await page.locator('.full-name').textContent()).toBe(`GET ${LONG}`);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(1280);
});

test('a script that got in could not send anything anywhere', async () => {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(request.url ?? '');
    response.setHeader('access-control-allow-origin', '*').end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { page, messages, close } = await openPage(browser, url);
  onTestFinished(close);
  await expect(page.evaluate(`fetch('${target}/fetch')`)).rejects.toThrow();
  await page.evaluate(`new Promise((resolve) => {
    const image = new Image();
    image.onload = image.onerror = resolve;
    image.src = '${target}/image';
  })`);
  await page.evaluate(
    `document.body.append(Object.assign(document.createElement('script'), { textContent: 'document.title = "taken"' }))`,
  );
  expect(await page.title()).not.toBe('taken');
  expect(heard).toEqual([]);
  expect(messages.filter((message) => message.includes('Content Security Policy')).length).toBeGreaterThan(2);
});
