import { type RunResult, run } from 'loadwright/node';
import { expect, test } from 'vitest';
import { percentilesOf } from '../../src/metrics/histogram.js';
import { deviationOf, nearestRank, sortNumbers } from '../support/nearest-rank.js';
import { type ServerProcess, startServer } from '../support/spawn-server.js';
import { writeScenario } from '../support/temporary-folder.js';

const SECONDS = 24;
const RATE = 20;
const STARTS = SECONDS * RATE;
const STEP_MS = 1000 / RATE;
const MOST_AWAY = 0.02;
/** Second 0 is so much later than the event that tells of it. */
const AHEAD_MS = 2;
const ROUNDS = 6;
const SHOWN = new Set([1, 10, 25, 50, 60, 75, 90, 95, 99, 100]);

const SCENARIO = `
import { defineTest, defineUser } from 'loadwright';
const Visitor = defineUser({ tasks: { async go({ http, iteration }) {
  await http.get('/', { headers: { 'x-id': String(iteration) } });
} } });
export default defineTest({
  users: { Visitor },
  load: { executor: 'constant-arrival-rate', rate: ${RATE}, duration: '${SECONDS}s', preAllocatedUsers: 20, maxUsers: 400 },
});
`;

/** Accepting connections is code that has to be compiled, too. */
const WARM_UP = SCENARIO.replace(
  /load: \{.*\}/,
  "load: { executor: 'per-user-iterations', users: 200, iterations: 2 }",
);

/** Runs the open load; `onStarted` is told the monotonic instant of second 0. */
async function runOpen(server: ServerProcess, onStarted: (originMs: number) => void = () => {}): Promise<RunResult> {
  const result = await run({
    script: writeScenario(SCENARIO),
    host: server.url,
    workers: 2,
    onEvent: ({ type }) => {
      if (type === 'run-started') onStarted(Number(process.hrtime.bigint()) / 1e6 + AHEAD_MS);
    },
  });
  expect(result).toMatchObject({ state: 'completed', total: { completed: STARTS, failures: 0, interrupted: 0 } });
  expect(result.part.droppedIterations).toBe(0);
  return result;
}

interface Comparison {
  name: string;
  /** In ms, what each start should have waited. */
  expected: readonly number[];
  /** The first percentile that is compared. */
  from: number;
}

/** When the target answered each start, on the machine's monotonic clock; the warm-up's ids are overwritten by later ones. */
async function readTimes(server: ServerProcess): Promise<[id: string, atMs: number][]> {
  const times = await server.readJson<[string, number, number][]>('/__times');
  return times.map(([id, , atMs]) => [id, atMs]);
}

/** Compares percentiles of the reported response times with those of what each start should have waited. */
function compare({ part }: RunResult, { name, expected, from }: Comparison): number {
  const sorted = sortNumbers(expected);
  const wanted = Array.from({ length: 101 - from }, (_, index) => from + index);
  const found = percentilesOf(part.series[0]!.durations, wanted);
  const rows = wanted.map((percentile, at) => {
    const exact = nearestRank(sorted, percentile);
    return { percentile, exact, found: found[at]!, away: deviationOf(found[at], exact) };
  });
  const worst = rows.reduce((a, b) => (b.away > a.away ? b : a));
  const cells = rows
    .filter(({ percentile }) => SHOWN.has(percentile))
    .map((row) => `p${row.percentile} ${row.found.toFixed(0)} (${row.exact.toFixed(0)})`);
  const away = `${(worst.away * 100).toFixed(2)} % at p${worst.percentile}`;
  process.stdout.write(`${name}: reported (exact) in ms ${cells.join(', ')}; furthest away: ${away}\n`);
  return worst.away;
}

/** The largest difference between shares of all requests that waited for up to some time. */
function compareShares({ part }: RunResult, { name, expected, from }: Comparison): number {
  const wanted = Array.from({ length: 101 - from }, (_, index) => from + index);
  const away = percentilesOf(part.series[0]!.durations, wanted).map((ms, at) => {
    const share = expected.filter((waitMs) => waitMs <= ms!).length / expected.length;
    return Math.abs(share - wanted[at]! / 100);
  });
  process.stdout.write(`${name}: shares are ${(Math.max(...away) * 100).toFixed(2)} % of all requests away at most\n`);
  return Math.max(...away);
}

/** A machine that is busy with other things makes starts late; what is wrong is wrong in every round. */
async function bestOf(play: () => Promise<number>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS && best > MOST_AWAY; round++) best = Math.min(best, await play());
  return best;
}

test('of a target that is frozen: who came in that time waited until its end, and the others did not', async () => {
  // Between two starts, so that it is clear which is the first that waits.
  const [stopAtMs, goOnAtMs] = [4000 + STEP_MS / 2, 16_000 + STEP_MS / 2];
  const best = await bestOf(async () => {
    const server = await startServer('timed');
    await run({ script: writeScenario(WARM_UP), host: server.url });
    let originMs = 0;
    const result = await runOpen(server, (atMs) => {
      originMs = atMs;
      setTimeout(() => process.kill(server.pid, 'SIGSTOP'), stopAtMs);
      setTimeout(() => process.kill(server.pid, 'SIGCONT'), goOnAtMs);
    });
    const answers = new Map(await readTimes(server));
    await server.stop();
    const starts = Array.from({ length: STARTS }, (_, index) => index * STEP_MS);
    const planned = starts.map((atMs) => (atMs >= stopAtMs && atMs < goOnAtMs ? goOnAtMs - atMs : 0));
    const answered = starts.map((atMs, index) => answers.get(String(index))! - originMs - atMs);
    // Half of all waited. The others took what this machine needs for an answer, and nobody knows that before.
    expect(percentilesOf(result.part.series[0]!.durations, [40])[0]).toBeLessThan(50);
    return Math.max(
      compareShares(result, { name: 'frozen for 12 s of 24', expected: planned, from: 51 }),
      compare(result, { name: 'frozen for 12 s of 24, by when the target answered', expected: answered, from: 55 }),
    );
  });
  expect(best).toBeLessThanOrEqual(MOST_AWAY);
});

test('of a target that becomes slower and slower: each start waited as long as the delay was at its instant', async () => {
  const [fromMs, toMs] = [200, 2000];
  const best = await bestOf(async () => {
    const server = await startServer('timed', ['--ramp', `${fromMs},${toMs},${SECONDS}`]);
    const result = await runOpen(server);
    await server.stop();
    const delays = Array.from(
      { length: STARTS },
      (_, index) => fromMs + ((toMs - fromMs) * index * STEP_MS) / (SECONDS * 1000),
    );
    return compare(result, { name: 'from 200 to 2,000 ms in 24 s', expected: delays, from: 1 });
  });
  expect(best).toBeLessThanOrEqual(MOST_AWAY);
});
