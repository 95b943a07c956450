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

/** `BOTTLENECK_RUNS=5` repeats each. */
const RUNS = Number(process.env.BOTTLENECK_RUNS ?? 1);
const SCENARIO = fileURLToPath(new URL('../../../examples/stock/scenario.ts', import.meta.url));
const PAGE_READERS = fileURLToPath(new URL('../../support/page-reader-scenario.ts', import.meta.url));

interface Profile {
  /** How the system is set up for it, well or not. */
  flags?: readonly string[];
  scenario?: string;
  kind?: 'StockUser' | 'HighVolumeStockUser' | 'Reader';
  users: number;
  /** Leaves no processor to the generator, which is on the same machine. */
  fillsMachine?: boolean;
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
  // What a cache saves does not depend on how quick this machine is.
  'a database on another machine': {
    flags: ['--round-trip', '5'],
    users: 100,
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
  'more than one processor can do': {
    flags: ['--processes', '2'],
    scenario: PAGE_READERS,
    kind: 'Reader',
    users: 24,
    fillsMachine: true,
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
async function findBottlenecks(profile: Profile): Promise<Bottleneck[]> {
  const { flags = [], scenario = SCENARIO, kind = 'HighVolumeStockUser', users } = profile;
  const server = await startStockSystem(services, flags);
  const file = join(folder, 'run.json');
  const load = ['--users', String(users), '--spawn-rate', String(users / 6), '--run-time', '12s'];
  const { code, stdout, stderr } = await runCli(
    [
      'run',
      scenario,
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
  return (JSON.parse(readFileSync(file, 'utf8')) as ResultDocument).bottlenecks as Bottleneck[];
}

/** A system that is not well may take the processors from the generator beside it: that is not what is asked here. */
function withoutGenerator(found: readonly Bottleneck[]): Bottleneck[] {
  return found.filter(({ rule }) => rule !== 'generator-saturated');
}

describe.each(Object.entries(PROFILES))('%s', (_, { turned, ...profile }) => {
  const runs = Array.from({ length: RUNS }, (_unused, index) => index + 1);

  test.each(runs)('a system that is well has no bottleneck (run %i)', async () => {
    const found = await findBottlenecks(profile);
    expect(profile.fillsMachine ? withoutGenerator(found) : found).toEqual([]);
  });

  describe.each(turned)('$flags', ({ flags, rule, title }) => {
    test.each(runs)('comes first (run %i)', async () => {
      const found = withoutGenerator(
        await findBottlenecks({ ...profile, flags: [...(profile.flags ?? []), ...flags] }),
      );
      expect(found[0], JSON.stringify(found, undefined, 2)).toMatchObject({ rule });
      expect(found[0]!.title).toMatch(title);
    });
  });
});
