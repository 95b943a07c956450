import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LoadwrightError } from '../../../src/errors.js';
import { defineTest } from '../../../src/runtime/user/define-test.js';
import { defineUser } from '../../../src/runtime/user/define-user.js';
import { forgetInProcessTest, keepInProcessTest } from '../../../src/runtime/user/in-process-tests.js';
import { describeScenario, loadScenario } from '../../../src/runtime/worker/load-scenario.js';
import { createTemporaryFolder } from '../../support/temporary-folder.js';

const INDEX = JSON.stringify(new URL('../../../src/index.ts', import.meta.url).href);
const IMPORTS = `import { defineTest, defineUser } from ${INDEX};\nconst tasks = { home: async () => {} };\n`;

async function load(source: string) {
  const path = join(createTemporaryFolder(), 'scenario.mjs');
  writeFileSync(path, IMPORTS + source);
  return loadScenario({ type: 'file', url: pathToFileURL(path).href });
}

async function refusalOf(source: string): Promise<LoadwrightError> {
  const error = await load(source).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof LoadwrightError)) expect.fail(`it was not refused, but gave ${String(error)}`);
  return error;
}

describe('what a scenario exports', () => {
  it('is a test as default', async () => {
    const test = await load('export default defineTest({ users: { A: defineUser({ tasks }) }, load: { users: 5 } });');
    expect(Object.keys(test.users)).toEqual(['A']);
    expect(test.load).toEqual({ users: 5 });
  });

  it('may be users by name, and one without', async () => {
    expect(
      Object.keys((await load('export const A = defineUser({ tasks }), B = defineUser({ tasks });')).users),
    ).toEqual(['A', 'B']);
    expect(Object.keys((await load('export default defineUser({ tasks });')).users)).toEqual(['User']);
  });

  it('is one user, not two, when it is exported by name and as default', async () => {
    const { users } = await load('export const A = defineUser({ tasks });\nexport default A;');
    expect(Object.keys(users)).toEqual(['A']);
  });

  it('may hold other things beside users', async () => {
    const { users } = await load('export const A = defineUser({ tasks });\nexport const baseUrl = "/api";');
    expect(Object.keys(users)).toEqual(['A']);
  });

  it('must not be a test by name only', async () => {
    const error = await refusalOf('export const test = defineTest({ users: { A: defineUser({ tasks }) } });');
    expect(error.code).toBe('ERR_SCENARIO_INVALID');
    expect(error.hint).toContain('export default');
  });

  it('must not be nothing', async () => {
    const error = await refusalOf('export const answer = 42;');
    expect([error.code, error.message]).toEqual([
      'ERR_SCENARIO_INVALID',
      'The scenario exports neither a test nor a user.',
    ]);
  });
});

describe('a scenario that throws while it is loaded', () => {
  it('is refused with what it threw', async () => {
    const error = await refusalOf('throw new TypeError("no database");');
    expect([error.code, error.exitCode]).toEqual(['ERR_SCRIPT_LOAD', 4]);
    expect(error.message).toContain('TypeError: no database');
    expect(error.message).toContain('scenario.mjs');
  });

  it('is refused also for what is not an error', async () => {
    expect((await refusalOf('throw "text";')).message).toContain('text');
  });
});

describe('a test in this process', () => {
  it('is found by its number until it is forgotten', async () => {
    const test = defineTest({ users: { A: defineUser({ tasks: { home: () => {} } }) } });
    const id = keepInProcessTest(test);
    expect(keepInProcessTest(test)).not.toBe(id);
    expect(await loadScenario({ type: 'in-process', id })).toBe(test);
    forgetInProcessTest(id);
    await expect(loadScenario({ type: 'in-process', id })).rejects.toThrow(`no test ${id}`);
  });
});

describe('the description', () => {
  it('is plain data: kinds, tasks, and options by the names of the option table', () => {
    const A = defineUser({
      weight: 3,
      host: 'http://a',
      tags: ['x'],
      tasks: { home: () => {}, list: { weight: 3, tags: ['y'], run: () => {} } },
    });
    const B = defineUser({ fixedCount: 1, tasks: [() => {}] });
    const test = defineTest({
      users: { A, B },
      host: 'http://all',
      load: { users: 10, spawnRate: 2, runTime: '1m', stopTimeout: 3 },
      http: { timeout: '2s', connectionReuse: 'none' },
    });
    const description = describeScenario(test);
    expect(structuredClone(description)).toEqual(description);
    expect(description).toEqual({
      kinds: [
        {
          name: 'A',
          weight: 3,
          fixedCount: undefined,
          host: 'http://a',
          tags: ['x'],
          tasks: [
            { name: 'home', weight: 1, tags: ['x'], share: 0.25 },
            { name: 'list', weight: 3, tags: ['x', 'y'], share: 0.75 },
          ],
          taskTree: {
            name: '',
            type: 'set',
            weight: 1,
            tags: ['x'],
            children: [
              { name: 'home', type: 'task', weight: 1, tags: ['x'] },
              { name: 'list', type: 'task', weight: 3, tags: ['x', 'y'] },
            ],
          },
        },
        {
          name: 'B',
          weight: 1,
          fixedCount: 1,
          host: undefined,
          tags: [],
          tasks: [{ name: 'task 1', weight: 1, tags: [], share: 1 }],
          taskTree: {
            name: '',
            type: 'set',
            weight: 1,
            tags: [],
            children: [{ name: 'task 1', type: 'task', weight: 1, tags: [] }],
          },
        },
      ],
      options: {
        host: 'http://all',
        users: 10,
        spawnRate: 2,
        runTime: '1m',
        stopTimeout: '3s',
        timeout: '2s',
        connectionReuse: 'none',
      },
      loads: [
        {
          name: 'default',
          executor: 'plain',
          source: 'load',
          users: 10,
          spawnRate: 2,
          runTimeMs: 60_000,
          gracefulStopMs: 3000,
          env: {},
          labels: {},
        },
      ],
      profiles: {},
      thresholds: {},
      metrics: [],
      files: [],
      hasHooks: false,
      labelKeys: [],
    });
  });

  it('has no options that the scenario does not set', () => {
    expect(describeScenario({ users: { A: defineUser({ tasks: { home: () => {} } }) } }).options).toEqual({});
  });
});
