import { existsSync } from 'node:fs';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, runProgram, startCli, startProgram } from '../../support/spawn-cli.js';
import { type Services, startServices } from '../../support/start-services.js';
import { queryPostgres } from '../../support/stock-system.js';
import { logIn } from '../../support/stock-target.js';
import { createTemporaryFolder } from '../../support/temporary-folder.js';

const NOTHING_SET = { DATABASE_URL: '', REDIS_URL: '' };
const COMMAND = [process.execPath, 'dist/examples/stock/system/services/main.js'];
const NO_SERVER = 'postgres://stock:wrong@127.0.0.1:1/postgres';

describe('npm run stock:services', () => {
  it('starts both, seeds 10,000 accounts and 200 products in under 20 s, and leaves nothing behind', async () => {
    const command = startProgram(COMMAND, { env: NOTHING_SET });
    const [, seconds] = await command.printed(
      /Seeded 10,000 accounts and 200 products with 1000000 of each in ([\d.]+) s\./,
    );
    expect(Number(seconds)).toBeLessThan(20);
    const [, database] = await command.printed(/^export DATABASE_URL=(\S+)$/m);
    const [, redis] = await command.printed(/^export REDIS_URL=(\S+)$/m);
    const count =
      'SELECT (SELECT count(*)::int FROM loadwright_stock.accounts) AS accounts,' +
      ' (SELECT count(*)::int FROM loadwright_stock.products) AS products';
    expect(await queryPostgres(database!, count)).toEqual([{ accounts: 10_001, products: 200 }]);
    const [{ data_directory: data }] = (await queryPostgres<{ data_directory: string }>(
      database!,
      'SHOW data_directory',
    )) as [{ data_directory: string }];
    const client = new Redis(redis!);
    expect(await client.ping()).toBe('PONG');
    client.disconnect();
    expect(existsSync(data)).toBe(true);
    command.child.kill('SIGINT');
    expect((await command.result).code).toBe(0);
    expect(existsSync(data)).toBe(false);
    await expect(queryPostgres(database!, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
  });

  it('keeps what is in the folder it is given', async () => {
    const folder = createTemporaryFolder();
    const start = (...more: string[]) => startProgram([...COMMAND, '--folder', folder, ...more], { env: NOTHING_SET });
    const first = start('--stock', '700');
    await first.printed(/Seeded .* with 700 of each/);
    first.child.kill('SIGTERM');
    expect((await first.result).code).toBe(0);
    const second = start();
    await second.printed(/Found accounts and products, seeded with 700 of each/);
    second.child.kill('SIGTERM');
    expect((await second.result).code).toBe(0);
  });

  it('says what to install where there is nothing to start', async () => {
    const { code, stderr } = await runProgram([...COMMAND, '--folder', createTemporaryFolder()], {
      env: { DATABASE_URL: NO_SERVER, REDIS_URL: '', PATH: '/nowhere' },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /There is no "redis-server" on this machine.*\nTry {3}apt-get install redis-server\nor {4}docker compose/,
    );
  });

  it('refuses what it does not know', async () => {
    const { code, stderr } = await runProgram([...COMMAND, '--stock', 'many'], { env: NOTHING_SET });
    expect(code).toBe(2);
    expect(stderr).toContain('--stock must be a whole number, but "many" was given.');
  });
});

describe('loadwright demo', () => {
  let services: Services;
  beforeAll(async () => {
    services = await startServices();
  });
  afterAll(() => services.stop());

  it('runs on what DATABASE_URL and REDIS_URL name, and says so without their passwords', async () => {
    // Enough of those who reserve often that none of them doing so is out of the question.
    const words = ['demo', 'HighVolumeStockUser', '-u', '20', '-r', '20', '-t', '3s', '--locking', 'pessimistic'];
    const { stdout, code } = await runCli(words, { env: services.env, cwd: createTemporaryFolder() });
    expect(stdout).toMatch(/of its own, on PostgreSQL at 127\.0\.0\.1:\d+\/postgres and Redis at 127\.0\.0\.1:\d+\.\n/);
    expect(stdout).not.toContain(new URL(services.env.DATABASE_URL).password);
    expect(stdout).toMatch(/the stock of 200 products adds up/);
    // A criterion may be missed on a machine that is busy with other things.
    expect([0, 99]).toContain(code);
    const [{ reserved }] = (await queryPostgres<{ reserved: number }>(
      services.env.DATABASE_URL,
      'SELECT sum(reserved_stock)::int AS reserved FROM loadwright_stock.stock_levels',
    )) as [{ reserved: number }];
    expect(reserved).toBeGreaterThan(0);
  });

  it('--server-only goes on while PostgreSQL is away, and says so', async () => {
    const command = startCli(['demo', '--server-only', '--port', '0'], { env: services.env });
    const [, url] = await command.printed(/listens on (http:\S+), on PostgreSQL/);
    const target = { url: url!, stop: async () => undefined };
    await logIn(target, 'user1');
    await services.postgres.kill();
    await command.printed(/PostgreSQL is away: /);
    await expect(logIn(target, 'user1')).rejects.toThrow(/answered with 503/);
    await services.postgres.restart();
    await expect.poll(() => logIn(target, 'user1').catch(() => undefined), { timeout: 10_000 }).toBeDefined();
    command.child.kill('SIGINT');
    expect((await command.result).code).toBe(0);
  });

  it.each([
    ['the cache needs Redis', { REDIS_URL: '' }, [], /REDIS_URL is not.*[\s\S]*--cache off/],
    [
      'no database there',
      { DATABASE_URL: 'postgres://stock@127.0.0.1:5432x/' },
      [],
      /DATABASE_URL names something that is no URL/,
    ],
    [
      'a wrong word',
      {},
      ['--locking', 'some'],
      /--locking must be optimistic, pessimistic or none, but "some" was given/,
    ],
  ])('refuses: %s', async (_, env, words, complaint) => {
    const { code, stderr } = await runCli(['demo', '--server-only', ...words], { env: { ...services.env, ...env } });
    expect(code).toBe(2);
    expect(stderr).toMatch(complaint);
  });
});
