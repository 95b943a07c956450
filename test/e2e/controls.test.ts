import { RunControls, type RunEvent, run } from 'loadwright/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Arrival, arrivalsOf, countArrivals, readArrivals } from '../support/arrivals.js';
import { type ServerProcess, startServer } from '../support/spawn-server.js';
import { writeScenario } from '../support/temporary-folder.js';

type Interval = Extract<RunEvent, { type: 'interval-closed' }>;

let server: ServerProcess;
beforeAll(async () => {
  server = await startServer('arrivals');
});
afterAll(() => server.stop());

/** Users that say when they come and go, and starts that say they are there. */
const SCENARIO = `
import { constant, defineTest, defineUser } from 'loadwright';
const Dweller = defineUser({
  waitTime: constant(60),
  async onStart({ http, id }) { await http.get('/up/' + id, { name: 'up' }); },
  tasks: { async dwell() {} },
  async onStop({ http, id }) { await http.get('/down/' + id, { name: 'down' }); },
});
const Caller = defineUser({
  waitTime: constant(0.02),
  tasks: { async call({ http, env, iteration }) { await http.get('/' + env.AT + '/' + iteration, { name: env.AT }); } },
});
export default defineTest({
  users: { Dweller, Caller },
  profiles: {
    changed: { loads: {
      users: { users: 4, spawnRate: 1000, runTime: '4s', user: 'Dweller' },
      starts: {
        executor: 'constant-arrival-rate', rate: 20, duration: '4s', preAllocatedUsers: 20,
        user: 'Caller', env: { AT: 'call' },
      },
    } },
    paused: { loads: {
      closed: { executor: 'constant-users', users: 4, duration: '2s', user: 'Caller', env: { AT: 'closed' } },
      open: {
        executor: 'constant-arrival-rate', rate: 100, duration: '2s', preAllocatedUsers: 20, maxUsers: 200,
        user: 'Caller', env: { AT: 'open' },
      },
    } },
    endless: { load: { users: 2, spawnRate: 100, user: 'Caller', env: { AT: 'endless' } } },
  },
});
`;

interface Controlled {
  result: Awaited<ReturnType<typeof run>>;
  arrivals: Arrival[];
  intervals: Interval[];
  /** Second 0 on the target's clock. */
  originMs: number;
  controls: RunControls;
}

const machineMs = () => Number(process.hrtime.bigint()) / 1e6;

async function runControlled(
  profile: string,
  onSecond: (second: number, controls: RunControls) => void,
): Promise<Controlled> {
  const before = await countArrivals(server);
  const controls = new RunControls();
  const intervals: Interval[] = [];
  let originMs = 0;
  const result = await run({
    script: writeScenario(SCENARIO),
    host: server.url,
    workers: 2,
    profile,
    controls,
    onEvent: (event) => {
      if (event.type === 'run-started') originMs = machineMs();
      if (event.type !== 'interval-closed') return;
      intervals.push(event);
      onSecond(event.interval + 1, controls);
    },
  });
  return { result, arrivals: await readArrivals(server, before), intervals, originMs, controls };
}

function usersAt({ arrivals, originMs }: Controlled, seconds: number): number {
  const before = arrivals.filter(({ atMs }) => atMs - originMs <= seconds * 1000);
  return arrivalsOf(before, 'up').length - arrivalsOf(before, 'down').length;
}

/** Arrivals of a name between two instants, in seconds. */
function countBetween({ arrivals, originMs }: Controlled, name: string, [from, to]: [number, number]): number {
  const own = arrivalsOf(arrivals, name).map(({ atMs }) => (atMs - originMs) / 1000);
  return own.filter((seconds) => seconds > from && seconds <= to).length;
}

