import { describe, expect, it } from 'vitest';
import { CONSTANT, type Given, planOf, refusalOf } from '../../support/planned-loads.js';

describe('--stage', () => {
  const given = { stages: ['30s:10', '1m:0'], stopTimeout: '2s', labels: ['a=b'] };
  const planned = {
    name: 'default',
    executor: 'stages',
    line: [
      { fromMs: 0, toMs: 30_000, from: 0, to: 10 },
      { fromMs: 30_000, toMs: 90_000, from: 10, to: 0 },
    ],
    endMs: 90_000,
    falling: 'floor',
    gracefulStopMs: 2_000,
    gracefulRampDownMs: 2_000,
    labels: { a: 'b' },
    kinds: [0, 1],
  };

  it.each([
    {},
    { load: { users: 5, runTime: '5m', user: 'Visitor' } },
    { load: CONSTANT },
    { loads: { a: CONSTANT } },
  ] as Given[])('replaces %j', (own) => {
    expect(planOf(own, { flag: given })).toMatchObject([planned]);
    expect(planOf(own, { environment: given })).toMatchObject([planned]);
  });

  it('may have a limit of iterations', () => {
    expect(planOf({}, { flag: { ...given, iterations: 9 } })).toMatchObject([
      { ...planned, iterations: { of: 'load', count: 9 } },
    ]);
  });

  it('of a configuration file comes behind the scenario’s load and a profile', () => {
    expect(planOf({}, { config: { stages: '30s:10' } })).toMatchObject([{ executor: 'stages' }]);
    expect(planOf({ load: { users: 3 } }, { config: { stages: '30s:10' } })).toMatchObject([{ executor: 'plain' }]);
    const profiles = { smoke: CONSTANT };
    expect(planOf({ profiles }, { config: { stages: '30s:10' }, flag: { profile: 'smoke' } })).toMatchObject([
      { executor: 'constant-users' },
    ]);
  });

  it.each([
    [{ flag: { ...given, users: 5 } }, '--stage', 'users', '--users'],
    [{ flag: { ...given, spawnRate: 5 } }, '--stage', 'spawnRate', '--spawn-rate'],
    [{ flag: { ...given, runTime: 5 } }, '--stage', 'runTime', '--run-time'],
    [{ flag: { ...given, profile: 'smoke' } }, '--stage', 'profile', '--profile'],
    [{ environment: given, flag: { users: 5 } }, 'LOADWRIGHT_STAGE', 'users', '--users'],
    [{ config: { stages: '5s:5' }, environment: { users: 5 } }, 'loadwright.json', 'users', 'LOADWRIGHT_USERS'],
  ])('does not go together with %j', (values, stages, name, origin) => {
    const wrong = refusalOf({ profiles: { smoke: CONSTANT } }, values);
    expect(wrong.code).toBe('ERR_OPTION_CONFLICT');
    expect(wrong.message).toBe(
      `"stages" (from ${stages}) are a whole load, and "${name}" (from ${origin}) belongs to another one.`,
    );
    expect(wrong.hint).toContain(origin);
  });

  it('overrides what comes before it', () => {
    const values = { config: { users: 5, runTime: 5 }, environment: { spawnRate: 5, profile: 'smoke' }, flag: given };
    expect(planOf({ load: { users: 7 }, profiles: { smoke: { users: 2 } } }, values)).toMatchObject([planned]);
  });
});

describe('flags of a plain load', () => {
  it.each([
    ['users', 5, '--users'],
    ['spawnRate', 5, '--spawn-rate'],
    ['runTime', '5s', '--run-time'],
    ['iterations', 5, '--iterations'],
  ])('%s over another load are refused', (name, value, flag) => {
    const wrong = refusalOf({ load: CONSTANT }, { flag: { [name]: value } });
    expect(wrong.code).toBe('ERR_OPTION_CONFLICT');
    expect(wrong.message).toBe(
      `"${name}" (from ${flag}) belongs to a load of users, spawnRate and runTime, ` +
        'but the load of the scenario is "constant-users".',
    );
    expect(wrong.hint).toContain(`Leave out ${flag}`);
    expect(wrong.hint).toContain('--stage 30s:100');
  });

  it('are refused over several loads, plain ones too', () => {
    const wrong = refusalOf({ loads: { a: { users: 5 }, b: CONSTANT } }, { environment: { users: 5 } });
    expect(wrong.code).toBe('ERR_OPTION_CONFLICT');
    expect(wrong.message).toContain('"users" (from LOADWRIGHT_USERS)');
    expect(wrong.message).toContain(
      'the scenario has loads of its own: a (users, spawnRate and runTime), b ("constant-users")',
    );
    expect(wrong.hint).toContain('unset LOADWRIGHT_USERS');
  });

  it('are refused over a profile’s', () => {
    const wrong = refusalOf(
      { load: { users: 5 }, profiles: { peak: CONSTANT } },
      { flag: { profile: 'peak', users: 5 } },
    );
    expect(wrong.code).toBe('ERR_OPTION_CONFLICT');
    expect(wrong.message).toContain('the load of the profile "peak" is "constant-users"');
  });

  it('in the layer of profiles are no conflict: nobody typed them', () => {
    expect(planOf({ load: CONSTANT }, { profile: { users: 5 } })).toMatchObject([{ executor: 'constant-users' }]);
  });

  it('in a configuration file are behind the load of the scenario', () => {
    expect(planOf({ load: CONSTANT }, { config: { users: 5, runTime: 5, iterations: 5 } })).toMatchObject([
      { executor: 'constant-users', endMs: 60_000 },
    ]);
  });
});
