import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../../../src/options/resolve-options.js';
import { planLoads, profileLayer } from '../../../src/runtime/conductor/plan-loads.js';
import { plainLine } from '../../../src/runtime/load/users.js';
import { readProfiles } from '../../../src/runtime/user/define-loads.js';
import type { Load, Loads, Profiles } from '../../../src/runtime/user/load-types.js';
import { ADMIN, CONSTANT, kindOf, planOf, refusalOf, STAGES, VISITOR } from '../../support/planned-loads.js';

const COMMON = { startAtMs: 0, kinds: [0, 1], env: {}, labels: {} };
const PLAIN = { ...COMMON, name: 'default', executor: 'plain', model: 'users', falling: 'floor' };

describe('a plain load', () => {
  it('is made of the options', () => {
    const values = { users: '40', spawnRate: '2.5', runTime: '1m', stopTimeout: '2s' };
    expect(planOf({}, { flag: values })).toEqual([
      {
        ...PLAIN,
        line: plainLine({ users: 40, spawnRate: 2.5 }),
        endMs: 60_000,
        gracefulStopMs: 2_000,
        gracefulRampDownMs: 2_000,
      },
    ]);
  });

  it('without any is one user until stopped', () => {
    const line = plainLine({ users: 1, spawnRate: 1 });
    expect(planOf({})).toEqual([{ ...PLAIN, line, gracefulStopMs: 0, gracefulRampDownMs: 0 }]);
  });

  it('of the scenario comes in by its options, which flags override one by one', () => {
    const load: Load = { users: 40, spawnRate: 4, runTime: '1m', gracefulStop: '3s' };
    expect(planOf({ load })).toMatchObject([
      { line: plainLine({ users: 40, spawnRate: 4 }), endMs: 60_000, gracefulStopMs: 3_000, gracefulRampDownMs: 3_000 },
    ]);
    expect(planOf({ load }, { flag: { users: 8, stopTimeout: 0 }, config: { spawnRate: 9 } })).toMatchObject([
      { line: plainLine({ users: 8, spawnRate: 4 }), endMs: 60_000, gracefulStopMs: 0, gracefulRampDownMs: 0 },
    ]);
  });

  it('keeps what every load has, with the labels of the run beneath its own', () => {
    const load: Load = { users: 2, user: 'Buyer', startTime: '5s', env: { A: '1' }, labels: { part: 'own' } };
    const [planned] = planOf({ load }, { flag: { labels: ['part=run', 'region=eu'], env: ['B=2'] } });
    expect(planned).toMatchObject({ kinds: [1], startAtMs: 5_000, env: { A: '1' } });
    expect(planned!.env).toEqual({ A: '1' });
    expect(planned!.labels).toEqual({ part: 'own', region: 'eu' });
  });

  it('has no more users than there can be', () => {
    expect(planOf({ load: { users: 9 }, kinds: [ADMIN, kindOf('Other', { fixedCount: 3 })] })).toMatchObject([
      { line: plainLine({ users: 5, spawnRate: 1 }) },
    ]);
    expect(planOf({ load: { users: 9, user: 'Admin' }, kinds: [VISITOR, ADMIN] })).toMatchObject([
      { kinds: [1], line: plainLine({ users: 2, spawnRate: 1 }) },
    ]);
    expect(planOf({ load: { users: 9 }, kinds: [VISITOR, ADMIN] })).toMatchObject([
      { line: plainLine({ users: 9, spawnRate: 1 }) },
    ]);
  });

  it('ends after the iterations asked for', () => {
    const [planned] = planOf({ load: { users: 4 } }, { flag: { iterations: 100 } });
    expect(planned).toMatchObject({
      iterations: { of: 'load', count: 100 },
      line: plainLine({ users: 4, spawnRate: 1 }),
    });
  });

  it('of --debug is one user and one iteration', () => {
    const [planned] = planOf({ load: { users: 50, runTime: '5s' } }, { flag: { debug: true, iterations: 7 } });
    expect(planned).toMatchObject({
      executor: 'plain',
      line: plainLine({ users: 1, spawnRate: 1 }),
      iterations: { of: 'user', count: 1 },
      endMs: 5_000,
    });
  });
});

