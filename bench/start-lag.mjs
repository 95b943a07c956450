// How late the starts of an open load are, beside a bare loop of timers in the same process: so many starts a second on
// one worker, the target on one core and the generator on the other, rounds in turn. Of the best round nothing may be
// dropped, and the 99th percentile may be at most half a millisecond above the bare loop's best. The first two seconds, in
// which code is still being compiled, are also told apart.
// Usage: node bench/start-lag.mjs [--rates 2000,10000] [--seconds 10] [--rounds 3]
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { run } from '../dist/node.js';
import { describeLags } from './lags.mjs';
import { runTimerLoop, WORK_US } from './timer-loop.mjs';

const BAR_MS = 0.5;
const { values } = parseArgs({
  options: {
    rates: { type: 'string', default: '2000,10000' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    /** In the process on the generator's core: where the target is. */
    target: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
if (!(seconds > 2)) throw new Error('--seconds: at least 3, since the first two are also told apart');

const scenarioOf = (rate) => `
import { defineTest, defineUser } from 'loadwright';
const Visitor = defineUser({ tasks: { async go({ http }) { await http.get('/'); } } });
export default defineTest({
  users: { Visitor },
  load: {
    executor: 'constant-arrival-rate', rate: ${rate}, duration: '${seconds}s', preAllocatedUsers: 200, maxUsers: 2000,
    gracefulStop: '2s',
  },
});
`;

async function runLoad(rate, folder) {
  const script = join(folder, `rate-${rate}.ts`);
  writeFileSync(script, scenarioOf(rate));
  const parts = [];
  const onEvent = (event) =>
    event.type.startsWith('interval-') && parts.push({ ...event.part, second: event.interval });
  const cpuBefore = process.cpuUsage();
  const { part } = await run({ script, host: values.target, workers: 1, onEvent });
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    ...describeLags([part]),
    dropped: part.droppedIterations,
    cpu: (user + system) / 1e6 / seconds,
    warm: describeLags(parts.filter(({ second }) => second >= 2)),
    bySecond: Array.from({ length: seconds }, (_, at) => describeLags(parts.filter(({ second }) => second === at)).p99),
  };
}

function formatLags({ p50, p99, max }) {
  return `p50 ${p50.toFixed(3)}, p99 ${p99.toFixed(3)}, max ${max.toFixed(1)}`;
}

function describe(of, lags) {
  const { starts, dropped, cpu, warm, bySecond } = lags;
  const more =
    warm === undefined ? '' : `; from second 2 on ${formatLags(warm)}; ${(cpu * 100).toFixed(0)} % of a core`;
  console.log(`  ${of.padEnd(12)} ${starts} starts, ${dropped} dropped, late by ms: ${formatLags(lags)}${more}`);
  if (bySecond !== undefined) console.log(`    p99 by second: ${bySecond.map((p99) => p99.toFixed(1)).join(' ')}`);
}

async function compare(rate, folder) {
  console.log(`${rate} starts a second for ${seconds} s`);
  const best = (list) => list.reduce((one, other) => (other.p99 < one.p99 ? other : one));
  const loops = [];
  const busyLoops = [];
  const loads = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    loops.push(await runTimerLoop({ rate, seconds }));
    describe('bare timers', loops.at(-1));
    loads.push(await runLoad(rate, folder));
    describe('loadwright', loads.at(-1));
    busyLoops.push(await runTimerLoop({ rate, seconds, workUs: WORK_US }));
    describe('with work', busyLoops.at(-1));
  }
  const above = best(loads).p99 - best(loops).p99;
  const isMet = above <= BAR_MS && best(loads).dropped === 0 && best(loads).starts === rate * seconds;
  console.log(
    `  best p99 ${above.toFixed(3)} ms above the bare timers': ${isMet ? 'within' : 'NOT within'} ${BAR_MS} ms`,
  );
  const busyAbove = best(busyLoops).p99 - best(loops).p99;
  if (!isMet && busyAbove > BAR_MS) {
    console.log(
      `  This machine cannot show it: the same loop with ${WORK_US} us of arithmetic a start, and no network, is ${busyAbove.toFixed(3)} ms above.`,
    );
  }
  return isMet;
}

async function compareAll() {
  const folder = mkdtempSync(join(tmpdir(), 'loadwright-start-lag-'));
  try {
    for (const rate of values.rates.split(',')) if (!(await compare(Number(rate), folder))) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Starts the target on one core, and this file again on the other. */
async function spawnBoth() {
  const here = (file) => fileURLToPath(new URL(file, import.meta.url));
  const target = spawn('taskset', ['-c', '0', process.execPath, here('./fast-target.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise((resolve) => {
    target.stdout.once('data', (text) => resolve(/http:\S+/.exec(String(text))[0]));
  });
  const words = [here('./start-lag.mjs'), ...process.argv.slice(2), '--target', url];
  const child = spawn('taskset', ['-c', '1', process.execPath, ...words], { stdio: 'inherit' });
  process.exitCode = await new Promise((resolve) => child.once('exit', resolve));
  target.kill();
}

await (values.target === undefined ? spawnBoth() : compareAll());
