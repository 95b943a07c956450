import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Debian's Chromium; what is missing is said, and fails the tests that need it. */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) {
    throw new Error(`These tests open pages in Chromium, but there is no ${CHROMIUM}. Try: apt-get install chromium`);
  }
  return await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** A page that is open, and what went on in it. */
export interface OpenPage {
  page: Page;
  /** Everything that was printed or thrown. */
  messages: string[];
  /** Addresses of everything that was asked for. */
  requests: string[];
  close(): Promise<void>;
}

export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const messages: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => messages.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => messages.push(String(error)));
  context.on('request', (request) => requests.push(request.url()));
  await page.goto(url);
  await page.waitForSelector('h1');
  return { page, messages, requests, close: () => context.close() };
}
