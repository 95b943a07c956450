// What reporters cost the thread that conducts a run: CPU of each, and of all together, at 20,000 requests a second of
// 20 names. node bench/reporters.mjs
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const NAMES = 20;
const REQUESTS_PER_NAME = 1000;
/** Different seconds; they are told over and over. */
const PATTERNS = 30;
const WARM_UP = 60;
const MEASURED = 120;
/** Of one core, all together. */
const MOST_PERCENT = 3;

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'loadwright-reporters-'));
const parts = await loadParts();

/** From the source: not all of it is public. */
async function loadParts() {
  const built = join(root, 'node_modules/.loadwright/bench-reporters.mjs');
  mkdirSync(join(root, 'node_modules/.loadwright'), { recursive: true });
  const contents = [
    "export { createCsvReporter } from './src/reporters/csv.js';",
    "export { createFanOut } from './src/reporters/fan-out.js';",
    "export { createJsonReporter } from './src/reporters/json.js';",
    "export { createJunitReporter } from './src/reporters/junit.js';",
    "export { createRecordingReporter } from './src/reporters/recording.js';",
    "export { createTerminalReporter } from './src/reporters/terminal.js';",
    "export { PageModel } from './src/web/page-model.js';",
    "export { RunTotals } from './src/metrics/run-totals.js';",
    "export { Histogram } from './src/metrics/histogram.js';",
    "export { generatorHealth } from './test/support/generator-health.js';",
    "export { createPart, SyntheticRun } from './test/support/run-events.js';",
  ].join('\n');
  const stdin = { contents, resolveDir: root };
  await build({ stdin, outfile: built, bundle: true, platform: 'node', format: 'esm', packages: 'external' });
  return await import(pathToFileURL(built).href);
}

/** A second of every name: log-normal times around 40 ms, σ 0.5. */
function createPattern() {
  const told = Array.from({ length: NAMES }, (_, name) => ({ name: `endpoint_${name}`, times: REQUESTS_PER_NAME }));
  const part = parts.createPart(0, told);
  for (const [name, series] of part.series.entries()) {
    const histogram = new parts.Histogram();
    let totalMs = 0;
    for (let request = 0; request < REQUESTS_PER_NAME; request++) {
      const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
      const ms = (40 + 5 * name) * Math.exp(0.5 * normal);
      histogram.record(ms);
      totalMs += ms;
    }
    Object.assign(series, { durations: histogram.readCounts(), totalMs, minMs: 5, maxMs: 900 });
  }
  return part;
}

/** CPU milliseconds a second of the run, in the middle of it. */
async function measure(create) {
  let seconds = 0;
  // A second passes with each event; what work takes is on top of it, as it is in a run.
  const clock = { now: () => seconds * 1000 + performance.now() };
  const listener = parts.createFanOut(create(clock));
  const totals = new parts.RunTotals();
  const [started, closed] = new parts.SyntheticRun().start().close(
    0,
    parts.createPart(0, []),
    {},
    {
      generator: parts.generatorHealth(),
    },
  ).events;
  listener.onEvent(started, totals);
  let spentMicros = 0;
  for (let interval = 0; interval < WARM_UP + MEASURED; interval++) {
    seconds++;
    // Another object each time, as from workers.
    const event = { ...closed, interval, part: structuredClone(patterns[interval % PATTERNS]) };
    totals.add(interval, event.part);
    const before = process.cpuUsage();
    listener.onEvent(event, totals);
    const { user, system } = process.cpuUsage(before);
    if (interval >= WARM_UP) spentMicros += user + system;
  }
  await listener.finish();
  return spentMicros / 1000 / MEASURED;
}

const sink = { isTTY: true, columns: 120, rows: 40, write: (text) => text.length > 0, on() {}, off() {} };
const patterns = Array.from({ length: PATTERNS }, createPattern);
const reporters = {
  recording: () => parts.createRecordingReporter({ path: join(folder, 'run.ndjson') }),
  json: () => parts.createJsonReporter({ path: join(folder, 'run.json') }),
  csv: (clock) => parts.createCsvReporter({ prefix: join(folder, 'run'), fullHistory: false, clock }),
  html: () => {
    const model = new parts.PageModel();
    return { name: 'HTML', onEvent: (event, totals) => model.onEvent(event, totals) };
  },
  junit: () => parts.createJunitReporter({ path: join(folder, 'run.xml') }),
  terminal: (clock) =>
    parts.createTerminalReporter({
      stream: sink,
      isDrawn: true,
      onlySummary: false,
      logLevel: 'info',
      color: true,
      clock,
    }),
};

const show = (name, ms) => console.log(`${name.padEnd(12)} ${ms.toFixed(2)} ms a second, ${(ms / 10).toFixed(2)} %`);
for (const [name, create] of Object.entries(reporters)) show(name, await measure((clock) => [create(clock)]));
const all = await measure((clock) => Object.values(reporters).map((create) => create(clock)));
show('all together', all);
rmSync(folder, { recursive: true, force: true });
if (all / 10 > MOST_PERCENT) {
  console.log(`More than ${MOST_PERCENT} % of a core.`);
  process.exitCode = 1;
}
