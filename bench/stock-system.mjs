// How much the stock system on PostgreSQL and Redis takes, with everything on this machine: users who never wait do the
// scenario's mix; what is counted begins when all of them have logged in.
// Usage: node bench/stock-system.mjs [--users 64] [--seconds 15] [--rounds 3] [-- flags of the stock server]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cpuMs, readResult } from './cpu.mjs';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const MS_PER_TICK = 10;
const LOGIN_SECONDS = 2;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A program that is ready when what it prints matches. */
async function start(words, { env, ready }) {
  const child = spawn(process.execPath, words, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let text = '';
  const found = await new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (more) => {
      text += more;
      const match = ready.exec(text);
      if (match !== null) resolve(match);
    });
    void exited.then(() => reject(new Error(`${words.join(' ')} ended at once:\n${text}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  return { child, found, stop };
}

/** A process and those that it started. */
function familyCpuMs(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  return [pid, ...children].reduce((sum, one) => sum + cpuMs(one), 0);
}

function hostBusyMs() {
  const [user, nice, system, , , irq, softirq] = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))[1].split(' ');
  return [user, nice, system, irq, softirq].reduce((sum, ticks) => sum + Number(ticks), 0) * MS_PER_TICK;
}

async function measure(server, { users, seconds, file }) {
  const words = [here('../dist/cli/main.js'), 'run', here('./scenarios/stock.ts'), '--host', server.found[1]];
  const load = ['--users', String(users), '--spawn-rate', String(users / LOGIN_SECONDS), '--reset-stats'];
  const time = ['--run-time', `${LOGIN_SECONDS + seconds}s`, '--headless', '--no-results', '--json', file];
  const child = spawn(process.execPath, [...words, ...load, ...time], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let hasStarted = () => undefined;
  const started = new Promise((resolve) => {
    hasStarted = resolve;
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      said += text;
      hasStarted();
    });
  }
  const ended = once(child, 'close');
  await Promise.race([started, ended]);
  await sleep((LOGIN_SECONDS + 1) * 1000);
  const read = () => [familyCpuMs(server.child.pid), familyCpuMs(child.pid), hostBusyMs(), performance.now()];
  const before = read();
  await sleep((seconds - 3) * 1000);
  const after = read();
  const [exitCode] = await ended;
  const [serverMs, generatorMs, hostMs, elapsedMs] = after.map((value, at) => value - before[at]);
  const percent = (ms) => Math.round((100 * ms) / elapsedMs);
  const result = readResult(file, { exitCode, signal: null, complaints: said });
  return { result, server: percent(serverMs), generator: percent(generatorMs), host: percent(hostMs) };
}

function print({ result: { total, requests, generator }, ...cpu }) {
  const { requestsPerSecond, percentiles, failures } = total;
  console.log(
    `${requestsPerSecond.toFixed(0)} requests/s, 95 % within ${percentiles['95'].toFixed(0)} ms, ${failures} failed`,
  );
  console.log(`  ${requests.map(({ name, completed }) => `${name} ${completed}`).join(', ')}`);
  console.log(
    `  CPU in percent of a core: server ${cpu.server}, generator ${cpu.generator} (${generator.verdict}), ` +
      `PostgreSQL, Redis and others ${cpu.host - cpu.server - cpu.generator}; of ${cpus().length * 100}`,
  );
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    users: { type: 'string', default: '64' },
    seconds: { type: 'string', default: '15' },
    rounds: { type: 'string', default: '3' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'loadwright-bench-'));
const services = await start([here('../dist/examples/stock/system/services/main.js')], {
  ready: /DATABASE_URL=(\S+)\nexport REDIS_URL=(\S+)/,
});
try {
  const [, DATABASE_URL, REDIS_URL] = services.found;
  const words = [here('../dist/examples/stock/server/main.js'), ...positionals];
  const server = await start(words, { env: { DATABASE_URL, REDIS_URL }, ready: /listening on (\S+)/ });
  for (let round = 0; round < Number(values.rounds); round++) {
    const file = join(folder, `${round}.json`);
    print(await measure(server, { users: Number(values.users), seconds: Number(values.seconds), file }));
  }
  await server.stop();
} finally {
  await services.stop();
  rmSync(folder, { recursive: true, force: true });
}