describe('several loads', () => {
  const LOADS: Loads = {
    browse: { executor: 'constant-vus', vus: 10, duration: '30s', exec: 'Visitor', tags: { part: 'browse' } },
    buy: { users: 4, spawnRate: 2, runTime: '1m', after: 'browse', user: 'Buyer', stopTimeout: '1s' },
    late: { stages: [{ duration: '5s', target: 2 }], startTime: '10s' },
  };

  it('keep their names, times, kinds and labels', () => {
    expect(planOf({ loads: LOADS }, { flag: { labels: ['region=eu'] } })).toMatchObject([
      {
        name: 'browse',
        executor: 'constant-users',
        startAtMs: 0,
        kinds: [0],
        labels: { part: 'browse', region: 'eu' },
      },
      {
        name: 'buy',
        executor: 'plain',
        after: 'browse',
        kinds: [1],
        line: plainLine({ users: 4, spawnRate: 2 }),
        endMs: 60_000,
        gracefulStopMs: 1_000,
      },
      { name: 'late', executor: 'stages', startAtMs: 10_000, kinds: [0, 1], gracefulStopMs: 0 },
    ]);
    expect(planOf({ loads: LOADS })[1]).not.toHaveProperty('startAtMs');
  });

  it('all stop as --stop-timeout says', () => {
    const stops = planOf({ loads: LOADS }, { flag: { stopTimeout: '7s' } }).map((load) => load.gracefulStopMs);
    expect(stops).toEqual([7_000, 7_000, 7_000]);
    const config = planOf({ loads: LOADS }, { config: { stopTimeout: '7s' } }).map((load) => load.gracefulStopMs);
    expect(config).toEqual([30_000, 1_000, 7_000]);
  });

  it('of --debug are one user with one iteration each, one after another', () => {
    const loads: Loads = { late: LOADS.late!, ...LOADS };
    const planned = planOf({ loads }, { flag: { debug: true } });
    expect(planned.map(({ name, startAtMs, after }) => [name, startAtMs, after])).toEqual([
      ['late', undefined, 'browse'],
      ['browse', 0, undefined],
      ['buy', undefined, 'late'],
    ]);
    for (const load of planned) {
      expect(load).toMatchObject({
        executor: 'plain',
        model: 'users',
        line: plainLine({ users: 1, spawnRate: 1 }),
        iterations: { of: 'user', count: 1 },
      });
      expect(load.endMs).toBeUndefined();
    }
    expect(planned.map(({ kinds }) => kinds)).toEqual([[0, 1], [0], [1]]);
  });
});

describe('a profile', () => {
  const profiles: Profiles = {
    smoke: { users: 2, runTime: '10s' },
    peak: { executor: 'constant-users', users: 9, duration: '1m', gracefulStop: '1s' },
    both: { loads: { a: CONSTANT, b: STAGES } },
    ramp: { load: { stages: [{ duration: '5s', target: 2 }], stopTimeout: '3s' } },
  };

  it('that is plain overrides the scenario’s values, and flags override those', () => {
    const given = { load: { users: 50, spawnRate: 5, runTime: '1h' }, profiles };
    expect(planOf(given, { flag: { profile: 'smoke' } })).toMatchObject([
      { line: plainLine({ users: 2, spawnRate: 5 }), endMs: 10_000 },
    ]);
    expect(planOf(given, { flag: { profile: 'smoke', users: 3 } })).toMatchObject([
      { line: plainLine({ users: 3, spawnRate: 5 }), endMs: 10_000 },
    ]);
    expect(planOf({ load: CONSTANT, profiles }, { environment: { profile: 'smoke' } })).toMatchObject([
      { executor: 'plain', line: plainLine({ users: 2, spawnRate: 1 }), endMs: 10_000 },
    ]);
  });

  it('of another load replaces the scenario’s', () => {
    expect(planOf({ load: { users: 50 }, profiles }, { flag: { profile: 'peak' } })).toMatchObject([
      { executor: 'constant-users', gracefulStopMs: 1_000 },
    ]);
    expect(planOf({ load: { users: 50 }, profiles }, { flag: { profile: 'both' } })).toMatchObject([
      { name: 'a' },
      { name: 'b' },
    ]);
    expect(planOf({ profiles }, { flag: { profile: 'ramp' } })).toMatchObject([{ gracefulStopMs: 3_000 }]);
    expect(planOf({ profiles }, { flag: { profile: 'ramp', stopTimeout: '4s' } })).toMatchObject([
      { gracefulStopMs: 4_000, gracefulRampDownMs: 4_000 },
    ]);
  });

  it('can be named apart from the options', () => {
    const read = readProfiles(profiles);
    const request = { options: resolveOptions([]), loads: undefined, profiles: read, kinds: [VISITOR] };
    expect(planLoads({ ...request, profileName: 'peak' })).toMatchObject([{ executor: 'constant-users' }]);
  });

  it.each([
    ['smok', '"profile" must be one of smoke, peak, both, ramp, but --profile gave "smok".', '--profile smoke'],
    ['xyzxyz', 'gave "xyzxyz"', '--profile smoke'],
    ['toString', 'gave "toString"', '--profile smoke'],
  ])('%s does not exist', (profile, message, hint) => {
    const wrong = refusalOf({ profiles }, { flag: { profile } });
    expect(wrong.code).toBe('ERR_OPTION_INVALID');
    expect(wrong.message).toContain(message);
    expect(wrong.hint).toBe(hint);
  });

  it('cannot be had where there are none', () => {
    const wrong = refusalOf({}, { flag: { profile: 'smoke' } });
    expect(wrong.message).toContain('the scenario has no profiles');
    expect(wrong.hint).toBe('Leave out --profile');
  });

  it('is a layer of options only where it is plain', () => {
    const read = readProfiles(profiles);
    expect(profileLayer(read, 'smoke')).toEqual({
      layer: 'profile',
      values: { users: { value: 2, origin: 'profile smoke' }, runTime: { value: '10s', origin: 'profile smoke' } },
    });
    expect([profileLayer(read, 'peak'), profileLayer(read, 'none'), profileLayer(read, undefined)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
