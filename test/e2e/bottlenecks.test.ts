import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { widthOf } from '../../src/reporters/format/pad-text.js';
import type { ResultDocument } from '../../src/reporters/result/result-schema.js';
import { readPageData, unescapeMarkdown } from '../support/read-forms.js';
import { closeServers, startHttp } from '../support/small-servers.js';
import { type CliResult, runCli } from '../support/spawn-cli.js';
import { findSchemaErrors } from '../support/validate-result.js';

const SCENARIO = `
import { defineTest, defineUser } from 'loadwright';
const Shopper = defineUser({
  tasks: {
    reserve: async ({ http }) => { await http.post('/reserve', { name: '재고 예약' }); },
  },
});
export default defineTest({
  users: { Shopper },
  load: { startUsers: 2, stages: [{ duration: '4s', target: 24 }, { duration: '1s', target: 24 }] },
});
`;
const HELD_MS = 8;

/** Whoever comes holds the one lock for a while; the others wait, and are told how long they did. */
async function startLockingTarget() {
  let last: Promise<void> = Promise.resolve();
  const server = await startHttp(async (request, response) => {
    request.resume();
    const since = performance.now();
    const before = last;
    let release = () => {};
    last = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    const lockMs = performance.now() - since;
    setTimeout(() => {
      release();
      response.setHeader('server-timing', `db;dur=2;desc="2 queries", lock;dur=${lockMs.toFixed(2)}`);
      response.end('reserved');
    }, HELD_MS);
  });
  return server.url;
}

/** A process that is busy for 12 ms with each request, and cannot do two at a time. */
const BUSY_SERVER = `
import { createServer } from 'node:http';
const server = createServer((request, response) => {
  request.resume();
  for (const until = performance.now() + 12; performance.now() < until; );
  response.end();
}).listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port));
`;

/** Takes whatever others leave of a core, and ends by itself if nobody is left to end it. */
const IDLER = 'for (const until = performance.now() + 60_000; performance.now() < until; );';
const LEAST_PRIORITY = 19;

const folder = mkdtempSync(join(tmpdir(), 'loadwright-bottlenecks-'));
let run: CliResult;
let result: ResultDocument;
const read = (file: string) => readFileSync(join(folder, file), 'utf8');
const sectionOf = (stdout: string) => /^Bottlenecks\n(.*?)\n\n/ms.exec(stdout)?.[1];

beforeAll(async () => {
  const scenario = join(folder, 'scenario.ts');
  writeFileSync(scenario, SCENARIO);
  const flags = ['--headless', '--only-summary', '--workers', '1', '--json', 'run.json', '--html', 'run.html'];
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(folder, 'summary.md') };
  const words = ['run', scenario, '--host', await startLockingTarget(), '--record', 'run.ndjson', ...flags];
  run = await runCli(words, { cwd: folder, env });
  result = JSON.parse(read('run.json')) as ResultDocument;
});
afterAll(async () => {
  await closeServers();
  rmSync(folder, { recursive: true, force: true });
});

