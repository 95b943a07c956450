import { describe, expect, it } from 'vitest';
import { LoadwrightError } from '../../../src/errors.js';
import { listMonitors } from '../../../src/runtime/user/define-monitors.js';
import { defineTest, isTestDefinition, TEST_BRAND } from '../../../src/runtime/user/define-test.js';
import { defineUser } from '../../../src/runtime/user/define-user.js';

const Visitor = defineUser({ tasks: { home: async () => {} } });

function refusalOf(options: unknown): LoadwrightError {
  try {
    defineTest(options as never);
  } catch (error) {
    if (error instanceof LoadwrightError) return error;
    throw error;
  }
  expect.fail('it was not refused');
}

describe('defineTest', () => {
  it('is frozen plain data with a brand', () => {
    const users = { Visitor };
    const test = defineTest({ users, host: 'http://localhost:8000', load: { users: 5 }, http: { timeout: '3s' } });
    expect(test).toMatchObject({ users, host: 'http://localhost:8000', load: { users: 5 }, http: { timeout: '3s' } });
    expect([Object.isFrozen(test), Object.isFrozen(test.users), Object.isFrozen(users)]).toEqual([true, true, false]);
    expect(TEST_BRAND).toBe(Symbol.for('loadwright.test'));
    expect([test, Visitor, { users }, null].map(isTestDefinition)).toEqual([true, false, false, false]);
  });

  it('takes a function that has a name for a monitor', () => {
    async function jobs() {
      return { waiting: 3 };
    }
    const [named] = listMonitors(defineTest({ users: { Visitor }, monitors: [jobs] }).monitors);
    expect(named).toMatchObject({ name: 'jobs', source: { kind: 'function', run: jobs, units: {} } });
    const wrong = refusalOf({ users: { Visitor }, monitors: [() => ({ waiting: 3 })] });
    expect(wrong.message).toBe('"monitors[0]" is a function without a name, which reports would need.');
    expect(wrong.hint).toContain("monitor('jobs', async");
    const twice = refusalOf({ users: { Visitor }, monitors: [jobs, jobs] });
    expect(twice.message).toContain('Two monitors are called "jobs"');
  });

  it('says that "monitors" is a list', () => {
    const wrong = refusalOf({ users: { Visitor }, monitors: {} });
    expect(wrong.code).toBe('ERR_SCENARIO_INVALID');
    expect(wrong.message).toContain('"monitors" of defineTest');
    expect(wrong.hint).toContain('hostMonitor()');
  });

  it('keeps what belongs to the whole test', () => {
    const given = {
      loads: { browse: { executor: 'constant-users' as const, users: 2, duration: '1m' } },
      profiles: { smoke: { load: { users: 1 } } },
      thresholds: { http_req_failed: ['rate<0.01'] },
      allowedHosts: ['*.example.com'],
      labelKeys: ['size'],
    };
    const verify = () => {};
    expect(defineTest({ users: { Visitor }, ...given, verify })).toMatchObject({ ...given, verify });
  });

  it.each([
    [{ users: { Visitor }, user: {} }, 'defineTest has no key "user"'],
    [{ users: { Visitor }, load: { spawnrate: 1 } }, '"load" has no key "spawnrate"'],
    [{ users: { Visitor }, load: { startUsers: 1 } }, '"load" needs "stages"'],
    [{ users: { Visitor }, load: { executor: 'constant' } }, '"load.executor" must be'],
    [{ users: { Visitor }, loads: {} }, '"loads" must be'],
    [{ users: { Visitor }, load: {}, loads: {} }, 'both "load" and "loads"'],
    [{ users: { Visitor }, http: { timeOut: 1 } }, 'http has no key "timeOut"'],
    [{ users: { Visitor }, labelKeys: ['page', 'status'] }, '"status" is one that they have by themselves'],
    [{ users: {} }, '"users" is empty'],
    [{}, '"users" of defineTest must be an object'],
    [{ users: null }, '"users" of defineTest must be an object'],
    [{ users: { Visitor: { tasks: {} } } }, '"users.Visitor" is not a user'],
  ])('refuses %j', (options, message) => {
    const wrong = refusalOf(options);
    expect([wrong.code, wrong.exitCode]).toEqual(['ERR_SCENARIO_INVALID', 3]);
    expect(wrong.message).toContain(message);
    expect(wrong.hint).toBeDefined();
  });
});
