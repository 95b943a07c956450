import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'loadwright/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arrivalsOf, countArrivals, readArrivals } from '../support/arrivals.js';
import { runCli, startCli } from '../support/spawn-cli.js';
import { type ServerProcess, startServer } from '../support/spawn-server.js';
import { createTemporaryFolder, writeScenario } from '../support/temporary-folder.js';

let server: ServerProcess;
beforeAll(async () => {
  server = await startServer('arrivals');
});
afterAll(() => server.stop());

/** A setup whose data goes into every request, and a teardown that writes down what it was given. */
function scenarioOf({ task = '', more = '' }: { task?: string; more?: string }): string {
  return writeScenario(`
import { appendFileSync } from 'node:fs';
import { constant, defineSetup, defineTest, defineUser } from 'loadwright';
const tokens = defineSetup(
  async ({ http, env }) => {
    await http.post('/outside/setup', { required: true });
    return ['x', 'y'].map((name) => ({ name, of: env.RUN }));
  },
  { async teardown(data, { http, env }) {
    await http.delete('/outside/teardown');
    appendFileSync(env.NOTE, JSON.stringify(data));
  } },
);
const Visitor = defineUser({
  waitTime: constant(0.02),
  tasks: { async go({ http, get, random, log }) {
    const data = get(tokens);
    if (!Object.isFrozen(data) || !Object.isFrozen(data[0])) throw new Error('not frozen');
    const { name, of } = random.pick(data);
    await http.get('/inside/' + name + '/' + of, { name: 'inside' });
    ${task}
  } },
});
export default defineTest({ users: { Visitor }, setup: { tokens }, load: { users: 4, spawnRate: 100, runTime: '500ms' }, ${more} });
`);
}

async function runWithSetup(script: string, options: object = {}) {
  const note = join(createTemporaryFolder(), 'note.json');
  const before = await countArrivals(server);
  const result = await run({ script, host: server.url, workers: 2, env: { RUN: 'r1', NOTE: note }, ...options });
  const arrivals = await readArrivals(server, before);
  return { result, arrivals, tornDown: existsSync(note) ? readFileSync(note, 'utf8') : undefined };
}

const DATA = JSON.stringify([
  { name: 'x', of: 'r1' },
  { name: 'y', of: 'r1' },
]);

describe('setup', () => {
  test('reaches every user, frozen; what it sends is in none of the numbers', async () => {
    const { result, arrivals, tornDown } = await runWithSetup(scenarioOf({}));
    expect(result).toMatchObject({ state: 'completed', exitCode: 0 });
    const inside = arrivalsOf(arrivals, 'inside');
    expect(new Set(inside.map(({ url }) => url))).toEqual(new Set(['/inside/x/r1', '/inside/y/r1']));
    expect(result.total.completed).toBe(inside.length);
    expect(arrivals.at(0)).toMatchObject({ method: 'POST', url: '/outside/setup' });
    expect(arrivals.at(-1)).toMatchObject({ method: 'DELETE', url: '/outside/teardown' });
    expect(result.outside.map(({ name, completed }) => [name, completed])).toEqual([
      ['/outside/setup', 1],
      ['/outside/teardown', 1],
    ]);
    expect(tornDown).toBe(DATA);
  });

  test.each([
    ['tasks failed', { task: "throw new Error('wrong');" }, {}, { exitCode: 1 }],
    [
      'a threshold was the end',
      { more: "thresholds: { http_req_duration: [{ threshold: 'max<0', abortOnFail: true }] }" },
      { load: { runTime: '1h' } },
      { state: 'stopped', exitCode: 99 },
    ],
  ])('is torn down after a run in which %s', async (_what, scenario, options, expected) => {
    const { result, tornDown } = await runWithSetup(scenarioOf(scenario), options);
    expect(result).toMatchObject(expected);
    expect(tornDown).toBe(DATA);
  });

  test('is torn down after its signal was aborted', async () => {
    const stop = new AbortController();
    const onEvent = ({ type }: { type: string }) => {
      if (type === 'interval-closed') stop.abort('seen enough');
    };
    const options = { load: { runTime: '1h' }, signal: stop.signal, onEvent };
    const { result, tornDown } = await runWithSetup(scenarioOf({}), options);
    expect(result).toMatchObject({ state: 'stopped', stop: { reason: 'seen enough' } });
    expect(tornDown).toBe(DATA);
  });

  test('is torn down after Ctrl-C', async () => {
    const note = join(createTemporaryFolder(), 'note.json');
    const args = ['run', scenarioOf({ task: "log('at work');" }), '--headless', '--host', server.url, '-t', '1h'];
    const cli = startCli([...args, '--env', 'RUN=r1', '--env', `NOTE=${note}`]);
    await cli.printed(/at work/);
    cli.child.kill('SIGINT');
    const { code } = await cli.result;
    expect(code).toBe(130);
    expect(readFileSync(note, 'utf8')).toBe(DATA);
  });
});

