// CPU of all threads a completed request, target on one core, generator on the other, rounds in turn: Loadwright's scripted
// GET and bare GET over both transports, against autocannon's bare GET and, where it is installed, wrk's.
// Usage: node bench/speed.mjs [--rounds 10] [--seconds 10] [--connections 64] [--only scripted,autocannon]
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isNginxInstalled, startNginx } from './nginx-target.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '10' },
    warmup: { type: 'string', default: '3' },
    connections: { type: 'string', default: '64' },
    only: { type: 'string', default: 'scripted,bare,scripted-undici,autocannon,wrk' },
  },
});
/** Most CPU a request, as a multiple of autocannon's bare GET, by connections up to and beyond a thousand. */
const BARS = { scripted: [0.9, 0.8], bare: [0.75, undefined], 'scripted-undici': [1.2, 1.4] };
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const ticksPerSecond = 100;
const warmupMs = Number(values.warmup) * 1000;
const measureMs = Number(values.seconds) * 1000;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function startFastTarget() {
  const child = spawn('taskset', ['-c', '0', process.execPath, here('./fast-target.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = await new Promise((resolve) => {
    child.stdout.once('data', (text) => resolve(/http:\S+/.exec(String(text))));
  });
  return { url, served: async () => (await (await fetch(`${url}/__count`)).json()).served, stop: () => child.kill() };
}

if (!isNginxInstalled()) console.log('nginx is not installed: the target is fast-target.mjs, which is the slower one');
const { url, served, stop } = isNginxInstalled() ? await startNginx({ core: 0 }) : await startFastTarget();

function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

const seconds = String(Math.ceil((warmupMs + measureMs) / 1000) + 2);
const loadwright = (scenario, ...more) => [
  process.execPath,
  here(process.env.LW_MAIN ?? '../dist/cli/main.js'),
  ...['run', here(scenario), '--headless', '--host', url, '-u', values.connections, '-r', '2000'],
  ...['-t', `${seconds}s`, '--workers', '1', ...more],
];
const path = `${url}/api/products/`;
const GENERATORS = {
  scripted: loadwright('./scripted-scenario.ts'),
  bare: loadwright('./bare-scenario.ts'),
  'scripted-undici': loadwright('./scripted-scenario.ts', '--transport', 'undici'),
  autocannon: [
    process.execPath,
    createRequire(import.meta.url).resolve('autocannon'),
    ...['-c', values.connections, '-d', seconds, '-n', path],
  ],
  wrk: ['wrk', '-t', '1', '-c', values.connections, '-d', `${seconds}s`, path],
};

async function measure(name) {
  const child = spawn('taskset', ['-c', '1', ...GENERATORS[name]], { stdio: 'ignore' });
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

/** The value that 90 % of the medians of resampled rounds do not exceed. */
function upperBound(list) {
  const draw = () => median(list.map(() => list[Math.floor(Math.random() * list.length)]));
  return Array.from({ length: 2000 }, draw).sort((a, b) => a - b)[1799];
}

const names = values.only.split(',').filter((name) => {
  if (name !== 'wrk' || spawnSync('wrk', ['-v']).error === undefined) return true;
  console.log('wrk is not installed: left out');
  return false;
});
const results = Object.fromEntries(names.map((name) => [name, []]));
for (let round = 0; round < Number(values.rounds); round++) {
  for (const name of names) results[name].push(await measure(name));
  const figures = names.map((name) => {
    const { microseconds, perSecond } = results[name][round];
    return `${name} ${microseconds.toFixed(2)} µs (${perSecond.toFixed(0)}/s)`;
  });
  console.log(`round ${round + 1}: ${figures.join(', ')}`);
}
for (const name of names.filter((other) => other !== 'autocannon' && results.autocannon !== undefined)) {
  const ratios = results[name].map(({ microseconds }, round) => microseconds / results.autocannon[round].microseconds);
  const bar = BARS[name]?.[Number(values.connections) > 1000 ? 1 : 0];
  const bound = upperBound(ratios);
  const verdict = bar === undefined ? '' : `; bar ${bar}: ${bound < bar ? 'met' : 'NOT met'}`;
  console.log(
    `${name} / autocannon: median ${median(ratios).toFixed(3)} (upper 90 % bound ${bound.toFixed(3)}, ${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)})${verdict}`,
  );
}
await stop();
