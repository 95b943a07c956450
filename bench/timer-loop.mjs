// A bare loop of timers with as many starts a second as a load: what the machine lets anybody do.
// Usage: node bench/timer-loop.mjs --rate 10000 --seconds 10 [--work-us 25], prints JSON.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';

/** Less than a request costs. */
export const WORK_US = 25;

/**
 * A timer set for the next start, rounded up, and everything that is due begins: nothing but that, in a thread. Where
 * work is asked for, each start is followed by that many microseconds of arithmetic.
 */
const LOOP = `
const { parentPort, workerData: { rate, seconds, workUs } } = require('node:worker_threads');
const numbers = new Float64Array(1024);
function work(times) {
  let sum = 0;
  for (let at = 0; at < times; at++) numbers[at & 1023] = sum += numbers[at & 1023] * 1.0001;
}
let quickestMs = Infinity;
for (let round = 0; round < 200; round++) {
  const fromMs = performance.now();
  work(20_000);
  quickestMs = Math.min(quickestMs, performance.now() - fromMs);
}
const times = Math.round((20_000 * workUs) / 1000 / quickestMs);
const total = rate * seconds;
const lags = new Float64Array(total);
const startAtMs = performance.now() + 20;
const dueMs = (k) => startAtMs + (k * 1000) / rate;
let k = 0;
function next() {
  const nowMs = performance.now();
  while (k < total && dueMs(k) <= nowMs) {
    lags[k] = performance.now() - dueMs(k);
    if (times > 0) work(times);
    k++;
  }
  if (k < total) {
    setTimeout(next, Math.ceil(Math.max(0, dueMs(k) - performance.now())));
    return;
  }
  lags.sort();
  const at = (share) => lags[Math.ceil(total * share) - 1];
  parentPort.postMessage({ starts: total, dropped: 0, p50: at(0.5), p99: at(0.99), max: lags[total - 1] });
}
next();
`;

/** How late the loop's starts were, in ms. */
export async function runTimerLoop({ rate, seconds, workUs = 0 }) {
  const worker = new Worker(LOOP, { eval: true, workerData: { rate, seconds, workUs } });
  return await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      rate: { type: 'string' },
      seconds: { type: 'string' },
      'work-us': { type: 'string', default: '0' },
    },
  });
  const [rate, seconds, workUs] = [values.rate, values.seconds, values['work-us']].map(Number);
  console.log(JSON.stringify(await runTimerLoop({ rate, seconds, workUs })));
}