describe('before the load', () => {
  const users = 'users: { Visitor: defineUser({ tasks: { go: () => {} } }) }';

  test('what a setup logs is told as it goes, and that it takes its time', async () => {
    const path = writeScenario(`
import { defineSetup, defineTest, defineUser } from 'loadwright';
const catalogue = defineSetup(async ({ log, sleep }) => {
  log('reading 상품');
  console.log('printed');
  await sleep(60);
});
export default defineTest({ ${users}, setup: { catalogue } });`);
    const cli = startCli(['run', path, '--headless', '--host', server.url, '-t', '1h']);
    await cli.printed(/\[scenario\] setup catalogue: reading 상품\n\[scenario\] printed\n/);
    await cli.printed(/The setup "catalogue" is running\.\n/);
    cli.child.kill('SIGINT');
    const { code, stdout, stderr } = await cli.result;
    expect(code).toBe(130);
    expect(stderr).toContain('The setup "catalogue" was aborted.');
    expect(stdout.match(/reading/g)).toHaveLength(1);
  });

  test('a setup that fails at once has told what it logged, and so has a teardown that fails after it', async () => {
    const path = writeScenario(`
import { defineSetup, defineTest, defineUser } from 'loadwright';
const first = defineSetup(({ log }) => log('at work'), { teardown: () => { throw new Error('still in use'); } });
const second = defineSetup(() => { throw new Error('no catalogue'); });
export default defineTest({ ${users}, setup: { first, second } });`);
    const { code, stdout, stderr } = await runCli(['run', path, '--headless', '--host', server.url, '-t', '1s']);
    expect(code).toBe(4);
    expect(stdout).toBe('[scenario] setup first: at work\n');
    expect(stderr).toMatch(
      /The setup "second" failed\..*no catalogue.*The teardown of "first" failed\..*still in use/s,
    );
  });

  test('a listener that throws at what a setup logs ends the run with its error', async () => {
    const onEvent = () => {
      throw new Error('no more room');
    };
    const path = writeScenario(`
import { defineSetup, defineTest, defineUser } from 'loadwright';
const first = defineSetup(({ log }) => log('at work'));
export default defineTest({ ${users}, setup: { first } });`);
    await expect(run({ script: path, host: server.url, load: { runTime: '1s' }, onEvent })).rejects.toThrow(
      'no more room',
    );
  });

  test('the first Ctrl-C ends a scenario whose import never does', async () => {
    const note = join(createTemporaryFolder(), 'importing');
    const path = writeScenario(`
import { writeFileSync } from 'node:fs';
import { defineTest, defineUser } from 'loadwright';
writeFileSync(${JSON.stringify(note)}, '');
setInterval(() => {}, 1000);
await new Promise(() => {});
export default defineTest({ ${users} });`);
    const cli = startCli(['run', path, '--headless', '--host', server.url, '-t', '1s']);
    await expect.poll(() => existsSync(note), { timeout: 10_000 }).toBe(true);
    cli.child.kill('SIGINT');
    const { code, stderr } = await cli.result;
    expect(code).toBe(130);
    expect(stderr).toContain('The run was stopped while its scenario was being loaded.');
  });
});

describe('verify', () => {
  test('that finds something wrong fails the run with 99, after its numbers are final, and before the teardown', async () => {
    const more = `async verify(result, { tokens }, { http }) {
      await http.get('/outside/verify');
      return [result.total.completed > 0 ? 'so many: ' + tokens.length : 'none', 'and another'];
    }`;
    const { result, arrivals, tornDown } = await runWithSetup(scenarioOf({ more }));
    expect(result).toMatchObject({ state: 'completed', exitCode: 99, verifyFailures: ['so many: 2', 'and another'] });
    const outside = arrivalsOf(arrivals, 'outside').map(({ url }) => url.split('/')[2]);
    expect(outside).toEqual(['setup', 'verify', 'teardown']);
    expect(tornDown).toBe(DATA);
  });

  test('that finds nothing passes; one that throws does not', async () => {
    const passed = await runWithSetup(scenarioOf({ more: 'verify: () => true' }));
    expect(passed.result).toMatchObject({ exitCode: 0, verifyFailures: [] });
    const thrown = await runWithSetup(scenarioOf({ more: "verify() { throw new Error('out of order'); }" }));
    expect(thrown.result.exitCode).toBe(99);
    expect(thrown.result.verifyFailures?.join()).toMatch(/out of order/);
    expect(thrown.tornDown).toBe(DATA);
  });
});
