import { describe, expect, it } from 'vitest';
import { LoadwrightError } from '../../../src/errors.js';
import { readLoads } from '../../../src/runtime/user/define-loads.js';

const FRAME = { env: {}, labels: {} };

function refusalOf(attempt: () => unknown): LoadwrightError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof LoadwrightError) return error;
    throw error;
  }
  expect.fail('it was not refused');
}

/** What `load` is refused with: the whole text a person would see. */
function refuseLoad(load: unknown): string {
  const { code, message, hint } = refusalOf(() => readLoads({ load: load as never }));
  expect(code).toBe('ERR_SCENARIO_INVALID');
  expect(hint, message).toBeTruthy();
  return `${message} | ${hint}`;
}

describe('a load', () => {
  it('is plain without an executor', () => {
    expect(readLoads({ load: { users: 100, spawnRate: 2.5, runTime: '5m', stopTimeout: 2 } })).toEqual([
      {
        ...FRAME,
        name: 'default',
        source: 'load',
        executor: 'plain',
        users: 100,
        spawnRate: 2.5,
        runTimeMs: 300_000,
        gracefulStopMs: 2_000,
      },
    ]);
    expect(readLoads({ load: {} })).toEqual([{ ...FRAME, name: 'default', source: 'load', executor: 'plain' }]);
  });

  it('is none where none is given', () => {
    expect(readLoads({})).toEqual([]);
    expect(readLoads({ load: undefined, loads: undefined })).toEqual([]);
  });

  it('is of stages, from 0 users', () => {
    const [load] = readLoads({ load: { stages: [{ duration: '30s', target: 100 }], gracefulStop: '1s' } });
    expect(load).toMatchObject({
      executor: 'stages',
      startUsers: 0,
      stages: [{ durationMs: 30_000, target: 100 }],
      gracefulStopMs: 1_000,
    });
  });

  it('is a shape, without its function', () => {
    const [load] = readLoads({ load: { shape: () => null } });
    expect(load).toEqual({ ...FRAME, name: 'default', source: 'load', executor: 'shape', hasShape: true });
    expect(structuredClone(load)).toEqual(load);
  });

  it.each([
    [
      { executor: 'constant-users', duration: '1m' },
      { users: 1, durationMs: 60_000 },
    ],
    [
      { executor: 'ramping-users', stages: [{ duration: 5, target: 2 }] },
      { startUsers: 1, gracefulRampDownMs: 30_000 },
    ],
    [{ executor: 'shared-iterations' }, { users: 1, iterations: 1, maxDurationMs: 600_000 }],
    [
      { executor: 'per-user-iterations', users: 3, iterations: 5 },
      { users: 3, iterations: 5, maxDurationMs: 600_000 },
    ],
    [
      { executor: 'constant-arrival-rate', rate: 0.5, duration: '1m', preAllocatedUsers: 4 },
      { rate: 0.5, timeUnitMs: 1_000, durationMs: 60_000, preAllocatedUsers: 4, maxUsers: 4 },
    ],
    [
      {
        executor: 'ramping-arrival-rate',
        stages: [{ duration: '1m', target: 2.5 }],
        preAllocatedUsers: 0,
        maxUsers: 4,
      },
      { startRate: 0, timeUnitMs: 1_000, preAllocatedUsers: 0, maxUsers: 4 },
    ],
  ] as const)('%j has its defaults', (load, described) => {
    expect(readLoads({ load })).toEqual([
      expect.objectContaining({ ...FRAME, name: 'default', executor: load.executor, ...described }),
    ]);
  });

  it('takes what every load takes', () => {
    const [load] = readLoads({
      load: { users: 1, startTime: '5s', user: 'Visitor', env: { A: '1' }, labels: { part: 'x' }, gracefulStop: 0 },
    });
    expect(load).toMatchObject({
      startTimeMs: 5_000,
      user: 'Visitor',
      env: { A: '1' },
      labels: { part: 'x' },
      gracefulStopMs: 0,
    });
  });
});

const STAGES = [{ duration: '30s', target: 10 }];
const endsAtOnce = () => null;
const OPEN = { executor: 'constant-arrival-rate', rate: 5, duration: '5s', preAllocatedUsers: 5 };

