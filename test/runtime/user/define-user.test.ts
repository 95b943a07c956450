import { describe, expect, it } from 'vitest';
import { LoadwrightError } from '../../../src/errors.js';
import {
  defineUser,
  isSequence,
  isUserDefinition,
  sequence,
  task,
  USER_BRAND,
} from '../../../src/runtime/user/define-user.js';

const idle = async () => {};

function refusalOf(attempt: () => unknown): LoadwrightError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof LoadwrightError) return error;
    throw error;
  }
  expect.fail('it was not refused');
}

describe('defineUser', () => {
  it('is frozen plain data with a brand that any copy of the library knows', () => {
    const options = { weight: 2, tasks: { idle } };
    const user = defineUser(options);
    expect(Object.isFrozen(user)).toBe(true);
    expect(user).toMatchObject(options);
    expect(USER_BRAND).toBe(Symbol.for('loadwright.user'));
    expect(isUserDefinition(user)).toBe(true);
    expect(isUserDefinition({ [Symbol.for('loadwright.user')]: true, tasks: {} })).toBe(true);
    expect([options, null, undefined, 'user', idle].map(isUserDefinition)).toEqual([false, false, false, false, false]);
  });

  it('can be made from another one', () => {
    const user = defineUser({ weight: 2, tasks: { idle } });
    expect(defineUser({ ...user, weight: 5 })).toMatchObject({ weight: 5, tasks: { idle } });
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses weight %d', (weight) => {
    const wrong = refusalOf(() => defineUser({ weight, tasks: { idle } }));
    expect(wrong.code).toBe('ERR_SCENARIO_INVALID');
    expect(wrong.message).toContain(`"weight" must be a number of 0 or more, but the scenario gave ${weight}`);
  });

  it.each([-1, 1.5, Number.NaN])('refuses fixedCount %d', (fixedCount) => {
    const wrong = refusalOf(() => defineUser({ fixedCount, tasks: { idle } }));
    expect(wrong.message).toContain('"fixedCount" must be a whole number');
  });

  it.each([{}, [], sequence([]), undefined])('refuses no tasks: %j', (tasks) => {
    const wrong = refusalOf(() => defineUser({ tasks: tasks as never }));
    expect([wrong.code, wrong.hint]).toEqual(['ERR_SCENARIO_INVALID', expect.stringContaining('defineUser({ tasks:')]);
  });

  it('refuses keys that do not exist: a misspelt one would be without effect', () => {
    const misspelt = { tasks: { idle }, waittime: () => 1 };
    const wrong = refusalOf(() => defineUser(misspelt));
    expect(wrong.code).toBe('ERR_SCENARIO_INVALID');
    expect(wrong.message).toBe('defineUser has no key "waittime".');
    expect(wrong.hint).toContain('waitTime');
  });
});

describe('tasks', () => {
  it.each([
    ['an entry', { home: { weigth: 3, run: idle } }, 'task "home" has no key "weigth"'],
    ['a set', { shop: { waittime: 1, tasks: { idle } } }, 'task "shop" has no key "waittime"'],
    ['a negative weight', { home: { weight: -3, run: idle } }, '"weight" must be a number of 0 or more'],
    ['a set’s weight', { shop: { weight: Number.NaN, tasks: { idle } } }, '"weight" must be'],
    ['text', { home: 'GET /' }, 'Task "home" must be a function, or have "run" or "tasks"'],
    ['nothing', { home: undefined }, 'Task "home" must be a function'],
    ['an object without run', { home: { weight: 1 } }, 'Task "home" must be a function'],
    ['an empty set', { shop: { tasks: {} } }, 'needs at least one task'],
    ['something wrong inside a list', [idle, { tasks: [idle, null] }], 'Task "1" must be a function'],
    ['something wrong inside a sequence', sequence([idle, 5 as never]), 'Task "1" must be a function'],
  ])('are refused before the run: %s', (_, tasks, message) => {
    const wrong = refusalOf(() => defineUser({ tasks: tasks as never }));
    expect(wrong.code).toBe('ERR_SCENARIO_INVALID');
    expect(wrong.message).toContain(message);
  });

  it('may be a function, an entry, a set, a list, a sequence, one inside another', () => {
    const tasks = {
      idle,
      home: { weight: 3, tags: ['read'], run: idle },
      shop: { weight: 2, waitTime: () => 0, tasks: [idle, task(2, idle), sequence([idle, { tasks: { idle } }])] },
      never: { weight: 0, run: idle },
    };
    expect(defineUser({ tasks }).tasks).toBe(tasks);
  });
});

describe('task', () => {
  it('is frozen and has a weight', () => {
    const weighted = task(3, idle);
    expect(weighted).toMatchObject({ weight: 3, run: idle });
    expect(Object.isFrozen(weighted)).toBe(true);
  });

  it('refuses weights below 0', () => {
    expect(refusalOf(() => task(-1, idle)).code).toBe('ERR_SCENARIO_INVALID');
  });
});

describe('sequence', () => {
  it('is frozen, has a brand, and does not follow later changes of the list', () => {
    const steps = [idle];
    const ordered = sequence(steps, { weight: 2, tags: ['slow'] });
    steps.push(idle);
    expect(ordered).toMatchObject({ weight: 2, tags: ['slow'], steps: [idle] });
    expect([Object.isFrozen(ordered), Object.isFrozen(ordered.steps), isSequence(ordered)]).toEqual([true, true, true]);
    expect(isSequence(steps)).toBe(false);
  });

  it('refuses weights below 0', () => {
    expect(refusalOf(() => sequence([idle], { weight: -1 })).code).toBe('ERR_SCENARIO_INVALID');
  });
});
