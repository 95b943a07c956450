import { describe, expectTypeOf, it } from 'vitest';
import type { Load, LoadShape, Loads, PlainLoad, Profiles } from '../../src/runtime/user/load-types.js';

/** Takes a load as a scenario writes it, as a literal. */
declare function take(load: Load): void;
declare function takeLoads(loads: Loads): void;
declare function takeProfiles(profiles: Profiles): void;

const stages = [{ duration: '30s', target: 10 }];

describe('a load', () => {
  it('is one of the models', () => {
    const call = () => {
      take({});
      take({ users: 5, spawnRate: 0.5, runTime: '5m', stopTimeout: 2 });
      take({ stages });
      take({ startUsers: 4, stages, stopTimeout: '1s', user: 'Visitor' });
      take({ shape: (seconds) => (seconds < 60 ? { users: Math.ceil(seconds), spawnRate: 2 } : null) });
      take({ shape: (seconds) => ({ rate: seconds }) });
      take({ executor: 'constant-users', users: 5, duration: '5m', startTime: '10s' });
      take({ executor: 'ramping-users', stages, gracefulRampDown: 0, after: 'first' });
      take({ executor: 'shared-iterations', iterations: 100, labels: { part: 'x' } });
      take({ executor: 'per-user-iterations', users: 5, maxDuration: '1h', env: { A: '1' } });
      take({ executor: 'constant-arrival-rate', rate: 0.5, duration: 60, preAllocatedUsers: 5, gracefulStop: '1m' });
      take({
        executor: 'ramping-arrival-rate',
        startRate: 5,
        timeUnit: '1m',
        stages,
        preAllocatedUsers: 5,
        maxUsers: 9,
      });
    };
    expectTypeOf(call).toBeFunction();
    expectTypeOf<PlainLoad>().toExtend<Load>();
  });

  it('is not two of them', () => {
    const call = () => {
      // @ts-expect-error: users or stages
      take({ users: 5, stages });
      // @ts-expect-error: stages or a shape
      take({ stages, shape: () => null });
      // @ts-expect-error: a run time belongs to a plain load
      take({ shape: () => null, runTime: '5m' });
      // @ts-expect-error: an executor or a shape
      take({ executor: 'constant-users', duration: '5m', shape: () => null });
      // @ts-expect-error: constant users have no rate
      take({ executor: 'constant-users', duration: '5m', rate: 5 });
      // @ts-expect-error: a rate needs no users
      take({ executor: 'constant-arrival-rate', rate: 5, duration: '5m', preAllocatedUsers: 5, users: 5 });
      // @ts-expect-error: one way to say when it begins
      take({ users: 5, startTime: '5s', after: 'first' });
    };
    expectTypeOf(call).toBeFunction();
  });

  it('has what its model needs, and nothing else', () => {
    const call = () => {
      // @ts-expect-error: a duration is needed
      take({ executor: 'constant-users', users: 5 });
      // @ts-expect-error: stages are needed
      take({ startUsers: 5 });
      // @ts-expect-error: users to begin with are needed
      take({ executor: 'constant-arrival-rate', rate: 5, duration: '5m' });
      // @ts-expect-error: there is no such executor
      take({ executor: 'constant-user', duration: '5m' });
      // @ts-expect-error: `spawnRate`
      take({ users: 5, spawn_rate: 5 });
      // @ts-expect-error: a stage has a target
      take({ stages: [{ duration: '5s' }] });
      // @ts-expect-error: a shape answers users or a rate
      take({ shape: () => 5 });
      // @ts-expect-error: k6's words stand in `loads`
      take({ executor: 'constant-vus', vus: 5, duration: '5m' });
      // @ts-expect-error: also where the executor has the same name
      take({ executor: 'shared-iterations', vus: 5 });
    };
    expectTypeOf(call).toBeFunction();
  });

  it('has a shape that is told the seconds', () => {
    expectTypeOf<LoadShape>().parameters.toEqualTypeOf<[number]>();
  });
});

describe('loads and profiles', () => {
  it('take a block of k6’s scenarios beside their own', () => {
    const call = () => {
      takeLoads({
        one: { executor: 'constant-vus', vus: 5, duration: '5m', exec: 'Visitor', tags: { part: 'x' } },
        two: { executor: 'ramping-vus', startVUs: 0, stages, gracefulRampDown: '0s', gracefulStop: '5s' },
        three: { executor: 'shared-iterations', vus: 5, iterations: 100, maxDuration: '5m' },
        four: { executor: 'per-vu-iterations', vus: 5, iterations: 20, startTime: '5s', env: { A: '1' } },
        five: { executor: 'constant-arrival-rate', rate: 5, timeUnit: '1m', duration: '5m', preAllocatedVUs: 5 },
        six: { executor: 'ramping-arrival-rate', startRate: 5, stages, preAllocatedVUs: 5, maxVUs: 9 },
        own: { users: 5, after: 'one' },
      });
      // @ts-expect-error: nothing controls it
      takeLoads({ one: { executor: 'externally-controlled', vus: 5, duration: '5m' } });
      // @ts-expect-error: one spelling or the other
      takeLoads({ one: { executor: 'shared-iterations', vus: 5, users: 5 } });
      // @ts-expect-error: a bare number would be milliseconds in k6
      takeLoads({ one: { executor: 'constant-vus', vus: 5, duration: 5000 } });
    };
    expectTypeOf(call).toBeFunction();
  });

  it('are loads, or objects of load or loads', () => {
    const call = () => {
      takeProfiles({
        smoke: { users: 1, runTime: '10s' },
        soak: { load: { executor: 'constant-users', users: 5, duration: '8h' } },
        peak: { loads: { one: { executor: 'constant-vus', vus: 5, duration: '5m' } } },
      });
      // @ts-expect-error: one or the other
      takeProfiles({ both: { load: { users: 1 }, loads: { one: { users: 1 } } } });
      // @ts-expect-error: k6's words stand in `loads`
      takeProfiles({ pasted: { executor: 'constant-vus', vus: 5, duration: '5m' } });
    };
    expectTypeOf(call).toBeFunction();
  });
});
