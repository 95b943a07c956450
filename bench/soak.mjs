// A steady open load for long: whether memory, latency and exactness stay flat. The worker's heap is read after a
// collection every two seconds, and the code that V8 compiled: what runs once a second is compiled late, by time and not by
// requests, and takes about as much again for what belongs to it. So the slope is that of the heap over requests beside the
// code. It is zero if its 95 % interval has 0 in it, or if all of it is less than what a byte in a hundred requests would
// be; and the code has to grow less in the second half. The target's own count has to be the generator's.
// Usage: node bench/soak.mjs [--minutes 60] [--rate 5000]; ten million requests: --minutes 11 --rate 15500
import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureWhole, readResult } from './cpu.mjs';
import { fitSlope, fitSlopeBeside } from './fit-slope.mjs';
import { startNginx } from './nginx-target.mjs';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, rate: { type: 'string', default: '5000' } },
});
const seconds = Math.round(Number(values.minutes) * 60);
const rate = Number(values.rate);
/** Bytes a request below which a slope is nothing: 10 million requests would leave 100 kB. */
const NEGLIGIBLE = 0.01;
/** Compiled code has an end: it has to grow less in the second half than in the first, or by no more than a few functions. */
const FEW_FUNCTIONS_BYTES = 20_000;
/** What is compiled and allocated at first belongs to no slope. */
const WARM_SHARE = 0.2;
/** Of the requests asked for, and how late half of them may start: with less, it was another load. */
const MIN_SHARE = 0.99;
const MOST_LATE_MS = 50;
/** Readings of the heap that a slope needs at least. */
const MIN_READINGS = 10;

/** Requests, times and start lag of each tenth of the run, from its recording. */
async function readTenths(recording) {
  const tenths = Array.from({ length: 10 }, () => ({ requests: 0, timeMs: 0, starts: 0, lagMs: 0, maxMs: 0 }));
  // That of an hour is longer than a string may be.
  for await (const line of createInterface({ input: createReadStream(recording) })) {
    const event = JSON.parse(line);
    if (event.type !== 'interval-closed') continue;
    const tenth = tenths[Math.min(9, Math.floor((event.interval / seconds) * 10))];
    for (const one of event.part.series) {
      const times = one.service ?? one;
      tenth.requests += one.completed;
      tenth.timeMs += times.totalMs;
      tenth.maxMs = Math.max(tenth.maxMs, times.maxMs ?? 0);
    }
    tenth.starts += event.part.startLag.count;
    tenth.lagMs += event.part.startLag.totalMs;
  }
  return tenths;
}

/** Says how something grew with the requests: by how many bytes at all, and in the second half. */
function describeGrowth(what, readings, bytesOf) {
  const { slope, half } = fitSlope(readings.map((reading) => [reading.requests, bytesOf(reading)]));
  // Not how large it is: code also counts what is outside of the heap, which never changes.
  const bytes = readings.map(bytesOf);
  const growth = bytes.at(-1) - bytes[0];
  const late = bytes.at(-1) - bytes[Math.floor(bytes.length / 2)];
  const kb = (some) => `${(some / 1e3).toFixed(0)} kB`;
  console.log(`${what}: ${kb(growth)} more in the end, ${kb(late)} of that in the second half;`);
  console.log(`    ${slope.toFixed(4)} ± ${half.toFixed(4)} bytes a request`);
  return { growth, late };
}

function fail(why) {
  console.log(`FAILED: ${why}`);
  process.exitCode = 1;
}

const folder = mkdtempSync(join(tmpdir(), 'loadwright-soak-'));
const [log, recording, json] = ['heap.ndjson', 'run.ndjson', 'run.json'].map((name) => join(folder, name));
const { url, served, stop } = await startNginx({ core: 0 });
try {
  Object.assign(process.env, { SOAK_RATE: values.rate, SOAK_SECONDS: String(seconds), SOAK_LOG: log });
  const here = (file) => fileURLToPath(new URL(file, import.meta.url));
  const before = await served();
  const run = await measureWhole([
    ...[process.execPath, '--expose-gc', here('../dist/cli/main.js'), 'run', here('./scenarios/soak.ts'), '--headless'],
    ...['--host', url, '--workers', '1', '--no-results', '--record', recording, '--json', json],
  ]);
  // Each question for the count is one as well, and so is the check before the run, if it sends anything.
  const answered = (await served()) - before - 1;
  const { total, droppedIterations, startLag, generator } = readResult(json, run);
  if (run.exitCode !== 0) fail(`the run ended with exit code ${run.exitCode}: ${run.complaints}`);
  console.log(`${total.completed} requests counted, ${answered} answered by the target, ${total.failures} failed,`);
  console.log(
    `${droppedIterations} dropped, ${(run.cpu / seconds / 10).toFixed(0)} % of a core, ${run.memory.toFixed(0)} MB at most`,
  );
  console.log(`late by ${startLag.percentiles['50']} ms (median), ${startLag.percentiles['99']} ms (99 %)`);
  const share = total.completed / (rate * seconds);
  const lateMs = startLag.percentiles['50'];
  if (share < MIN_SHARE || !(lateMs < MOST_LATE_MS)) {
    const judged = `generator ${generator.verdict}: ${generator.reasons.map(({ message }) => message).join('; ')}`;
    fail(`this machine did NOT keep up with ${rate} requests/s (${(share * 100).toFixed(1)} % of them; ${judged})`);
  }
  for (const [at, { requests, timeMs, starts, lagMs, maxMs }] of (await readTenths(recording)).entries()) {
    const means = `service time ${(timeMs / requests).toFixed(3)} ms, start lag ${(lagMs / starts).toFixed(3)} ms on average`;
    console.log(`  tenth ${at + 1}: ${requests} requests, ${means}, longest ${maxMs.toFixed(1)} ms`);
  }
  const heap = readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const warm = heap.slice(Math.ceil(heap.length * WARM_SHARE));
  if (warm.length < MIN_READINGS) throw new Error(`${warm.length} readings of the heap are too few for a slope`);
  describeGrowth('heap after collection', warm, ({ heapUsed }) => heapUsed);
  const code = describeGrowth('  of it code that V8 compiled', warm, (reading) => reading.code);
  const { slope, half } = fitSlopeBeside(warm.map((reading) => [reading.requests, reading.heapUsed, reading.code]));
  const isFlat = Math.abs(slope) <= half || Math.abs(slope) + half < NEGLIGIBLE;
  const verdict = isFlat ? 'flat' : 'NOT flat';
  console.log(`  beside the code ${slope.toFixed(4)} ± ${half.toFixed(4)} bytes a request: ${verdict}`);
  if (!isFlat) fail('the heap is not flat');
  if (code.late > Math.max(FEW_FUNCTIONS_BYTES, code.growth / 2)) fail('compiled code goes on growing');
  if (total.completed !== answered) fail('the counts differ');
  if (total.failures > 0) fail('requests failed');
} finally {
  await stop();
  rmSync(folder, { recursive: true });
}
