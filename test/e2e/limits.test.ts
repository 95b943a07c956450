import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { canRun } from '../support/can-run.js';
import { closeServers, readCertificate, startHttp, startHttps } from '../support/small-servers.js';
import { type CliResult, runCli, runProgram } from '../support/spawn-cli.js';
import { writeScenario } from '../support/temporary-folder.js';

const SCENARIO = `
import { constant, defineTest, defineUser } from 'loadwright';
const Visitor = defineUser({ waitTime: constant(0.2), tasks: { async go({ http }) { await http.get('/'); } } });
export default defineTest({ users: { Visitor } });
`;
const FLAGS = ['--headless', '--only-summary', '-t', '1s', '-r', '1000'];
const NAMESPACE = fileURLToPath(new URL('../support/in-namespace.mjs', import.meta.url));
const onLinux = process.platform === 'linux';
const hasNamespaces = onLinux && canRun('unshare', ['-rnm', 'ip', 'link', 'set', 'lo', 'up']);

/** As it was printed, without the line breaks of a narrow terminal. */
function textOf({ stdout, stderr }: CliResult): string {
  return `${stdout}${stderr}`.replace(/\s+/g, ' ');
}

describe.runIf(onLinux)('open files', () => {
  /** In a shell that may have so many files open. */
  async function runWithFiles(limit: string, { scenario = SCENARIO }, ...words: string[]): Promise<CliResult> {
    const server = await startHttp((_request, response) => response.end('ok'));
    onTestFinished(closeServers);
    const under = ['sh', '-c', `ulimit ${limit} && exec "$@"`, 'sh'];
    return runCli(['run', writeScenario(scenario), '--host', server.url, ...FLAGS, ...words], { under });
  }

  test('more users than there may be refuse the run', async () => {
    const result = await runWithFiles('-n 128', {}, '-u', '200');
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('ERR_LIMIT_FILES  200 users need a connection each');
    expect(result.stderr).toContain('this process may have 128 files open');
    expect(result.stderr).toMatch(/Try {3}ulimit -n 1024/);
  });

  test('that run out fail requests, which is named, and not blamed on the target', async () => {
    const result = await runWithFiles('-n 128', {}, '-u', '200', '--no-preflight');
    expect(result.code).toBe(1);
    expect(textOf(result)).toContain('GET /: too many open files in this process (see ulimit -n)');
    expect(textOf(result)).toContain('LIMIT_FILES Requests failed because this process had no file left');
    expect(textOf(result)).toContain('It may have 128 open.');
  });

  test('that the scenario took fail requests in the same words', async () => {
    const holding = `
import { closeSync, openSync } from 'node:fs';
import { defineTest, defineUser } from 'loadwright';
const Visitor = defineUser({ tasks: { async go({ http }) {
  const held: number[] = [];
  try { for (;;) held.push(openSync('/dev/null', 'r')); } catch { /* that was the last one */ }
  await http.get('/');
  for (const file of held) closeSync(file);
} } });
export default defineTest({ users: { Visitor } });
`;
    const result = await runWithFiles('-n 256', { scenario: holding }, '-u', '1', '--iterations', '1');
    expect(result.code).toBe(1);
    expect(textOf(result)).toContain('GET /: too many open files in this process (see ulimit -n)');
    expect(textOf(result)).toContain('It may have 256 open.');
  });

  test('are as many as the hard limit says: Node raises the soft one by itself', async () => {
    const result = await runWithFiles('-Sn 128', {}, '-u', '200');
    expect(result.code).toBe(0);
    expect(textOf(result)).not.toContain('LIMIT_FILES');
  });
});

describe.runIf(hasNamespaces)('in a network of its own', () => {
  function runInside(settings: readonly string[], ...words: string[]): Promise<CliResult> {
    const command = ['run', writeScenario(SCENARIO), ...FLAGS, ...words];
    return runProgram(['unshare', '-rnm', process.execPath, NAMESPACE, ...settings, '--', ...command]);
  }

  const PORTS = ['--ports', '40000 40099'];

  test('more users than there are ports refuse the run', async () => {
    const result = await runInside(PORTS, '--host', 'TARGET', '-u', '150');
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('ERR_LIMIT_PORTS  150 users need a port of this machine each');
    expect(result.stderr).toContain('there are 100 (ports 40000-40099)');
    expect(result.stderr).toContain('--local-address 127.0.0.2,127.0.0.3');
  });

  test('ports that run out fail requests, which is named', async () => {
    const result = await runInside(PORTS, '--host', 'TARGET', '-u', '150', '--no-preflight');
    expect(result.code).toBe(1);
    expect(textOf(result)).toContain('GET /: no free local port left for another connection');
    expect(textOf(result)).toContain('LIMIT_PORTS Requests failed because no local port was left');
  });

  test('every source address has as many ports again', async () => {
    const addresses = ['--local-address', '127.0.0.2,127.0.0.3'];
    const result = await runInside(PORTS, '--host', 'TARGET', '-u', '190', ...addresses);
    expect(textOf(result)).toContain('connections 190 opened');
    expect(result.code).toBe(0);
  });

  test('ports of one source address run out as well', async () => {
    const words = ['-u', '150', '--no-preflight', '--local-address', '127.0.0.2'];
    const result = await runInside(PORTS, '--host', 'TARGET', ...words);
    expect(result.code).toBe(1);
    expect(textOf(result)).toContain('GET /: no free local port left for another connection');
    expect(textOf(result)).toContain('connections 100 opened');
  });

  test.each([
    ['unknown', 'DNS knows no such name', 'NAME_UNKNOWN'],
    ['silent', 'DNS did not answer', 'NAME_UNANSWERED'],
  ])('a name that is %s to DNS', async (dns, reason, code) => {
    const words = ['--host', 'http://shop.example', '--yes', '-u', '1'];
    const refused = await runInside(['--dns', dns], ...words);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`the name "shop.example" could not be resolved: ${reason}.`);
    const result = await runInside(['--dns', dns], ...words, '--no-preflight');
    expect(result.code).toBe(1);
    expect(textOf(result)).toContain(`GET /: the name "shop.example" could not be resolved: ${reason}`);
    expect(textOf(result)).toContain(`Warnings ${code} ${reason}`);
  });
});