describe('refused as a load', () => {
  it.each([
    [5, '"load" must be a load, but the scenario gave 5.'],
    [{ spawnrate: 1 }, 'A load of users, spawnRate and runTime at "load" has no key "spawnrate". | spawnRate'],
    [{ nonsense: 1 }, '| It takes: executor, startTime, after'],
    [
      { rate: 5 },
      '"rate" does not belong to a load of users, spawnRate and runTime at "load". | Executor "constant-arrival-rate" takes it.',
    ],
    [
      { executor: 'constant-users', duration: 5, maxDuration: 5 },
      '"maxDuration" does not belong to executor "constant-users" at "load". | Executor "shared-iterations" and executor "per-user-iterations" take it.',
    ],
    [{ ...OPEN, stages: STAGES }, '"stages" does not belong to executor "constant-arrival-rate"'],
    [{ ...OPEN, shape: endsAtOnce }, '"shape" does not belong to executor "constant-arrival-rate"'],
    [{ vus: 5 }, 'has no key "vus". | users'],
    [{ executor: 'constant-vus', duration: 5 }, 'but the scenario gave "constant-vus". | executor: \'constant-users\''],
    [{ executor: 'constant-user', duration: 5 }, "executor: 'constant-users'"],
    [{ executor: 'plain' }, '"load.executor" must be one of constant-users, ramping-users, shared-iterations'],
    [{ executor: 7 }, '"load.executor" must be one of'],
    [{ users: 5, stages: STAGES }, '"load" has more than one load model: "users" and "stages" do not go together.'],
    [{ shape: endsAtOnce, runTime: 5 }, '"runTime" and "shape" do not go together'],
    [{ shape: endsAtOnce, stages: STAGES }, '"stages" and "shape" do not go together'],
    [{ startUsers: 5 }, 'A load with "stages" at "load" needs "stages". | stages: ['],
    [
      { executor: 'constant-users', users: 5 },
      'Executor "constant-users" at "load" needs "duration". | duration: \'5m\'',
    ],
    [{ ...OPEN, preAllocatedUsers: undefined }, 'needs "preAllocatedUsers". | preAllocatedUsers: 50'],
    [{ ...OPEN, rate: undefined }, 'needs "rate"'],
    [{ ...OPEN, rate: 0 }, '"load.rate" must be a number above 0, but the scenario gave 0. | rate: 50'],
    [{ ...OPEN, rate: Number.NaN }, '"load.rate" must be a number above 0, but the scenario gave NaN.'],
    [
      { ...OPEN, rate: Number.POSITIVE_INFINITY },
      '"load.rate" must be a number above 0, but the scenario gave Infinity.',
    ],
    [{ ...OPEN, rate: '5' }, '"load.rate" must be a number above 0, but the scenario gave "5".'],
    [{ ...OPEN, timeUnit: 0 }, '"load.timeUnit" must be a span of time such as 400ms, 20s or 1h20m, longer than 0'],
    [{ ...OPEN, maxUsers: 4 }, '"preAllocatedUsers" of "load" is 5, which is more than "maxUsers", 4. | maxUsers: 5'],
    [{ ...OPEN, preAllocatedUsers: 0 }, '"load" may have no user at all'],
    [{ users: 0 }, '"load.users" must be a whole number of 1 or more, but the scenario gave 0. | users: 10'],
    [{ users: -1 }, 'but the scenario gave -1.'],
    [{ users: 1.5 }, 'a whole number of 1 or more'],
    [{ users: null }, 'but the scenario gave null.'],
    [{ users: 20_000_000 }, 'and 10000000 or less'],
    [{ spawnRate: 0 }, '"load.spawnRate" must be a number above 0'],
    [
      { runTime: '1h30' },
      '"load.runTime" must be a span of time such as 400ms, 20s or 1h20m, longer than 0, but the scenario gave "1h30".',
    ],
    [{ runTime: 0 }, 'longer than 0, but the scenario gave 0.'],
    [{ runTime: -5 }, 'but the scenario gave -5.'],
    [{ runTime: {} }, 'but the scenario gave {}.'],
    [{ startTime: 'soon' }, '"load.startTime" must be a span of time'],
    [{ startTime: '5s', after: 'a' }, 'both "startTime" and "after"'],
    [{ after: 'other' }, '"load.after" waits for another load'],
    [{ stopTimeout: 1, gracefulStop: 1 }, 'both "stopTimeout" and "gracefulStop"'],
    [{ user: '' }, '"load.user" must be a name, but the scenario gave "".'],
    [{ env: [] }, '"load.env" must be an object of texts'],
    [
      { labels: { name: 'eu' } },
      '"load.labels" must be labels of your own ("name" is one that numbers have by themselves), but the scenario gave {"name":"eu"}. | labels: { my_name: ',
    ],
    [{ labels: { a: {} } }, '"load.labels" must be an object of texts'],
    [{ stages: [] }, '"load.stages" must be a list of stages that is not empty, but the scenario gave [].'],
    [{ stages: STAGES[0] }, '"load.stages" must be a list'],
    [{ stages: [5] }, '"load.stages[0]" must be a stage of duration and target'],
    [{ stages: [{ ...STAGES[0], rate: 5 }] }, '"load.stages[0]" must be a stage of duration and target'],
    [
      { stages: [{ duration: '5s' }] },
      '"load.stages[0].target" must be a whole number of 0 or more, but the scenario gave nothing. | target: 10',
    ],
    [{ stages: [...STAGES, { duration: 'x', target: 1 }] }, '"load.stages[1].duration" must be a span of time'],
    [{ stages: [{ duration: '5s', target: 1.5 }] }, 'a whole number of 0 or more'],
    [{ stages: [{ duration: '0s', target: 5 }] }, 'at least one lasts longer than 0s'],
    [{ stages: [{ duration: '5s', target: 0 }] }, '"load" stays at 0'],
    [{ shape: 5 }, '"load.shape" must be a function'],
  ])('%j', (load, text) => {
    expect(refuseLoad(load)).toContain(text);
  });
});
