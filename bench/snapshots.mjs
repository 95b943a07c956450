// What a snapshot a second costs. A worker takes and posts what it counted under 50 names: less than 1 % of its core. The
// main thread receives what 8 workers counted under 200 names, merges it into an interval and into the run's totals: less
// than 3 % of its core. Real functions, bundled from the source; CPU time of the process, collections of garbage too;
// median of several rounds, each of as many seconds of a run as fit into memory.
// Usage: node bench/snapshots.mjs [--rounds 7] [--part worker|main]
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { build } from 'esbuild';
import { median } from './ratios.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' }, part: { type: 'string' } } });
const ROUNDS = Number(values.rounds);
/** Seconds of a run in each round. */
const SECONDS = 10;
/** In which the main thread meets its names. */
const WARM_SECONDS = 2;
const SECONDS_MS = SECONDS * 1000;
const WORKER = { names: 50, bar: 1, rates: [2000, 10_000] };
const MAIN = { names: 200, workers: 8, bar: 3, rates: [4000, 20_000] };

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

const SOURCES = [
  'metrics/clock.ts',
  'metrics/tally.ts',
  'metrics/measures.ts',
  'metrics/run-totals.ts',
  'runtime/worker/interval-counter.ts',
  'runtime/worker/thread-watch.ts',
  'runtime/conductor/collector.ts',
  'runtime/conductor/live-verdicts.ts',
];