describe.runIf(onLinux)('source addresses', () => {
  const ADDRESSES = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
  const TELLING = `
import { threadId } from 'node:worker_threads';
import { constant, defineTest, defineUser } from 'loadwright';
const Visitor = defineUser({ waitTime: constant(0.2), tasks: { async go({ http }) {
  await http.get('/', { headers: { 'x-thread': String(threadId) } });
} } });
export default defineTest({ users: { Visitor }, `;

  /** Connections as the target saw them: how many came from each address, by worker thread. */
  async function countConnections(load: string, ...words: string[]): Promise<Record<string, number>[]> {
    const known = new WeakSet<Socket>();
    const byThread = new Map<string, Record<string, number>>();
    const server = await startHttp(({ socket, headers }, response) => {
      const counts = byThread.get(String(headers['x-thread'])) ?? {};
      byThread.set(String(headers['x-thread']), counts);
      if (!known.has(socket)) counts[socket.remoteAddress!] = (counts[socket.remoteAddress!] ?? 0) + 1;
      known.add(socket);
      response.end('ok');
    });
    onTestFinished(closeServers);
    const flags = ['--host', server.url, '--headless', '--only-summary', '--workers', '2'];
    const file = writeScenario(`${TELLING}${load} });`);
    const result = await runCli(['run', file, ...flags, '--local-address', ADDRESSES.join(), ...words]);
    expect(result.code).toBe(0);
    return [...byThread.values()];
  }

  test.each(['auto', 'undici'])('are shared out evenly, and by each worker, with transport %s', async (transport) => {
    const load = "load: { users: 30, spawnRate: 1000, runTime: '1s' }";
    const seen = await countConnections(load, '--transport', transport);
    const even = Object.fromEntries(ADDRESSES.map((address) => [address, 5]));
    expect(seen).toEqual([even, even]);
  });

  test.each(['auto', 'undici'])('of short connections are taken in turn, with transport %s', async (transport) => {
    const arrivals = "executor: 'constant-arrival-rate', rate: 150, duration: '2s', preAllocatedUsers: 2, maxUsers: 20";
    const seen = await countConnections(
      `load: { ${arrivals} }`,
      '--transport',
      transport,
      '--connection-reuse',
      'none',
    );
    expect(seen).toHaveLength(2);
    for (const counts of seen) {
      expect(Object.keys(counts).sort()).toEqual(ADDRESSES);
      for (const count of Object.values(counts)) expect(Math.abs(count - 50)).toBeLessThanOrEqual(5);
    }
  });
});

test('handshakes that take much of the time are named, with what to do', async () => {
  const server = await startHttps(readCertificate('localhost'), (_request, response) => response.end('ok'));
  onTestFinished(closeServers);
  const scenario = writeScenario(SCENARIO.replace('constant(0.2)', 'constant(0.01)'));
  const flags = ['--headless', '--only-summary', '-u', '5', '-r', '1000', '--iterations', '120', '--insecure'];
  const words = ['run', scenario, '--host', server.url, ...flags];
  const short = await runCli([...words, '--connection-reuse', 'none']);
  expect(short.code).toBe(0);
  expect(textOf(short)).toMatch(/TLS_HANDSHAKES TLS handshakes took \d+ % of all request time: 120 for 120 requests\./);
  expect(textOf(short)).toContain('Keep connections (--connection-reuse user)');
  const kept = await runCli(words);
  expect(textOf(kept)).toContain('5 TLS handshakes of');
  expect(textOf(kept)).not.toContain('TLS_HANDSHAKES');
});

test('source addresses have to be this machine’s', async () => {
  const words = ['run', writeScenario(SCENARIO), '--host', 'http://127.0.0.1:1', ...FLAGS];
  const result = await runCli([...words, '--local-address', '192.0.2.7', '--no-preflight']);
  expect(result.code).toBe(2);
  expect(result.stderr).toContain('ERR_OPTION_INVALID  "localAddress" must be addresses of this machine');
});
