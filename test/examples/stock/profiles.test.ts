import { describe, expect, it } from 'vitest';
import { criteria, profiles } from '../../../examples/stock/profiles.js';
import { plannedEndMs, plannedUsersAt } from '../../../src/runtime/load/describe-load.js';
import { UserSteps } from '../../../src/runtime/load/users.js';
import type { UsersLoad } from '../../../src/runtime/plan.js';
import { BUYER, planOf, VISITOR } from '../../support/planned-loads.js';

const MINUTE = 60;

/** Users that a profile wants at given seconds, over a scenario with a load of its own. */
function usersOf(profile: string, seconds: readonly number[]): number[] {
  const loads = planOf({ load: { users: 7, runTime: '7s' }, profiles }, { flag: { profile } });
  return seconds.map((second) => plannedUsersAt(loads, second * 1000));
}

function endOf(profile: string): number {
  const [load] = planOf({ load: { users: 7, runTime: '7s' }, profiles }, { flag: { profile } });
  return plannedEndMs(load!)! / 1000;
}

describe('profiles of the stock example', () => {
  it('are the five', () => {
    expect(Object.keys(profiles)).toEqual(['baseline', 'moderate', 'high', 'stress', 'steps']);
  });

  it.each([
    { profile: 'baseline', users: 100, rate: 10, minutes: 5 },
    { profile: 'moderate', users: 500, rate: 25, minutes: 10 },
    { profile: 'high', users: 1000, rate: 50, minutes: 15 },
  ])(
    '$profile goes up to $users users at $rate a second, for $minutes minutes',
    ({ profile, users, rate, minutes }) => {
      const upAt = users / rate;
      expect(usersOf(profile, [0, 1.5 / rate, upAt - 1.5 / rate, upAt, minutes * MINUTE - 1])).toEqual([
        1,
        2,
        users - 1,
        users,
        users,
      ]);
      expect(endOf(profile)).toBe(minutes * MINUTE);
    },
  );

  it('stress goes to 2,000 and 5,000 users, and falls to 100', () => {
    const minutes = [0.5, 1, 5, 10, 14.9, 15 + 5.001 / 60, 15 + 10 / 60, 19.9];
    const users = usersOf(
      'stress',
      minutes.map((minute) => minute * MINUTE),
    );
    expect(users).toEqual([1000, 2000, 2000, 3502, 4974, 2549, 100, 100]);
    expect(usersOf('stress', [14 * MINUTE + 58.9, 14 * MINUTE + 59, 14 * MINUTE + 59.9])).toEqual([4999, 5000, 5000]);
    const [load] = planOf({ profiles }, { flag: { profile: 'stress' } });
    const steps = new UserSteps({
      load: load as UsersLoad,
      loadIndex: 0,
      kinds: [VISITOR, BUYER],
      share: { index: 0, count: 1 },
    });
    const started = new Set<number>();
    for (let step = steps.next(); step !== undefined; step = steps.next()) {
      if (step.action === 'start') started.add(step.slot);
    }
    expect(started.size).toBe(5000);
    expect(endOf('stress')).toBe(20 * MINUTE);
  });

  it('steps jumps to 100, 500 and 1,000 users, a minute each', () => {
    expect(usersOf('steps', [0, 59.999, 60, 119.999, 120, 179])).toEqual([100, 100, 500, 500, 1000, 1000]);
    expect(endOf('steps')).toBe(3 * MINUTE);
  });

  it('keep to the criteria: 95% within 2 s, under 1% failed, a thousand requests a minute', () => {
    expect(criteria).toEqual({
      http_req_duration: ['p(95)<2000'],
      http_req_failed: ['rate<0.01'],
      http_reqs: ['rate>16.67'],
    });
  });
});
