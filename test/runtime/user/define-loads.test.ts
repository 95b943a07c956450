import { describe, expect, it } from 'vitest';
import { LoadwrightError } from '../../../src/errors.js';
import { findShapes, optionsOfLoads, readLoads, readProfiles } from '../../../src/runtime/user/define-loads.js';
import type { Loads } from '../../../src/runtime/user/load-types.js';

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

function refuseLoads(loads: unknown): string {
  const { code, message, hint } = refusalOf(() => readLoads({ loads: loads as never }));
  expect(code).toBe('ERR_SCENARIO_INVALID');
  expect(hint, message).toBeTruthy();
  return `${message} | ${hint}`;
}

/** As it stands under `scenarios` in a script for k6. */
const PASTED: Loads = {
  contacts: { executor: 'constant-vus', exec: 'Contacts', vus: 10, duration: '30s', gracefulStop: '5s' },
  ramp: {
    executor: 'ramping-vus',
    startVUs: 0,
    stages: [
      { duration: '20s', target: 10 },
      { duration: '0s', target: 3 },
      { duration: '10s', target: 0 },
    ],
    gracefulRampDown: '0s',
    tags: { part: 'ramp' },
  },
  shared: { executor: 'shared-iterations', vus: 10, iterations: 200, maxDuration: '30s' },
  each: { executor: 'per-vu-iterations', vus: 10, iterations: 20, startTime: '10s', env: { KEY: 'value' } },
  rate: {
    executor: 'constant-arrival-rate',
    rate: 30,
    timeUnit: '1m',
    duration: '1h30m',
    preAllocatedVUs: 2,
    maxVUs: 50,
  },
  rates: {
    executor: 'ramping-arrival-rate',
    startRate: 300,
    timeUnit: '1m',
    stages: [{ target: 600, duration: '2m' }],
    preAllocatedVUs: 50,
  },
};

describe('loads', () => {
  it('take a block of k6’s scenarios unchanged', () => {
    const read = readLoads({ loads: PASTED });
    const common = { source: 'loads', ...FRAME };
    expect(read).toEqual([
      {
        ...common,
        name: 'contacts',
        executor: 'constant-users',
        users: 10,
        durationMs: 30_000,
        user: 'Contacts',
        gracefulStopMs: 5_000,
      },
      {
        ...common,
        name: 'ramp',
        executor: 'ramping-users',
        startUsers: 0,
        stages: [
          { durationMs: 20_000, target: 10 },
          { durationMs: 0, target: 3 },
          { durationMs: 10_000, target: 0 },
        ],
        gracefulRampDownMs: 0,
        labels: { part: 'ramp' },
      },
      { ...common, name: 'shared', executor: 'shared-iterations', users: 10, iterations: 200, maxDurationMs: 30_000 },
      {
        ...common,
        name: 'each',
        executor: 'per-user-iterations',
        users: 10,
        iterations: 20,
        maxDurationMs: 600_000,
        startTimeMs: 10_000,
        env: { KEY: 'value' },
      },
      {
        ...common,
        name: 'rate',
        executor: 'constant-arrival-rate',
        rate: 30,
        timeUnitMs: 60_000,
        durationMs: 5_400_000,
        preAllocatedUsers: 2,
        maxUsers: 50,
      },
      {
        ...common,
        name: 'rates',
        executor: 'ramping-arrival-rate',
        startRate: 300,
        timeUnitMs: 60_000,
        stages: [{ durationMs: 120_000, target: 600 }],
        preAllocatedUsers: 50,
        maxUsers: 50,
      },
    ]);
    expect(structuredClone(read)).toEqual(read);
  });

  it('take their own words too, and wait for each other', () => {
    const read = readLoads({
      loads: { first: { users: 1, runTime: '5s' }, second: { stages: [{ duration: 1, target: 1 }], after: 'first' } },
    });
    expect(read.map(({ name, executor, after }) => [name, executor, after])).toEqual([
      ['first', 'plain', undefined],
      ['second', 'stages', 'first'],
    ]);
  });

  it.each([
    [{}, '"loads" must be an object of loads by name that is not empty, but the scenario gave {}'],
    [[], '"loads" must be an object'],
    [{ a: 5 }, '"loads.a" must be a load, but the scenario gave 5'],
    [{ a: { vus: 5, users: 5 } }, '"loads.a" has both "vus" and "users". | Keep "users".'],
    [{ a: { executor: 'constant-vus', vus: 0, duration: '5s' } }, '"loads.a.vus" must be a whole number of 1 or more'],
    [{ a: { executor: 'externally-controlled' } }, '"loads.a.executor" is "externally-controlled", which is not taken'],
    [
      { a: { executor: 'constant-vus', duration: 5000 } },
      "seconds here and milliseconds in k6, but the scenario gave 5000. | duration: '5000ms'",
    ],
    [
      { a: { executor: 'ramping-vus', stages: [{ duration: '10', target: 5 }] } },
      '"loads.a.stages[0].duration" must be a span with a unit',
    ],
    [{ a: { users: 1, after: 'b' } }, '"loads.a.after" must name another load, but the scenario gave "b"'],
    [{ a: { users: 1 }, browse: { users: 1 }, c: { after: 'brows' } }, 'gave "brows". | browse'],
    [{ a: { after: 'a' } }, '"a" waits for "a"'],
    [{ a: { after: 'b' }, b: { after: 'c' }, c: { after: 'a' } }, '"a" waits for "b" waits for "c" waits for "a"'],
    [{ a: { after: 'b' }, b: { after: 'x' } }, '"loads.b.after" must name another load'],
    [{ a: {}, b: { startTime: '5s', after: 'a' } }, '"loads.b" has both "startTime" and "after"'],
  ])('%j are refused', (loads, text) => {
    expect(refuseLoads(loads)).toContain(text);
  });

  it('do not go together with load', () => {
    const wrong = refusalOf(() => readLoads({ load: {}, loads: PASTED }));
    expect([wrong.code, wrong.message]).toEqual(['ERR_SCENARIO_INVALID', 'The scenario has both "load" and "loads".']);
  });
});

