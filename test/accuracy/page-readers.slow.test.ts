import { readFileSync } from 'node:fs';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import type { RunReport } from '../../src/web/server/http-interface.js';
import { closeServers, startEcho } from '../support/small-servers.js';
import { startCli } from '../support/spawn-cli.js';
import { createTemporaryFolder, writeScenario } from '../support/temporary-folder.js';

/** `PAGE_NAMES=500` measures what docs/decisions/0019 tells of that many: more than the bound. */
const NAMES = Number(process.env.PAGE_NAMES ?? 20);
const READERS = 10;
const REFRESH_MS = 10_000;
/** The quietest of several stretches counts; in each with readers all of them refresh at least once. */
const STRETCHES = 3;
const [ALONE_MS, WATCHED_MS] = [6_000, REFRESH_MS + 2_000];
/** Of a core. */
const MOST_SHARE = 0.05;
const SCENARIO = `
import { constant, defineTest, defineUser } from 'loadwright';
const Buyer = defineUser({
  waitTime: constant(0.05),
  tasks: { buy: async ({ http, random }) => {
    await http.get('/', { name: 'endpoint_' + String(random.integer(0, ${NAMES - 1})).padStart(3, '0') });
  } },
});
export default defineTest({ users: { Buyer }, load: { users: 25, spawnRate: 100 } });
`;

afterEach(closeServers);

test('ten who watch cost the generator less than a twentieth of a core', async () => {
  const target = await startEcho();
  const words = ['run', writeScenario(SCENARIO), '--host', target.url, '--web-port', '0', '--autostart'];
  const cli = startCli([...words, '--workers', '1'], { env: { LOADWRIGHT_RESULTS: createTemporaryFolder() } });
  onTestFinished(() => void cli.child.kill('SIGKILL'));
  const [, url = ''] = await cli.printed(/The page is at (\S+)/);
  // What starts up and is compiled first costs the same with and without readers.
  const seconds = async () => ((await (await fetch(`${url}/api/run`)).json()) as RunReport).status.seconds;
  await expect.poll(seconds, { timeout: 60_000 }).toBeGreaterThan(10);
  const alone = await measureLeastShare(cli.pid, ALONE_MS);
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  let bytes = 0;
  let updates = 0;
  const ask = async (path: string) => (await fetch(`${url}${path}`, { signal: stop.signal })).arrayBuffer();
  const readers = Array.from({ length: READERS }, async () => {
    // What a browser asks for that opens the page, and every ten seconds after that.
    await ask('/api/page');
    const refresh = setInterval(() => ask('/api/page/shapes').catch(() => undefined), REFRESH_MS);
    stop.signal.addEventListener('abort', () => clearInterval(refresh));
    const { body } = await fetch(`${url}/api/page/events`, { signal: stop.signal });
    for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
      bytes += chunk.length;
      updates += chunk.split('event: update').length - 1;
    }
  });
  for (const reader of readers) reader.catch(() => undefined);
  await expect.poll(() => updates, { timeout: 30_000 }).toBeGreaterThanOrEqual(READERS);
  const [before, beforeBytes] = [updates, bytes];
  const watched = await measureLeastShare(cli.pid, WATCHED_MS);
  const perSecond = ((updates - before) / READERS / STRETCHES / WATCHED_MS) * 1000;
  const kilobytes = (bytes - beforeBytes) / (updates - before) / 1000;
  process.stderr.write(
    `alone ${percent(alone)}, watched ${percent(watched)}: ${percent(watched - alone)} of a core, ` +
      `${perSecond.toFixed(2)} updates a second, ${kilobytes.toFixed(0)} kB each\n`,
  );
  expect(perSecond).toBeGreaterThan(0.8);
  expect(watched - alone).toBeLessThan(MOST_SHARE);
});

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

/** Others on the machine only ever make the same work dearer. */
async function measureLeastShare(pid: number, durationMs: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let stretch = 0; stretch < STRETCHES; stretch++) least = Math.min(least, await measureShare(pid, durationMs));
  return least;
}

/** CPU time of all threads of a process, as a share of a core. */
async function measureShare(pid: number, durationMs: number): Promise<number> {
  const [from, startedAt] = [readCpuMs(pid), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, durationMs));
  return (readCpuMs(pid) - from) / (performance.now() - startedAt);
}

function readCpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