describe('a target that waits for a lock', () => {
  test('is told so in the result, as the schema says', () => {
    expect(run.code, run.stderr).toBe(0);
    expect(findSchemaErrors(result)).toEqual([]);
    expect(result.bottlenecks).toHaveLength(1);
    expect(result.bottlenecks![0]).toMatchObject({ rule: 'lock-wait', method: 'POST', requestName: '재고 예약' });
    expect(result.bottlenecks![0]!.title).toMatch(
      /^재고 예약: [89]\d % of the time waits for a lock; it grows with users while db stays flat$/,
    );
    expect(result.bottlenecks![0]!.weight).toBeGreaterThan(0.8);
  });

  test('and in the final report, within the width of a terminal, and in the summary of a step', () => {
    const [bottleneck] = result.bottlenecks!;
    const lines = sectionOf(run.stdout)!.split('\n');
    const text = lines.map((line) => line.trim()).join(' ');
    expect(text).toContain(`1. ${bottleneck!.title} ${bottleneck!.evidence.join(' ')} → ${bottleneck!.advice}`);
    for (const line of lines) expect(widthOf(line), line).toBeLessThanOrEqual(80);
    expect(unescapeMarkdown(read('summary.md'))).toContain(`1. ${bottleneck!.title}.`);
  });

  test('on the page, and from the recording again', async () => {
    expect(readPageData(read('run.html')).bottlenecks).toEqual(result.bottlenecks);
    const again = await runCli(['report', 'run.ndjson', '--json', 'again.json'], { cwd: folder });
    expect(again.code, again.stderr).toBe(0);
    expect((JSON.parse(read('again.json')) as ResultDocument).bottlenecks).toEqual(result.bottlenecks);
  });

  test('and also from the recording of a run that was killed', async () => {
    const lines = read('run.ndjson').trimEnd().split('\n').slice(0, -1);
    expect(lines.join('\n')).not.toContain('run-finished');
    writeFileSync(join(folder, 'killed.ndjson'), `${lines.join('\n')}\n`);
    await runCli(['report', 'killed.ndjson', '--json', 'killed.json'], { cwd: folder });
    const killed = JSON.parse(read('killed.json')) as ResultDocument;
    expect(killed.state).toBe('incomplete');
    expect(killed.bottlenecks).toEqual(result.bottlenecks);
  });
});

describe('a target whose processor is full', () => {
  const children: ChildProcess[] = [];
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  /** Where the host takes time from this machine, no process gets a whole core: all cores are then full nevertheless. */
  function fillCores() {
    for (let core = 0; core < availableParallelism(); core += 1) {
      const child = spawn(process.execPath, ['-e', IDLER], { stdio: 'ignore' });
      setPriority(child.pid!, LEAST_PRIORITY);
      children.push(child);
    }
  }

  async function startBusyServer() {
    const server = join(folder, 'busy-server.mjs');
    writeFileSync(server, BUSY_SERVER);
    const child = spawn(process.execPath, [server], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    return line.replace('listening on ', '');
  }

  function writeWatched(url: string) {
    const scenario = join(folder, 'watched.ts');
    const monitors = `monitors: [processMonitor({ port: ${new URL(url).port} }, { name: '재고 서버' }), hostMonitor()],`;
    const watched = SCENARIO.replace('defineUser }', 'defineUser, hostMonitor, processMonitor }').replace(
      'users: {',
      `${monitors} users: {`,
    );
    writeFileSync(scenario, watched.replace("duration: '1s'", "duration: '5s'"));
    return scenario;
  }

  test('is told so where a monitor watches it', async () => {
    fillCores();
    const url = await startBusyServer();
    const flags = ['--headless', '--only-summary', '--workers', '1', '--record', 'busy.ndjson', '--json', 'busy.json'];
    const { code, stderr } = await runCli(['run', writeWatched(url), '--host', url, ...flags], { cwd: folder });
    expect(code, stderr).toBe(0);
    const [first] = (JSON.parse(read('busy.json')) as ResultDocument).bottlenecks!;
    expect(first).toMatchObject({ rule: 'target-cpu', weight: 0.5 });
    // The one core is full unless the host took some of it; the machine is full in any case, and told after the core.
    expect(first!.title).toMatch(/^(?:target’s CPU|CPU of the target’s machine) at (?:9\d|1\d\d) %/);
    expect(first!.evidence[0]).toMatch(
      /^(?:재고 서버: \d+ % of a core, and cannot use another|host: \d+ % of all cores of the machine)\.$/,
    );
    await runCli(['report', 'busy.ndjson', '--json', 'busy-again.json'], { cwd: folder });
    expect((JSON.parse(read('busy-again.json')) as ResultDocument).bottlenecks).toEqual([first]);
  });
});