describe('profiles', () => {
  it('are loads, or objects with load or loads', () => {
    const read = readProfiles({
      smoke: { users: 1, runTime: '10s' },
      soak: { load: { executor: 'constant-users', users: 5, duration: '8h' } },
      peak: { loads: { contacts: PASTED.contacts!, own: { users: 2 } } },
    });
    expect(Object.keys(read)).toEqual(['smoke', 'soak', 'peak']);
    expect(read.smoke).toMatchObject([{ name: 'default', source: 'load', executor: 'plain', users: 1 }]);
    expect(read.soak).toMatchObject([{ name: 'default', source: 'load', executor: 'constant-users' }]);
    expect(read.peak).toMatchObject([
      { name: 'contacts', source: 'loads', executor: 'constant-users' },
      { name: 'own', source: 'loads', executor: 'plain' },
    ]);
    expect(readProfiles(undefined)).toEqual({});
  });

  it.each([
    [5, '"profiles" must be an object of loads by name, but the scenario gave 5.'],
    [{ smoke: 5 }, '"profiles.smoke" must be a load'],
    [{ smoke: { users: 0 } }, '"profiles.smoke.users" must be'],
    [{ smoke: { load: { users: 0 } } }, '"profiles.smoke.load.users" must be'],
    [{ smoke: { loads: { a: { users: 0 } } } }, '"profiles.smoke.loads.a.users" must be'],
    [{ smoke: { load: {}, loads: { a: {} } } }, '"profiles.smoke" has both "load" and "loads".'],
    [{ smoke: { load: {}, users: 5 } }, '"profiles.smoke" has a key "users" beside its load.'],
    [{ smoke: { vus: 5 } }, 'has no key "vus"'],
  ])('%j are refused', (profiles, text) => {
    const wrong = refusalOf(() => readProfiles(profiles as never));
    expect(wrong.code).toBe('ERR_SCENARIO_INVALID');
    expect(wrong.message).toContain(text);
    expect(wrong.hint).toBeTruthy();
  });
});

describe('options of loads', () => {
  it('are the values of a plain load', () => {
    const loads = readLoads({ load: { users: 5, runTime: 90, gracefulStop: '400ms', user: 'Visitor' } });
    expect(optionsOfLoads(loads)).toEqual({ users: 5, runTime: '1m30s', stopTimeout: '400ms' });
  });

  it('are how it stops of others, and nothing of several', () => {
    const stages = [{ duration: '5s', target: 5 }];
    expect(optionsOfLoads(readLoads({ load: { stages, stopTimeout: '2s' } }))).toEqual({ stopTimeout: '2s' });
    const constant = { executor: 'constant-users', duration: '5s', gracefulStop: '2s' } as const;
    expect(optionsOfLoads(readLoads({ load: constant }))).toEqual({});
    expect(optionsOfLoads(readLoads({ loads: { only: { users: 5 } } }))).toEqual({});
    expect(optionsOfLoads([])).toEqual({});
  });
});

describe('shapes', () => {
  const shape = () => null;
  const other = () => ({ rate: 5 });

  it('are found by the name of their load', () => {
    expect(findShapes({ load: { shape } }, undefined)).toEqual({ default: shape });
    expect(findShapes({ loads: { a: { shape }, b: { users: 1 }, default: { shape: other } } }, undefined)).toEqual({
      a: shape,
      default: other,
    });
    expect(findShapes({ load: { users: 5 } }, undefined)).toEqual({});
    expect(findShapes({}, undefined)).toEqual({});
  });

  it('are those of the profile, if there is one', () => {
    const test = {
      load: { shape },
      profiles: {
        plain: { users: 5 },
        bare: { shape: other },
        one: { load: { shape: other } },
        many: { loads: { a: { shape: other } } },
      },
    };
    expect(findShapes(test, 'plain')).toEqual({});
    expect(findShapes(test, 'bare')).toEqual({ default: other });
    expect(findShapes(test, 'one')).toEqual({ default: other });
    expect(findShapes(test, 'many')).toEqual({ a: other });
    expect(findShapes(test, 'none')).toEqual({});
  });
});
