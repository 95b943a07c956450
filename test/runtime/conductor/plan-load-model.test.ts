import { describe, expect, it } from 'vitest';
import { weighKinds } from '../../../src/runtime/conductor/plan-loads.js';
import { lineFromStages } from '../../../src/runtime/load/line.js';
import type { Load, Loads } from '../../../src/runtime/user/load-types.js';
import { ADMIN, CONSTANT, kindOf, planOf, refusalOf, STAGES, VISITOR } from '../../support/planned-loads.js';

const COMMON = { startAtMs: 0, kinds: [0, 1], env: {}, labels: {} };

describe('each executor', () => {
  const GRACE = { gracefulStopMs: 30_000, gracefulRampDownMs: 30_000 };
  const CLOSED = { ...COMMON, name: 'default', model: 'users', falling: 'floor', ...GRACE };

  it('constant-users', () => {
    const line = [{ fromMs: 0, toMs: 60_000, from: 10, to: 10 }];
    expect(planOf({ load: CONSTANT })).toEqual([{ ...CLOSED, executor: 'constant-users', line, endMs: 60_000 }]);
  });

  it('ramping-users', () => {
    const load: Load = {
      executor: 'ramping-users',
      startUsers: 5,
      stages: [
        { duration: '1s', target: 5 },
        { duration: 0, target: 3 },
        { duration: '1s', target: 3 },
      ],
      gracefulRampDown: '4s',
    };
    const stages = [
      { durationMs: 1_000, target: 5 },
      { durationMs: 0, target: 3 },
      { durationMs: 1_000, target: 3 },
    ];
    expect(planOf({ load })).toEqual([
      {
        ...CLOSED,
        executor: 'ramping-users',
        line: lineFromStages(5, stages),
        endMs: 2_000,
        falling: 'ceiling',
        gracefulRampDownMs: 4_000,
      },
    ]);
  });

  it('stages', () => {
    const load: Load = { stages: [{ duration: '30s', target: 10 }], stopTimeout: '2s' };
    const line = [{ fromMs: 0, toMs: 30_000, from: 0, to: 10 }];
    const planned = { ...CLOSED, executor: 'stages', line, endMs: 30_000 };
    expect(planOf({ load })).toEqual([{ ...planned, gracefulStopMs: 2_000, gracefulRampDownMs: 2_000 }]);
    expect(planOf({ load: STAGES })).toEqual([{ ...planned, gracefulStopMs: 0, gracefulRampDownMs: 0 }]);
  });

  it('shared-iterations and per-user-iterations', () => {
    const load = { users: 3, iterations: 100, maxDuration: '2m', gracefulStop: 0 } as const;
    const line = [{ fromMs: 0, toMs: 120_000, from: 3, to: 3 }];
    const common = { ...CLOSED, line, endMs: 120_000, gracefulStopMs: 0, gracefulRampDownMs: 0 };
    expect(planOf({ load: { executor: 'shared-iterations', ...load } })).toEqual([
      { ...common, executor: 'shared-iterations', iterations: { of: 'load', count: 100 } },
    ]);
    expect(planOf({ load: { executor: 'per-user-iterations', ...load } })).toEqual([
      { ...common, executor: 'per-user-iterations', iterations: { of: 'user', count: 100 } },
    ]);
  });

  it('constant-arrival-rate, its rate a second', () => {
    const load: Load = {
      executor: 'constant-arrival-rate',
      rate: 49,
      timeUnit: '1m',
      duration: '5s',
      preAllocatedUsers: 2,
      maxUsers: 7,
    };
    expect(planOf({ load })).toEqual([
      {
        ...COMMON,
        name: 'default',
        executor: 'constant-arrival-rate',
        model: 'starts',
        line: [{ fromMs: 0, toMs: 5_000, from: 49 / 60, to: 49 / 60 }],
        endMs: 5_000,
        gracefulStopMs: 30_000,
        preAllocatedUsers: 2,
        maxUsers: 7,
      },
    ]);
  });

  it('ramping-arrival-rate, its rates a second', () => {
    const load: Load = {
      executor: 'ramping-arrival-rate',
      startRate: 60,
      timeUnit: '1m',
      stages: [
        { duration: '10s', target: 120 },
        { duration: '5s', target: 0 },
      ],
      preAllocatedUsers: 5,
    };
    expect(planOf({ load })).toMatchObject([
      {
        model: 'starts',
        line: [
          { fromMs: 0, toMs: 10_000, from: 1, to: 2 },
          { fromMs: 10_000, toMs: 15_000, from: 2, to: 0 },
        ],
        endMs: 15_000,
        preAllocatedUsers: 5,
        maxUsers: 5,
      },
    ]);
  });

  it('shape, as users that are not there yet', () => {
    const [planned] = planOf({ load: { shape: () => null, stopTimeout: '1s' } });
    expect(planned).toEqual({
      ...CLOSED,
      executor: 'shape',
      line: [{ fromMs: 0, toMs: 0, from: 0, to: 0 }],
      gracefulStopMs: 1_000,
      gracefulRampDownMs: 1_000,
    });
  });
});

describe('users of a load', () => {
  const OPEN = { executor: 'constant-arrival-rate', rate: 5, duration: '5s', preAllocatedUsers: 5 } as const;

  it('must be among those of the run', () => {
    const wrong = refusalOf({ load: { ...CONSTANT, user: 'Vistor' } });
    expect(wrong.code).toBe('ERR_SCENARIO_INVALID');
    expect(wrong.message).toContain('must be one of the users of this run, Visitor, Buyer, but it is "Vistor"');
    expect(wrong.hint).toBe("user: 'Visitor'");
  });

  it('of weight 0 come only where they are named, and then like those of weight 1', () => {
    const kinds = [VISITOR, kindOf('Idle', { weight: 0 })];
    const loads: Loads = { all: CONSTANT, idle: { ...CONSTANT, user: 'Idle' } };
    const planned = planOf({ loads, kinds });
    expect(planned.map((load) => load.kinds)).toEqual([[0], [1]]);
    expect(weighKinds(kinds, planned).map(({ weight }) => weight)).toEqual([1, 1]);
    expect(weighKinds(kinds, planned.slice(0, 1)).map(({ weight }) => weight)).toEqual([1, 0]);
    const wrong = refusalOf({ loads, kinds: kinds.slice(1) });
    expect([wrong.code, wrong.message]).toEqual([
      'ERR_SCENARIO_INVALID',
      'No user is left for the load "all": every one has weight 0, Idle.',
    ]);
  });

  it('with a fixed count are refused where iterations start at a rate', () => {
    const wrong = refusalOf({ load: OPEN, kinds: [VISITOR, ADMIN] });
    expect(wrong.code).toBe('ERR_SCENARIO_INVALID');
    expect(wrong.message).toContain('Admin has a fixedCount of 2');
    expect(wrong.hint).toContain("user: 'Visitor'");
    expect(planOf({ load: { ...OPEN, user: 'Visitor' }, kinds: [VISITOR, ADMIN] })).toMatchObject([{ kinds: [0] }]);
  });

  it('must be as many as the load wants', () => {
    const wrong = refusalOf({ load: { ...STAGES, user: 'Admin' }, kinds: [VISITOR, ADMIN] });
    expect(wrong.code).toBe('ERR_SCENARIO_INVALID');
    expect(wrong.message).toBe('The load "default" wants 10 users, but by their fixedCount there are 2 (Admin).');
    expect(planOf({ load: STAGES, kinds: [VISITOR, ADMIN] })).toHaveLength(1);
  });
});
