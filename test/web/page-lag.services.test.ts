import { afterEach, expect, onTestFinished, test } from 'vitest';
import { openBrowser, openPage } from '../support/browser.js';
import { closeServers, startEcho } from '../support/small-servers.js';
import { startCli } from '../support/spawn-cli.js';
import { createTemporaryFolder, writeScenario } from '../support/temporary-folder.js';

const SCENARIO = `
import { constant, defineTest, defineUser } from 'loadwright';
const Buyer = defineUser({ waitTime: constant(0.02), tasks: { buy: async ({ http }) => void (await http.get('/')) } });
export default defineTest({ users: { Buyer }, load: { users: 4, spawnRate: 100 } });
`;
const SECONDS = 10;
/** A second is shown once it is over, and until the next one is. */
const MOST_LAG_MS = 1_500;
/** What a machine that is busy with other things may add now and then. */
const BUSY_MS = 1_500;

/** Each number of requests that was shown, and when. */
const WATCH = `
  globalThis.shown = [];
  const read = () => [...document.querySelectorAll('.figure')].find((one) => one.textContent.startsWith('Requests'))?.querySelector('dd').textContent;
  new MutationObserver(() => {
    const count = Number((read() ?? '').replace(/\\D/g, ''));
    if (count > 0 && count !== shown.at(-1)?.[1]) shown.push([Date.now(), count]);
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
`;

afterEach(closeServers);

test('the numbers on the page lag the run by no more than 1.5 s', async () => {
  const target = await startEcho();
  const words = ['run', writeScenario(SCENARIO), '--host', target.url, '--web-port', '0', '--autostart'];
  const cli = startCli(words, { env: { LOADWRIGHT_RESULTS: createTemporaryFolder() } });
  onTestFinished(() => void cli.child.kill('SIGKILL'));
  const [, url = ''] = await cli.printed(/The page is at (\S+)/);
  const browser = await openBrowser();
  onTestFinished(() => browser.close());
  const { page } = await openPage(browser, url);
  await page.locator('#chart-rate canvas').waitFor();
  const arrived: [atMs: number, count: number][] = [];
  const sampling = setInterval(() => arrived.push([Date.now(), target.requests.length]), 5);
  onTestFinished(() => clearInterval(sampling));
  await page.evaluate(WATCH);
  const read = () => page.evaluate('shown') as Promise<[atMs: number, count: number][]>;
  await expect.poll(async () => (await read()).length, { timeout: 3_000 * SECONDS }).toBeGreaterThan(SECONDS);
  const shown = await read();
  // At its oldest, a number is shown just before the next one takes its place.
  const lags = shown.slice(1, -1).map(([, count], index) => {
    const [atMs] = arrived.find(([, seen]) => seen >= count)!;
    return shown[index + 2]![0] - atMs;
  });
  lags.sort((a, b) => a - b);
  const median = lags[Math.floor(lags.length / 2)]!;
  process.stderr.write(`a number is ${median} ms old (median), ${lags.at(-1)} ms (most)\n`);
  expect(median).toBeGreaterThan(500);
  expect(median).toBeLessThan(MOST_LAG_MS);
  expect(lags.at(-1)).toBeLessThan(MOST_LAG_MS + BUSY_MS);
});
