// CPU of all threads a completed request: Loadwright's scripted GET against autocannon's bare GET, target on one core,
// generator on the other, rounds in turn. Usage: node bench/speed.mjs [--rounds 5] [--seconds 6] [--connections 64]
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '6' },
    warmup: { type: 'string', default: '3' },
    connections: { type: 'string', default: '64' },
    only: { type: 'string' },
  },
});
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const ticksPerSecond = 100;
const warmupMs = Number(values.warmup) * 1000;
const measureMs = Number(values.seconds) * 1000;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const target = spawn('taskset', ['-c', '0', process.execPath, here('./fast-target.mjs')], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [url] = await new Promise((resolve) => {
  target.stdout.once('data', (text) => resolve(/http:\S+/.exec(String(text))));
});

const served = async () => (await (await fetch(`${url}/__count`)).json()).served;

function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

const seconds = String(Math.ceil((warmupMs + measureMs) / 1000) + 2);
const GENERATORS = {
  loadwright: [
    here(process.env.LW_MAIN ?? '../dist/cli/main.js'),
    'run',
    here('./scripted-scenario.ts'),
    '--headless',
    '--host',
    url,
    '-u',
    values.connections,
    '-r',
    '1000',
    '-t',
    `${seconds}s`,
    '--workers',
    '1',
  ],
  autocannon: [
    createRequire(import.meta.url).resolve('autocannon'),
    '-c',
    values.connections,
    '-d',
    seconds,
    '-n',
    `${url}/api/products/`,
  ],
};

async function measure(name) {
  const child = spawn('taskset', ['-c', '1', process.execPath, ...GENERATORS[name]], { stdio: 'ignore' });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  await sleep(warmupMs);
  const before = { cpu: cpuMs(child.pid), served: await served(), at: performance.now() };
  await sleep(measureMs);
  const after = { cpu: cpuMs(child.pid), served: await served(), at: performance.now() };
  child.kill('SIGKILL');
  await exited;
  const requests = after.served - before.served;
  return {
    microseconds: ((after.cpu - before.cpu) * 1000) / requests,
    perSecond: (requests * 1000) / (after.at - before.at),
  };
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const names = values.only === undefined ? Object.keys(GENERATORS) : [values.only];
const results = Object.fromEntries(names.map((name) => [name, []]));
for (let round = 0; round < Number(values.rounds); round++) {
  for (const name of names) results[name].push(await measure(name));
  process.stdout.write(
    `round ${round + 1}: ${names.map((n) => `${n} ${results[n][round].microseconds.toFixed(2)} µs (${results[n][round].perSecond.toFixed(0)}/s)`).join(', ')}\n`,
  );
}
if (names.length === 2) {
  const ratios = results.loadwright.map((r, i) => r.microseconds / results.autocannon[i].microseconds);
  process.stdout.write(
    `ratio loadwright/autocannon: median ${median(ratios).toFixed(3)}, min ${Math.min(...ratios).toFixed(3)}, max ${Math.max(...ratios).toFixed(3)}\n`,
  );
}
target.kill();
