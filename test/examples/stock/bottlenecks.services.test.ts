import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bottleneck, BottleneckRule } from '../../../src/metrics/bottlenecks/rule-table.js';
import type { ResultDocument } from '../../../src/reporters/result/result-schema.js';
import { runCli } from '../../support/spawn-cli.js';
import { type Services, startServices } from '../../support/start-services.js';
import { startStockSystem } from '../../support/stock-system.js';
import { writeScenario } from '../../support/temporary-folder.js';

/** `BOTTLENECK_RUNS=5` repeats each. */
const RUNS = Number(process.env.BOTTLENECK_RUNS ?? 1);
const SCENARIO = fileURLToPath(new URL('../../../examples/stock/scenario.ts', import.meta.url));

/** Users who do nothing but read what the cache has: only the server's processor limits them. It is watched. */
const READERS = `
import { defineTest, defineUser, processMonitor } from 'loadwright';
const StockReader = defineUser({
  onStart: async ({ http, random }) => {
    const json = { username: 'user' + random.integer(0, 9_999), password: 'password' };
    const { access } = (await http.post('/api/token/', { name: '01_jwt_auth', json, expect: 200 })).json();
    return { headers: { authorization: 'Bearer ' + access } };
  },
  tasks: {
    list: async ({ http, state }) => {
      await http.get('/api/products/', { name: '02_product_list', headers: state.headers, expect: 200 });
    },
  },
});
export default defineTest({
  users: { StockReader },
  monitors: [processMonitor({ port: Number(process.env.STOCK_PORT) })],
});
`;

interface Profile {
  /** The shipped one if not given. */
  scenario?: string;
  /** How the system is set up for it, well or not. */
  flags?: readonly string[];
  kind?: 'StockUser' | 'HighVolumeStockUser' | 'StockReader';
  users: number;
}

/** One switch turned, and what it makes come first. */
interface Turned {
  flags: readonly string[];
  rule: BottleneckRule;
  title: RegExp;
}

const PROFILES: Readonly<Record<string, Profile & { turned: readonly Turned[] }>> = {
  'users who hardly wait': {
    users: 100,
    turned: [
      { flags: ['--n-plus-one', 'on'], rule: 'many-queries', title: /^02_product_list: \d+ queries a request$/ },
      { flags: ['--token-cost', '8000'], rule: 'token-checking', title: /^checking tokens takes \d/ },
    ],
  },
  // So many that looking everything up in the database makes itself felt, while a cache is well with them.
  'many who hardly wait': {
    users: 400,
    turned: [{ flags: ['--cache', 'off'], rule: 'cache-misses', title: /: cache hit rate 0 %$/ }],
  },
  'work between reading stock and writing it': {
    flags: ['--gap', '15'],
    users: 200,
    turned: [
      { flags: ['--pool', '1'], rule: 'pool-full', title: /^connection pool full \(1 of 1\)/ },
      { flags: ['--reserve', 'async', '--jobs', '1'], rule: 'job-queue', title: /^jobs pile up: [\d,]+ were waiting/ },
      {
        flags: ['--hot', '1', '--locking', 'pessimistic'],
        rule: 'lock-wait',
        title: /^04_stock_reserve: \d+ % of the time(?: with a connection)? waits for a lock/,
      },
      {
        flags: ['--hot', '1', '--locking', 'optimistic'],
        rule: 'lock-wait',
        title: /^04_stock_reserve: \d+ % of the time(?: with a connection)? waits for a lock/,
      },
    ],
  },
  // With one process more, work for more than one core: the server is not what waits then.
  'users who read without a rest': {
    scenario: READERS,
    kind: 'StockReader',
    flags: ['--processes', '2'],
    users: 24,
    turned: [{ flags: ['--processes', '1'], rule: 'target-cpu', title: /^target’s CPU at \d+ %/ }],
  },
  'users who log in': {
    kind: 'StockUser',
    users: 150,
    turned: [
      {
        flags: ['--password-cost', '120000'],
        rule: 'password-hashing',
        title: /^01_jwt_auth: \d+ % of the time is hashing passwords$/,
      },
    ],
  },
};

const folder = mkdtempSync(join(tmpdir(), 'loadwright-switches-'));
let services: Services;
beforeAll(async () => {
  services = await startServices();
});
afterAll(async () => {
  await services.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Twelve seconds, with as many users as there are after the first half of them. */
async function findBottlenecks({
  scenario,
  flags = [],
  kind = 'HighVolumeStockUser',
  users,
}: Profile): Promise<Bottleneck[]> {
  const server = await startStockSystem(services, flags);
  const file = join(folder, 'run.json');
  const load = ['--users', String(users), '--spawn-rate', String(users / 6), '--run-time', '12s'];
  const { code, stdout, stderr } = await runCli(
    [
      'run',
      scenario === undefined ? SCENARIO : writeScenario(scenario),
      kind,
      '--host',
      server.url,
      ...load,
      '--headless',
      '--only-summary',
      '--seed',
      '7',
      '--json',
      file,
    ],
    { cwd: folder, env: { STOCK_PORT: new URL(server.url).port } },
  );
  await server.stop();
  expect([0, 99], `${stdout}\n${stderr}`).toContain(code);
  const found = (JSON.parse(readFileSync(file, 'utf8')) as ResultDocument).bottlenecks as Bottleneck[];
  // How busy this machine is besides is no switch of the system's.
  return found.filter((one) => one.rule !== 'generator-saturated');
}

describe.each(Object.entries(PROFILES))('%s', (_, { turned, ...profile }) => {
  const runs = Array.from({ length: RUNS }, (_unused, index) => index + 1);

  test.each(runs)('a system that is well has no bottleneck (run %i)', async () => {
    expect(await findBottlenecks(profile)).toEqual([]);
  });

  describe.each(turned)('$flags', ({ flags, rule, title }) => {
    test.each(runs)('comes first (run %i)', async () => {
      const found = await findBottlenecks({ ...profile, flags: [...(profile.flags ?? []), ...flags] });
      expect(found[0], JSON.stringify(found, undefined, 2)).toMatchObject({ rule });
      expect(found[0]!.title).toMatch(title);
    });
  });
});
