import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { askUrl, readEvents } from '../support/page-harness.js';
import { closeServers, startEcho } from '../support/small-servers.js';
import { type CliProcess, startCli } from '../support/spawn-cli.js';
import { createTemporaryFolder, writeScenario } from '../support/temporary-folder.js';

const SCENARIO = `
import { constant, defineTest, defineUser } from 'loadwright';
const Visitor = defineUser({
  waitTime: constant(0.05),
  tasks: { home: async ({ http }) => { await http.get('/', { name: 'home' }); } },
});
export default defineTest({ users: { Visitor }, load: { users: 4, spawnRate: 100 } });
`;

const started: CliProcess[] = [];
afterEach(async () => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL');
  await closeServers();
});

async function startPage(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const target = await startEcho();
  const words = ['run', writeScenario(SCENARIO), '--host', target.url, '--web-port', '0', ...args];
  const cli = startCli(words, { env });
  started.push(cli);
  const [, url = ''] = await cli.printed(/The page is at (\S+)/);
  const post = (path: string, body?: object) =>
    askUrl(`${url}${path}`, {
      method: 'POST',
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  const reach = (phase: string) =>
    readEvents(`${url}/api/events`, ({ event, data }) => event === 'status' && data.phase === phase);
  return { ...cli, url, post, reach, target };
}

describe('loadwright run with a page', () => {
  test('waits for Start, runs again and again, each time kept apart, and Ctrl-C then ends it with the last exit code', async () => {
    const results = createTemporaryFolder();
    const { post, reach, child, result, target, url } = await startPage([], { LOADWRIGHT_RESULTS: results });
    await reach('ready');
    expect(target.requests).toEqual([]);
    for (const run of [1, 2]) {
      expect((await post('/api/run', { users: 2, spawnRate: 100, runTime: '1s' })).status).toBe(202);
      await readEvents(
        `${url}/api/events`,
        ({ event, data }) => event === 'status' && data.phase === 'ended' && data.run === run,
      );
    }
    const folders = readdirSync(results);
    expect(folders).toHaveLength(2);
    for (const folder of folders) expect(readdirSync(join(results, folder))).toContain('recording.ndjson');
    const { json } = await askUrl(`${url}/api/results`);
    const counted = json.runs.reduce((sum: number, { completed }: { completed: number }) => sum + completed, 0);
    expect(counted).toBe(target.requests.length);
    const csv = await askUrl(`${url}/api/results/${json.runs[0].name}/stats.csv`);
    expect(csv.text).toContain(`,Aggregated,${json.runs[0].completed},0,`);
    child.kill('SIGINT');
    const { code, stdout } = await result;
    expect(code).toBe(0);
    expect(stdout.match(/completed after 1\.0 s/g)).toHaveLength(2);
  });

  test('starts at once with --autostart, and ends by itself with --autoquit', async () => {
    const { result, target } = await startPage(['--autostart', '--autoquit', '-t', '1s']);
    const { code, stdout } = await result;
    expect(code).toBe(0);
    expect(stdout).toMatch(/completed after 1\.0 s/);
    expect(target.requests.length).toBeGreaterThan(20);
  });

  test('exits with what the run exits with', async () => {
    const { result } = await startPage([
      '--autostart',
      '--autoquit',
      '0s',
      '-t',
      '1s',
      '--threshold',
      'http_reqs:count<1',
    ]);
    expect((await result).code).toBe(99);
  });

  test('stops the run first on Ctrl-C, with all its numbers, and then the server', async () => {
    const { reach, child, result, target } = await startPage(['--autostart']);
    await reach('running');
    await expect.poll(() => target.requests.length).toBeGreaterThan(10);
    child.kill('SIGINT');
    const { code, stdout } = await result;
    expect(code).toBe(130);
    expect(stdout).toMatch(/stopped by Ctrl-C/);
    expect(stdout).toMatch(new RegExp(`Aggregated +${target.requests.length} `));
  });

  test('says what keeps a run from starting, and stays', async () => {
    const { post, reach, url, child, result } = await startPage([]);
    await reach('ready');
    expect((await post('/api/run', { host: 'http://127.0.0.1:9' })).status).toBe(202);
    const events = await reach('ended');
    expect(events.at(-1)!.data.outcome).toMatchObject({
      state: 'failed',
      exitCode: 2,
      error: { code: 'ERR_HOST_UNREACHABLE' },
    });
    expect((await askUrl(`${url}/api/run`)).status).toBe(200);
    child.kill('SIGTERM');
    const { code, stderr } = await result;
    expect(code).toBe(2);
    expect(stderr).toMatch(/ERR_HOST_UNREACHABLE/);
  });

  test('prints the address with the token where others can reach it', async () => {
    const { printed, child, result } = await startPage(['--web-host', '0.0.0.0']);
    const [, token] = await printed(/The page is at http:\/\/\S+\/\?token=([\w-]{32}) /);
    expect(token).toBeDefined();
    child.kill('SIGINT');
    const { code, stderr } = await result;
    expect(code).toBe(0);
    expect(stderr).toMatch(/goes over the network as it is: --tls-cert/);
  });

  test('a port that is taken ends it, with what to type', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const cli = startCli(['run', writeScenario(SCENARIO), '-P', String(port)]);
    const { code, stderr } = await cli.result;
    other.close();
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`ERR_PAGE_NOT_SERVED .*port ${port}[^]*--web-port ${port + 1}`));
  });
});
