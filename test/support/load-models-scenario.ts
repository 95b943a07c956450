// The loads of test/accuracy/load-models.test.ts. They are all of one run; what they send differs by its path, which is
// the load's name.
import { constant, defineTest, defineUser, type Load, type Loads } from 'loadwright';

/** An iteration: one request, and as long altogether as its load says. */
const Caller = defineUser({
  tasks: {
    async call({ http, env, id, iteration, sleep }) {
      const startedAtMs = performance.now();
      await http.get(`/${env.PATH}/${id}/${iteration}`, { name: 'call' });
      const leftMs = Number(env.TAKES_MS ?? 0) - (performance.now() - startedAtMs);
      if (leftMs > 0) await sleep(leftMs / 1000);
      if (env.TELLS_END !== undefined) await http.get(`/${env.PATH}/${id}/done`, { name: 'done' });
    },
  },
});

/** Says when it comes and when it goes, and does nothing in between. */
const Dweller = defineUser({
  waitTime: constant(60),
  async onStart({ http, env, id }) {
    await http.get(`/${env.PATH}/up/${id}`, { name: 'up' });
  },
  tasks: { async dwell() {} },
  async onStop({ http, env, id }) {
    await http.get(`/${env.PATH}/down/${id}`, { name: 'down' });
  },
});

const stage = (seconds: number, target: number) => ({ duration: seconds, target });

const callers: Record<string, Load> = {
  constant50: { executor: 'constant-arrival-rate', rate: 50, duration: '5s', preAllocatedUsers: 10 },
  constant20: { executor: 'constant-arrival-rate', rate: 20, duration: '3s', preAllocatedUsers: 10 },
  blocked: {
    executor: 'constant-arrival-rate',
    rate: 10,
    duration: '950ms',
    preAllocatedUsers: 5,
    maxUsers: 5,
    gracefulStop: '3s',
    env: { TAKES_MS: '2000' },
  },
  ramp: {
    executor: 'ramping-arrival-rate',
    startRate: 10,
    stages: [stage(1, 10), stage(1, 50), stage(1, 50)],
    preAllocatedUsers: 20,
  },
  slowRamp: {
    executor: 'ramping-arrival-rate',
    // Not in the crowd of second 0, where all the other loads begin.
    startTime: '500ms',
    stages: [stage(5, 1), stage(1, 1), stage(5, 0)],
    preAllocatedUsers: 2,
  },
  users10: { executor: 'constant-users', users: 10, duration: '1s', env: { TAKES_MS: '210' } },
  shared: { executor: 'shared-iterations', users: 10, iterations: 100 },
  perUser: { executor: 'per-user-iterations', users: 7, iterations: 5 },
  perUserBlocked: {
    executor: 'per-user-iterations',
    users: 5,
    iterations: 20,
    maxDuration: '1s',
    gracefulStop: '2s',
    env: { TAKES_MS: '2000' },
  },
  jump: {
    executor: 'ramping-users',
    startUsers: 5,
    stages: [stage(1, 5), stage(0, 3), stage(1, 3)],
    env: { TAKES_MS: '300' },
  },
  finishes: {
    executor: 'constant-users',
    users: 2,
    duration: '1s',
    gracefulStop: '1s',
    env: { TAKES_MS: '1500', TELLS_END: '1' },
  },
  interrupted: {
    executor: 'constant-users',
    users: 2,
    duration: '1s',
    gracefulStop: '1s',
    env: { TAKES_MS: '2500', TELLS_END: '1' },
  },
};

/** Seconds of the table are halves of a second here. */
const LONG_STAGES = [stage(1, 6), stage(2.5, 1), stage(2, 5), stage(2, 1)].concat([
  stage(1.5, 4),
  stage(1, 4),
  stage(0, 1),
  stage(1.5, 1),
]);

const dwellers: Record<string, Load> = {
  upAndDown: { executor: 'ramping-users', startUsers: 0, stages: [stage(3, 10), stage(2, 0)] },
  longStages: { executor: 'ramping-users', startUsers: 4, stages: LONG_STAGES },
  plain: { users: 6, spawnRate: 4, runTime: '3s' },
  stages: { stages: [stage(2, 4), stage(1, 4), stage(0, 1), stage(1, 1)] },
};

const nameAll = (user: string, loads: Record<string, Load>): Loads =>
  Object.fromEntries(
    Object.entries(loads).map(([name, load]) => [name, { ...load, user, env: { PATH: name, ...load.env } } as Load]),
  );

export default defineTest({
  users: { Caller, Dweller },
  loads: { ...nameAll('Caller', callers), ...nameAll('Dweller', dwellers) },
  thresholds: {
    'dropped_iterations{load:constant50}': ['count==0'],
    'dropped_iterations{load:blocked}': ['count==5'],
    'dropped_iterations{load:shared}': ['count==0'],
    'dropped_iterations{load:perUserBlocked}': ['count==95'],
    'iterations{load:blocked}': ['count==5'],
    'iterations{load:users10}': ['count==50'],
    'iterations{load:shared}': ['count==100'],
    'iterations{load:perUserBlocked}': ['count==5'],
    'iterations{load:finishes}': ['count==2'],
  },
});
