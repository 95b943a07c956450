import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli, startCli } from '../support/spawn-cli.js';
import { type ServerProcess, startServer } from '../support/spawn-server.js';
import { createTemporaryFolder, writeScenario } from '../support/temporary-folder.js';

const FINE = `
import { constant, defineTest, defineUser } from 'loadwright';
const Visitor = defineUser({ waitTime: constant(0.02), tags: ['all'], tasks: {
  async home({ http, env }) { await http.get(env.TARGET_PATH ?? '/', { expect: env.EXPECT ? Number(env.EXPECT) : 200 }); },
  async 잘못된({ env }) { if (env.THROW) throw new TypeError('이것은 오류'); },
} });
export default defineTest({ users: { Visitor } });
`;

let server: ServerProcess;
beforeAll(async () => {
  server = await startServer('arrivals');
});
afterAll(() => server.stop());

describe('what is wrong before a run is said in three parts, with its exit code', () => {
  const fails = async (args: string[], env: NodeJS.ProcessEnv = {}) => {
    const { code, stderr, stdout } = await runCli(['run', ...args], { env });
    expect(stdout).not.toMatch(/# reqs/);
    expect(stderr).not.toMatch(/node:internal|dist\/runtime/);
    return { code, text: stderr };
  };
  const fine = () => [writeScenario(FINE), '--headless', '--host', server.url];

  test('an unknown flag names the nearest one', async () => {
    const { code, text } = await fails([...fine(), '--spwan-rate', '5']);
    expect(code).toBe(2);
    expect(text).toMatch(/ERR_OPTION_UNKNOWN[\s\S]*--spwan-rate[\s\S]*--spawn-rate[\s\S]*docs\/errors\.md/);
  });

  test('a bad value says where it came from', async () => {
    expect((await fails([...fine(), '-t', '1h30'])).text).toMatch(/ERR_OPTION_INVALID[\s\S]*1h30/);
    const fromEnvironment = await fails(fine(), { LOADWRIGHT_USERS: 'ten' });
    expect(fromEnvironment.code).toBe(2);
    expect(fromEnvironment.text).toMatch(/LOADWRIGHT_USERS gave "ten"/);
  });

  test('what comes in a later version is refused by name', async () => {
    const { code, text } = await fails([...fine(), '--nats', 'nats://127.0.0.1']);
    expect(code).toBe(2);
    expect(text).toMatch(/ERR_NOT_SUPPORTED[\s\S]*--nats/);
  });

  test('a missing file', async () => {
    const { code, text } = await fails(['nowhere/scenario.ts', '--headless']);
    expect(code).toBe(3);
    expect(text).toMatch(/ERR_SCRIPT_NOT_FOUND[\s\S]*nowhere\/scenario\.ts/);
  });

  test('a syntax error, with file, line and a mark', async () => {
    const { code, text } = await fails([writeScenario('import { defineUser } from "loadwright";\nconst a = = 1;\n')]);
    expect(code).toBe(3);
    expect(text).toMatch(/ERR_SCRIPT_BUILD[\s\S]*scenario\.ts:2:10[\s\S]*const a = = 1;[\s\S]*\^/);
  });

  test('an import of a package that is not there', async () => {
    const { code, text } = await fails([writeScenario('import nothing from "no-such-package";\nnothing();\n')]);
    expect(code).toBe(3);
    expect(text).toMatch(/ERR_SCRIPT_BUILD[\s\S]*"no-such-package"[\s\S]*npm install no-such-package/);
  });

  test('a scenario without users', async () => {
    const { code, text } = await fails([writeScenario('export const nothing = 1;\n')]);
    expect(code).toBe(3);
    expect(text).toMatch(/ERR_SCENARIO_INVALID[\s\S]*neither a test nor a user/);
  });

  test('a scenario that throws while loading, with its own line', async () => {
    const { code, text } = await fails([writeScenario("const a: number = 1;\n\nthrow new Error('no ' + a);\n")]);
    expect(code).toBe(4);
    expect(text).toMatch(/ERR_SCRIPT_LOAD[\s\S]*no 1[\s\S]*scenario\.ts:3:/);
  });

  test('an unreachable host, found without a request', async () => {
    const { code, text } = await fails([writeScenario(FINE), '--headless', '--host', 'http://127.0.0.1:9']);
    expect(code).toBe(2);
    expect(text).toMatch(/ERR_HOST_UNREACHABLE[\s\S]*127\.0\.0\.1:9[\s\S]*refused/);
    expect((await server.readJson<{ count: number }>('/__count')).count).toBe(0);
  });

  test('a kind that does not exist names those that do', async () => {
    const { code, text } = await fails([fine()[0]!, 'Vistor', '--host', server.url]);
    expect(code).toBe(2);
    expect(text).toMatch(/Vistor[\s\S]*Visitor/);
  });
});

describe('what goes wrong during a run decides the exit code', () => {
  const ends = async (env: Record<string, string>, ...more: string[]) => {
    const flags = Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
    return runCli(['run', writeScenario(FINE), '--headless', '--host', server.url, '-t', '1s', ...flags, ...more]);
  };

  test('nothing wrong: 0', async () => {
    const { code, stdout } = await ends({});
    expect(stdout).toMatch(/Aggregated/);
    expect(code).toBe(0);
  });

  test('failed requests: 1, or what was asked for', async () => {
    const { code, stdout } = await ends({ EXPECT: '201' });
    expect(code).toBe(1);
    expect(stdout).toMatch(/expected status 201, got 200/);
    expect((await ends({ EXPECT: '201' }, '--exit-code-on-error', '17')).code).toBe(17);
  });

  test('a task that throws: 1, counted, with the line of the scenario', async () => {
    const { code, stdout } = await ends({ THROW: '1' });
    expect(code).toBe(1);
    expect(stdout).toMatch(/TypeError: 이것은 오류/);
    expect(stdout).toMatch(/scenario\.ts:5:\d+/);
  });

  test('without a host a relative path ends the run', async () => {
    const { code, stdout, durationMs } = await runCli(['run', writeScenario(FINE), '--headless', '-t', '60s']);
    expect(code).toBe(1);
    expect(durationMs).toBeLessThan(20_000);
    expect(stdout).toMatch(/no host was given/);
  });
});

describe('the other commands', () => {
  test('a run without --headless runs headless and says so', async () => {
    const { stdout, stderr, code } = await runCli(['run', writeScenario(FINE), '--host', server.url, '-t', '1s']);
    expect(code).toBe(0);
    expect(stdout + stderr).toMatch(/headless/);
  });

  test("a scenario's console.log goes past the table", async () => {
    const source = FINE.replace(
      'async home({ http, env }) {',
      "async home({ http, env, log }) { console.log('안녕 console'); log('안녕 log');",
    );
    const { stdout } = await runCli(['run', writeScenario(source), '--headless', '--host', server.url, '-t', '1s']);
    expect(stdout).toMatch(/^.*안녕 console$/m);
    expect(stdout).toMatch(/^.*Visitor#0: 안녕 log$/m);
  });

  test('--debug prints one iteration, without secrets', async () => {
    const source = FINE.replace('{ expect:', "{ headers: { authorization: 'Bearer geheim' }, expect:");
    const { stdout, code } = await runCli([
      'run',
      writeScenario(source),
      '--headless',
      '--host',
      server.url,
      '--debug',
      '--env',
      'X=1',
    ]);
    expect(code).toBe(0);
    expect(stdout).not.toMatch(/geheim/);
  });

  test('goes on when nobody reads what it prints any more', async () => {
    const prefix = join(createTemporaryFolder(), 'run');
    const cli = startCli(['run', writeScenario(FINE), '--headless', '--host', server.url, '-t', '3s', '--csv', prefix]);
    await cli.printed(/1 user/);
    cli.child.stdout!.destroy();
    const { code, stderr } = await cli.result;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(readFileSync(`${prefix}_stats.csv`, 'utf8')).toMatch(/Aggregated/);
  });

  test('goes on when what it prints cannot be kept, tells it once and fails', async () => {
    const prefix = join(createTemporaryFolder(), 'run');
    const under = ['sh', '-c', 'exec "$@" > /dev/full', 'sh'];
    const words = ['run', writeScenario(FINE), '--headless', '--host', server.url, '-t', '2s', '--csv', prefix];
    const { code, stderr } = await startCli(words, { under }).result;
    expect(code).toBe(5);
    expect(stderr).toMatch(/^ERR_REPORT_FAILED {2}Standard output takes no more \(ENOSPC/);
    expect(stderr.match(/ERR_/g)).toHaveLength(1);
    expect(stderr).not.toMatch(/mistake/);
    expect(readFileSync(`${prefix}_stats.csv`, 'utf8')).toMatch(/Aggregated/);
    expect((await startCli(['options'], { under }).result).code).toBe(5);
  });

  test('a scenario that calls require() is told to import', async () => {
    const { code, stderr } = await runCli(['run', writeScenario("const { defineUser } = require('loadwright');")]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/ERR_SCRIPT_BUILD[\s\S]*require\(\)[\s\S]*import \{ defineUser \}/);
  });

  test('inspect, options and --list say what would run', async () => {
    const path = writeScenario(FINE);
    expect((await runCli(['inspect', path])).stdout).toMatch(/Visitor[\s\S]*home[\s\S]*잘못된/);
    expect((await runCli(['options', path, '--users', '7'], { env: { LOADWRIGHT_SPAWN_RATE: '3' } })).stdout).toMatch(
      /users[\s\S]*7[\s\S]*--users[\s\S]*LOADWRIGHT_SPAWN_RATE/i,
    );
    expect((await runCli(['run', path, '--list'])).stdout).toMatch(/Visitor/);
  });

  test('init writes a project that does not overwrite another', async () => {
    const folder = createTemporaryFolder();
    expect((await runCli(['init', 'load'], { cwd: folder })).code).toBe(0);
    expect(readFileSync(join(folder, 'load/scenario.ts'), 'utf8')).toMatch(/defineTest/);
    writeFileSync(join(folder, 'load/scenario.ts'), 'mine');
    const again = await runCli(['init', 'load'], { cwd: folder });
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/ERR_FILE_EXISTS/);
    expect(readFileSync(join(folder, 'load/scenario.ts'), 'utf8')).toBe('mine');
  });

  test('demo runs the stock scenario against its own server and leaves nothing behind', async () => {
    const folder = createTemporaryFolder();
    const cli = startCli(['demo', '-t', '3s', '-u', '20'], { cwd: folder });
    const [, url] = await cli.printed(/listens on (http:\S+?),/);
    const { code, stdout } = await cli.result;
    expect(code).toBe(0);
    for (const name of ['01_jwt_auth', '02_product_list']) expect(stdout).toContain(name);
    for (const criterion of ['http_req_duration p(95)<2000', 'http_req_failed rate<0.01', 'http_reqs rate>16.67'])
      expect(stdout).toContain(`✓ ${criterion}`);
    expect(stdout).toMatch(/verify: the stock of 200 products adds up, [\d,]+ units were taken/);
    expect(existsSync(join(folder, 'results/demo_stats.csv'))).toBe(true);
    await expect(fetch(url!)).rejects.toThrow();
  });

  test('demo takes a profile, whose load comes in place of its own, and a trial too small for the criteria says so', async () => {
    const cwd = createTemporaryFolder();
    const words = ['demo', '--profile', 'steps'];
    const cli = startCli(words, { cwd });
    await cli.printed(/up to 1,000 users · 3 min/);
    await cli.printed(/Aggregated +[1-9]/);
    cli.child.kill('SIGINT');
    expect((await cli.result).code).toBe(130);
    const conflict = await runCli([...words, '-t', '3s'], { cwd });
    expect(conflict.code).toBe(2);
    expect(conflict.stderr).toMatch(/ERR_OPTION_CONFLICT[\s\S]*-t[\s\S]*"steps"/);
    const small = await runCli(['demo', '-u', '1', '-t', '2s'], { cwd });
    expect(small.code).toBe(99);
    expect(small.stdout).toMatch(
      /FAILED: completed after 2\.0 s: 1 of 3 thresholds failed[\s\S]*✗ http_reqs rate>16\.67/,
    );
  });
});

describe('a mistake of ours', () => {
  test('in a timer or a message is told as one, and the run ends', async () => {
    // In the thread that conducts the run; workers read these flags, too.
    const stray = `
      import { isMainThread } from 'node:worker_threads';
      if (isMainThread) process.on('SIGUSR2', () => { Promise.reject(new TypeError('stray')); Promise.reject(new Error('later')); });`;
    const nodeFlags = ['--import', `data:text/javascript,${encodeURIComponent(stray)}`];
    const load = ['--headless', '--host', server.url, '-u', '2', '-t', '60s'];
    const cli = startCli(['run', writeScenario(FINE), ...load], { nodeFlags });
    await cli.printed(/Aggregated/);
    cli.child.kill('SIGUSR2');
    const { code, stderr, durationMs } = await cli.result;
    expect(stderr).toMatch(
      /^ERR_INTERNAL {2}This is a mistake in Loadwright, not in your scenario\.\n {2}TypeError: stray/m,
    );
    expect(stderr).toMatch(/docs\/errors\.md#err_internal\n$/);
    expect(stderr).not.toMatch(/Error: later/);
    expect(code).toBe(1);
    expect(durationMs).toBeLessThan(30_000);
  });
});
