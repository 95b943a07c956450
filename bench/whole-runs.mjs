// What only whole runs tell: the reference scenario's requests, memory of waiting users, ten thousand starts a second,
// and the time one request takes from the command to its end.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureWhole, readResult } from './cpu.mjs';
import { loadwrightWords, onlyInstalled } from './generators.mjs';
import { describeLags } from './lags.mjs';
import { startNginx } from './nginx-target.mjs';
import { median } from './ratios.mjs';
import { WORK_US } from './timer-loop.mjs';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const USER_COUNTS = [5000, 10_000];
/** Most memory of ten thousand waiting users, two workers, in MB. */
const MEMORY_BARS = { auto: 260, undici: 420 };

/** The first seconds of an open load are left out as they are of the works' rounds. */
const STARTS_WARM_UP_SECONDS = 3;
/** How late one start in a hundred of ten thousand a second may be, in ms. */
export const STARTS_BAR_MS = 2;

/** A run from the command to its end, its result document, and its recording if one is asked for. */
async function runWhole(scenario, how) {
  const folder = mkdtempSync(join(tmpdir(), 'loadwright-bench-'));
  try {
    const json = join(folder, 'result.json');
    const recording = how.isRecorded ? join(folder, 'run.ndjson') : undefined;
    const record = recording === undefined ? [] : ['--record', recording];
    const more = ['--no-results', '--json', json, ...record, ...(how.more ?? [])];
    const cost = await measureWhole(loadwrightWords(scenario, { ...how, more }));
    const result = readResult(json, cost);
    return { ...cost, result, events: recording === undefined ? [] : readEvents(recording) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readEvents(recording) {
  const lines = readFileSync(recording, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

async function startStockServer() {
  const words = ['-c', '0', process.execPath, here('../dist/cli/main.js'), 'demo', '--server-only', '--port', '0'];
  const child = spawn('taskset', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  const url = await new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(`the stock server ended: ${text}`)));
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const found = /http:\/\/[\d.]+:\d+/.exec(text);
      if (found !== null) resolve(found[0]);
    });
  });
  const stop = async () => {
    child.removeAllListeners('exit');
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await exited;
  };
  return { url, stop };
}

/** CPU a request of the reference scenario without waits; the start of the process is part of it. */
export async function measureStock({ rounds, seconds }) {
  const { url, stop } = await startStockServer();
  const figures = { microseconds: [], perSecond: [], failures: 0 };
  for (let round = 0; round < rounds; round++) {
    const { cpu, result } = await runWhole('stock', { url, connections: '64', seconds });
    figures.microseconds.push((cpu * 1000) / result.total.completed);
    figures.perSecond.push((result.total.completed * 1000) / result.durationMs);
    figures.failures += result.total.failures;
  }
  await stop();
  return {
    microseconds: median(figures.microseconds),
    perSecond: median(figures.perSecond),
    failures: figures.failures,
  };
}

/** Most memory of the whole process with so many users that wait ten seconds between requests, two workers. */
export async function measureMemory() {
  const { url, stop } = await startNginx({ core: 0 });
  const rows = [];
  for (const users of USER_COUNTS) {
    for (const transport of ['auto', 'undici']) {
      const more = ['--transport', transport, '--workers', '2'];
      const { memory, result } = await runWhole('waiting', { url, connections: String(users), seconds: 20, more });
      const bar = users === 10_000 ? MEMORY_BARS[transport] : undefined;
      const perUser = ((memory * 1000) / users).toFixed(1);
      rows.push({
        users,
        transport,
        memory,
        perUser,
        bar,
        requests: result.total.completed,
        failures: result.total.failures,
      });
    }
  }
  await stop();
  return rows;
}

/** As many starts of a bare loop of timers on the same core, each with less work than a request is, and no network. */
function measureTimerLoop() {
  const words = ['--rate', '10000', '--seconds', '10', '--work-us', String(WORK_US)];
  const program = ['-c', '1', process.execPath, here('./timer-loop.mjs')];
  return JSON.parse(execFileSync('taskset', [...program, ...words], { encoding: 'utf8' }));
}

/**
 * Ten thousand starts a second on one core, main thread and all: how late they were, warm, in the first second and in
 * all, and what they cost, in the round in the middle; the 99 % of all rounds, rising, and those of a bare loop of timers
 * between them.
 */
export async function measureStarts({ rounds }) {
  const { url, stop } = await startNginx({ core: 0 });
  const rows = [];
  const loopP99 = [];
  for (let round = 0; round < rounds; round++) {
    const { cpu, result, events } = await runWhole('starts', { url, isRecorded: true });
    const closed = events.filter(({ type }) => type === 'interval-closed');
    const lagsOf = (isOf) => describeLags(closed.filter(({ interval }) => isOf(interval)).map(({ part }) => part));
    rows.push({
      cores: cpu / result.durationMs,
      warm: lagsOf((second) => second >= STARTS_WARM_UP_SECONDS),
      first: lagsOf((second) => second === 0),
      whole: lagsOf(() => true),
      dropped: result.droppedIterations,
    });
    loopP99.push(measureTimerLoop().p99);
  }
  await stop();
  rows.sort((one, other) => one.warm.p99 - other.warm.p99);
  loopP99.sort((one, other) => one - other);
  const middle = rows[Math.floor(rows.length / 2)];
  return {
    ...middle,
    allP99: rows.map(({ warm }) => warm.p99),
    loopP99,
    verdict: judgeStarts(middle, median(loopP99)),
  };
}

/** A machine on which a loop of timers is as late says nothing about a generator. */
function judgeStarts({ warm }, loopMs) {
  if (warm.p99 < STARTS_BAR_MS) return 'met';
  return loopMs < STARTS_BAR_MS ? 'not met' : 'this machine cannot show it now';
}

/** One request from the command to its end, in ms, of each program in turn. */
export async function measureOneRequest({ rounds }) {
  const { url, stop } = await startNginx({ core: 0 });
  const page = `${url}/api/products/`;
  const programs = {
    'node -e 0': [process.execPath, '-e', '0'],
    loadwright: loadwrightWords('bare', {
      url,
      connections: '1',
      seconds: 30,
      more: ['--iterations', '1', '--no-results'],
    }),
    'hey -n 1': ['hey', '-n', '1', '-c', '1', page],
    'locust -t 1': [
      ...['locust', '-f', here('./scenarios/locustfile.py'), 'Fast', '--headless'],
      ...['-H', url, '-u', '1', '-t', '1'],
    ],
  };
  const rows = [];
  for (const [name, words] of Object.entries(onlyInstalled(programs))) {
    const times = [];
    for (let round = 0; round < rounds; round++) {
      const end = await measureWhole(words);
      if (end.exitCode !== 0) throw new Error(`${name} ended with exit code ${end.exitCode}:\n${end.complaints}`);
      times.push(end.elapsedMs);
    }
    rows.push({ name, ms: median(times) });
  }
  await stop();
  return rows;
}
