import { type RunEvent, type RunResult, run } from 'loadwright/node';
import { describe, expect, test } from 'vitest';
import { type Arrival, readArrivals } from '../support/arrivals.js';
import { startServer } from '../support/spawn-server.js';
import { writeScenario } from '../support/temporary-folder.js';

const SECONDS = 20;
const STOPPED_FROM = 6;
const STOPPED_SECONDS = 5;

type Interval = Extract<RunEvent, { type: 'interval-closed' }>;

interface Frozen {
  result: RunResult;
  intervals: Interval[];
  arrivals: Arrival[];
  /** Instants at which the target was stopped and went on, in ms since second 0. */
  stoppedMs: number;
  goneOnMs: number;
}

/** Runs a load of 20 s against a target that the system stops for five seconds. */
async function runFrozen(scenario: string): Promise<Frozen> {
  const server = await startServer('arrivals');
  const intervals: Interval[] = [];
  const instants: number[] = [];
  let startedMs = 0;
  const signalTarget = (signal: NodeJS.Signals, atMs: number) =>
    setTimeout(() => {
      process.kill(server.pid, signal);
      instants.push(performance.now() - startedMs);
    }, atMs);
  const result = await run({
    script: writeScenario(scenario),
    host: server.url,
    workers: 2,
    seed: 1,
    onEvent: (event) => {
      if (event.type === 'interval-closed') intervals.push(event);
      if (event.type !== 'run-started') return;
      startedMs = performance.now() + 2;
      // In the middle of a second, so that whole seconds lie within.
      signalTarget('SIGSTOP', STOPPED_FROM * 1000 - 200);
      signalTarget('SIGCONT', (STOPPED_FROM + STOPPED_SECONDS) * 1000 - 200);
    },
  });
  const arrivals = await readArrivals(server);
  await server.stop();
  return { result, intervals, arrivals, stoppedMs: instants[0]!, goneOnMs: instants[1]! };
}

const OPEN = `
import { defineTest, defineUser } from 'loadwright';
const Visitor = defineUser({ tasks: { async go({ http }) { await http.get('/go'); } } });
export default defineTest({
  users: { Visitor },
  load: { executor: 'constant-arrival-rate', rate: 40, duration: '${SECONDS}s', preAllocatedUsers: 20, maxUsers: 400 },
});`;

const CLOSED = `
import { constantThroughput, defineTest, defineUser } from 'loadwright';
const Visitor = defineUser({
  waitTime: constantThroughput(10),
  tasks: { async go({ http }) { await http.get('/go'); } },
});
export default defineTest({ users: { Visitor }, load: { executor: 'constant-users', users: 4, duration: '${SECONDS}s' } });`;

const completedIn = ({ part }: Interval) => part.series.reduce((sum, { completed }) => sum + completed, 0);

/** Requests a second over the ten seconds up to the end of this one. */
function recentRate(intervals: readonly Interval[], second: number): number {
  const recent = intervals.slice(Math.max(0, second - 9), second + 1);
  return recent.reduce((sum, interval) => sum + completedIn(interval), 0) / recent.length;
}

describe.each([
  ['an open load', OPEN],
  ['a closed load', CLOSED],
])('a target stopped for five seconds under %s', (model, scenario) => {
  let frozen: Frozen;

  test('runs to its end', async () => {
    frozen = await runFrozen(scenario);
    expect(frozen.goneOnMs - frozen.stoppedMs).toBeGreaterThan(4_900);
    expect(frozen.result).toMatchObject({ state: 'completed', exitCode: 0, total: { failures: 0, interrupted: 0 } });
  });

  test('loses nothing: begun = completed = what the target counted', () => {
    const { total } = frozen.result;
    expect(total.begun).toBe(total.completed + total.interrupted);
    expect(total.begun).toBe(frozen.arrivals.length);
    expect(frozen.intervals.reduce((sum, interval) => sum + completedIn(interval), 0)).toBe(total.completed);
  });

  test('shows the stopped seconds: nothing completes, the rate falls, and the oldest request ages', () => {
    const { intervals, stoppedMs } = frozen;
    const stopped = intervals.slice(STOPPED_FROM, STOPPED_FROM + STOPPED_SECONDS - 1);
    for (const { interval, gauges, part } of stopped) {
      expect(part.series.reduce((sum, { completed }) => sum + completed, 0)).toBe(0);
      const waitedMs = (interval + 1) * 1000 - stoppedMs;
      expect(gauges.oldestInFlightMs).toBeGreaterThan(waitedMs - 300);
      expect(gauges.oldestInFlightMs).toBeLessThan(waitedMs + 200);
    }
    const rates = stopped.map(({ interval }) => recentRate(intervals, interval));
    expect(recentRate(intervals, STOPPED_FROM - 2)).toBeGreaterThan(39);
    expect(rates).toEqual([...rates].sort((a, b) => b - a));
    expect(rates.at(-1)).toBeLessThan(25);
  });

  if (model === 'an open load') {
    test('starts everything on time, and the response times say how long was waited', () => {
      const { result } = frozen;
      expect(result.part.droppedIterations).toBe(0);
      expect(result.total.completed).toBe(40 * SECONDS);
      expect(result.part.missedStarts).toBe(0);
      expect(result.total.percentiles[99]).toBeGreaterThan(4_000);
      expect(result.total.percentiles[99]).toBeLessThan(5_500);
      expect(result.total.percentiles[50]).toBeLessThan(20);
    });
  } else {
    test('counts the starts that a pace lost, and the response times know of them; the service times do not', () => {
      const { result } = frozen;
      expect(result.part.missedStarts).toBeGreaterThanOrEqual(180);
      expect(result.part.missedStarts).toBeLessThanOrEqual(200);
      expect(result.total.completed + result.part.missedStarts).toBeGreaterThanOrEqual(40 * SECONDS - 20);
      expect(result.total.completed + result.part.missedStarts).toBeLessThanOrEqual(40 * SECONDS);
      expect(result.total.service?.percentiles[95]).toBeLessThan(20);
      expect(result.total.percentiles[99]).toBeGreaterThan(4_000);
      expect(result.total.percentiles[50]).toBeLessThan(20);
    });
  }
});