describe('a run that is changed while it goes on', () => {
  let changed: Controlled;

  test('carries out every change, and counts to its end', async () => {
    changed = await runControlled('changed', (second, controls) => {
      if (second === 1) {
        // Twice the same at once: nothing of the first is lost.
        controls.setUsers(7);
        controls.setUsers(7);
        controls.setRate(60);
        controls.setRate(60, { load: 'starts' });
      } else if (second === 2) {
        controls.setUsers(10, { spawnRate: 5 });
      } else if (second === 3) {
        controls.setUsers(2, { load: 'users' });
        controls.setRate(0);
      }
    });
    const { result, arrivals } = changed;
    expect(result).toMatchObject({ state: 'completed', exitCode: 0, durationMs: 4000 });
    expect(result.total.completed).toBe(arrivals.length);
    expect(result.usersStarted).toBe(10 + 20);
  });

  test('setUsers: three more at once, three more at five a second, then eight fewer, the newest first', () => {
    expect([0.5, 1.5, 2.9, 3.5, 4.5].map((at) => usersAt(changed, at))).toEqual([4, 7, 10, 2, 0]);
    const ids = (name: string) => arrivalsOf(changed.arrivals, name).map(({ url }) => Number(url.split('/')[2]));
    expect(ids('up')).toHaveLength(10);
    expect(ids('down')).toHaveLength(10);
    const newest = ids('up').sort((a, b) => b - a);
    expect(
      ids('down')
        .slice(0, 8)
        .sort((a, b) => b - a),
    ).toEqual(newest.slice(0, 8));
  });

  test('setRate: 20, then 60, then none a second', () => {
    expect(countBetween(changed, 'call', [-1, 1])).toBeGreaterThanOrEqual(18);
    expect(countBetween(changed, 'call', [-1, 1])).toBeLessThanOrEqual(21);
    const fast = countBetween(changed, 'call', [1.5, 2.5]);
    expect(Math.abs(fast - 60)).toBeLessThanOrEqual(6);
    expect(countBetween(changed, 'call', [3.4, 5])).toBe(0);
    expect(new Set(arrivalsOf(changed.arrivals, 'call').map(({ url }) => url)).size).toBe(
      countBetween(changed, 'call', [-1, 5]),
    );
  });

  test('plannedUsers follow', () => {
    const planned = changed.intervals.map(({ plannedUsers }) => plannedUsers);
    expect([planned[0], planned[3]]).toEqual([4, 2]);
  });
});

test('pause: nothing begins, intervals say so, and the end moves on by as much; no start is lost', async () => {
  let pausedMs = 0;
  const paused = await runControlled('paused', (second, controls) => {
    if (second !== 1) return;
    controls.pause();
    pausedMs = machineMs();
    setTimeout(() => {
      pausedMs = machineMs() - pausedMs;
      controls.resume();
    }, 1500);
  });
  const { result, intervals } = paused;
  expect(result).toMatchObject({ state: 'completed', exitCode: 0 });
  expect(Math.abs(result.durationMs - 2000 - pausedMs)).toBeLessThan(60);
  expect(countBetween(paused, 'open', [-1, 9])).toBe(200);
  for (const name of ['open', 'closed']) {
    expect(countBetween(paused, name, [0, 1])).toBeGreaterThan(50);
    expect(countBetween(paused, name, [1.2, 2.4])).toBe(0);
    expect(countBetween(paused, name, [2.6, 3.5])).toBeGreaterThan(50);
  }
  expect(intervals.map(({ isPaused }) => isPaused)).toEqual([false, true, true, false].slice(0, intervals.length));
});

test('stop ends the run with full numbers; before and after it there is nothing to control', async () => {
  const idle = new RunControls();
  for (const change of [() => idle.setUsers(1), () => idle.pause(), () => idle.stop()]) {
    expect(change).toThrow(expect.objectContaining({ code: 'ERR_OPTION_CONFLICT' }));
  }
  const errors: unknown[] = [];
  const note = (change: () => void) => {
    try {
      change();
    } catch (error) {
      errors.push((error as { code: string }).code);
    }
  };
  const stopped = await runControlled('endless', (second, controls) => {
    if (second > 1) return;
    note(() => controls.setRate(5));
    note(() => controls.setUsers(5, { load: 'nobody' }));
    note(() => controls.setUsers(1.5));
    note(() => controls.setUsers(5, { spawnRate: 0 }));
    controls.stop('seen enough');
  });
  expect(errors).toEqual(['ERR_OPTION_CONFLICT', 'ERR_OPTION_CONFLICT', 'ERR_OPTION_INVALID', 'ERR_OPTION_INVALID']);
  expect(stopped.result).toMatchObject({ state: 'stopped', stop: { reason: 'seen enough' } });
  expect(stopped.result.total.completed).toBe(stopped.arrivals.length);
  expect(() => stopped.controls.resume()).toThrow(expect.objectContaining({ code: 'ERR_OPTION_CONFLICT' }));
});