/** The source's own modules, of which the package exports none. */
async function loadSources() {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const outfile = join(root, `.loadwright/bench-${process.pid}.mjs`);
  const contents = SOURCES.map((file) => `export * from './src/${file}';`).join('\n');
  try {
    await build({
      stdin: { contents, resolveDir: root, loader: 'ts' },
      ...{ outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20', packages: 'external' },
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}

const { now, Tally, MeasureBook, RunTotals, IntervalCounter, ThreadWatch, Collector, LiveVerdicts } =
  await loadSources();

/** Park and Miller's generator: every round has the same requests. */
function createRandom(seed) {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const normal = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const NAMES = Array.from({ length: MAIN.names }, (_, number) => `/api/products/:id/part-${number}`);

/** A second of a share: log-normal times around 5 to 55 ms by name, one answer in a thousand a failure, as few starts late. */
function fill({ tally, random, names, requests }) {
  for (let at = 0; at < requests; at++) {
    const number = at % names;
    const name = NAMES[number];
    const serviceMs = (5 + (number % 50)) * Math.exp(0.4 * normal(random));
    const hasFailed = random() < 0.001;
    tally.requests.addBegun('GET', name);
    tally.requests.add(
      {
        ...{ method: 'GET', name, status: hasFailed ? 503 : 200, error: hasFailed ? 'status 503' : undefined },
        ...{ serviceMs, responseMs: random() < 0.001 ? serviceMs + 1 : serviceMs, finishedAtMs: 500 },
        ...{ bytesReceived: 900, bytesSent: 120, reconnects: 0, hops: 0 },
      },
      0,
    );
    tally.addIteration(serviceMs);
    tally.addStartLag(random());
  }
}

/** A share with a second counted, and its real counter, which posts to `port`. */
function createShare({ share, port, watch, ...counted }) {
  const tally = new Tally();
  fill({ tally, ...counted });
  const book = new MeasureBook([], share);
  const counter = new IntervalCounter({
    share,
    take: () => ({ ...tally.take(), measures: book.take() }),
    post: (snapshot) => port.postMessage({ type: 'snapshot', snapshot }),
    readGauges: () => ({
      users: { Visitor: 100 },
      usersByLoad: { default: { Visitor: 100 } },
      inFlight: 9,
      oldestInFlightMs: 40,
    }),
    takeHealth: (interval) => watch.take(interval),
  });
  return { counter, tally };
}

function createWatch(share) {
  const connections = { opened: 0, tlsHandshakes: 0, tlsFailures: 0, tlsMs: 0 };
  const watch = new ThreadWatch({ share, takeConnections: () => connections });
  watch.start();
  return watch;
}

/** CPU of the process while it does `work`, in ms. */
function measureCpu(work) {
  collectGarbage();
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Percent of a core that a worker's snapshots take. */
function measureWorker(rate) {
  const shares = [];
  const random = createRandom(7);
  const watch = createWatch(0);
  const { port1, port2 } = new MessageChannel();
  for (let second = 0; second < SECONDS; second++) {
    const one = createShare({ share: 0, port: port1, watch, random, names: WORKER.names, requests: rate });
    const startAtMs = now() - SECONDS_MS;
    one.counter.start(startAtMs);
    // The names are known from the first second on, and the arrays as large as they get.
    one.counter.rotate(startAtMs + 1000);
    fill({ tally: one.tally, random, names: WORKER.names, requests: rate });
    shares.push({ ...one, startAtMs });
  }
  while (receiveMessageOnPort(port2) !== undefined);
  const cpuMs = measureCpu(() => {
    for (const { counter, startAtMs } of shares) counter.rotate(startAtMs + 2000);
  });
  let posted = 0;
  while (receiveMessageOnPort(port2) !== undefined) posted++;
  if (posted !== SECONDS) throw new Error(`${posted} snapshots were posted, not ${SECONDS}`);
  // A counter's timer ends with its last snapshot.
  for (const { counter } of shares) counter.finish();
  watch.stop();
  port1.close();
  return cpuMs / SECONDS / 10;
}

/** Posts what all workers count in so many seconds; of them nothing is left in this thread. */
function postSeconds(port, requests) {
  let hasEnded = false;
  const random = createRandom(11);
  const watches = Array.from({ length: MAIN.workers }, (_, share) => createWatch(share));
  const counted = { random, names: MAIN.names, requests };
  const all = watches.map((watch, share) =>
    createShare({
      share,
      port: { postMessage: (message) => !hasEnded && port.postMessage(message) },
      watch,
      ...counted,
    }),
  );
  const startAtMs = now() - SECONDS_MS;
  for (const { counter } of all) counter.start(startAtMs);
  for (let second = 1; second <= SECONDS; second++) {
    for (const { counter, tally } of all) {
      counter.rotate(startAtMs + second * 1000);
      if (second < SECONDS) fill({ tally, ...counted });
    }
  }
  hasEnded = true;
  for (const { counter } of all) counter.finish();
  for (const watch of watches) watch.stop();
}

/** Percent of a core that the main thread takes to receive, merge and add up. */
function measureMain(rate) {
  const { port1, port2 } = new MessageChannel();
  const requests = rate / MAIN.workers;
  postSeconds(port1, requests);
  const totals = new RunTotals();
  const verdicts = new LiveVerdicts([], []);
  let closed = 0;
  const collector = new Collector({
    shares: MAIN.workers,
    readPlan: () => ({ plannedUsers: 800, isPaused: false }),
    emit: (event) => {
      const judged = verdicts.close(event);
      totals.add(judged.interval, judged.part);
      closed++;
    },
  });
  const receive = () => {
    const received = receiveMessageOnPort(port2);
    if (received !== undefined) collector.add(received.message.snapshot);
    return received !== undefined;
  };
  while (closed < WARM_SECONDS) receive();
  const cpuMs = measureCpu(() => {
    while (receive());
  });
  const merged = totals.read().series.reduce((sum, { completed }) => sum + completed, 0);
  if (closed !== SECONDS || merged !== requests * MAIN.workers * SECONDS) {
    throw new Error(`${closed} intervals with ${merged} requests were merged`);
  }
  port1.close();
  return cpuMs / (SECONDS - WARM_SECONDS) / 10;
}

function report(of, { measure, bar, rates }) {
  for (const rate of rates) {
    measure(rate);
    const shares = Array.from({ length: ROUNDS }, () => measure(rate));
    const share = median(shares);
    const range = `${Math.min(...shares).toFixed(2)}–${Math.max(...shares).toFixed(2)}`;
    const verdict = share < bar ? 'met' : 'NOT met';
    console.log(`${of}, ${rate} requests/s: ${share.toFixed(2)} % of a core (${range}); bar ${bar} %: ${verdict}`);
    if (share >= bar) process.exitCode = 1;
  }
}

const { part } = values;
if (part !== 'main') report(`taking and posting, ${WORKER.names} names`, { ...WORKER, measure: measureWorker });
if (part !== 'worker') {
  report(`receiving and merging, ${MAIN.workers} workers x ${MAIN.names} names`, { ...MAIN, measure: measureMain });
}
