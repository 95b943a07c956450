// `npm run stock:services`: PostgreSQL and Redis, seeded, for `loadwright demo` and the stock server.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SystemNotStarted } from '../load-packages.js';
import { DEFAULT_SYSTEM_OPTIONS } from '../options.js';
import { describeUrl, prepareDatabase } from '../prepare-database.js';
import { MissingProgram } from './find-program.js';
import type { Service } from './service.js';
import { startPostgres } from './start-postgres.js';
import { startRedis } from './start-redis.js';

interface Flags {
  readonly stock: number;
  readonly passwordCost: number;
  /** Keeps PostgreSQL's data there. */
  readonly folder: string | undefined;
  readonly postgresPort: number | undefined;
  readonly redisPort: number | undefined;
}

const USAGE = `Usage  npm run stock:services -- [flags]

Starts PostgreSQL and Redis on 127.0.0.1 with data of their own, seeds 10,000 accounts and 200 products, prints
DATABASE_URL and REDIS_URL, and ends both on Ctrl-C. With DATABASE_URL or REDIS_URL set, that one is used as it is.

  --stock N            units of each product (default ${DEFAULT_SYSTEM_OPTIONS.stock})
  --password-cost N    PBKDF2 rounds a login costs (default ${DEFAULT_SYSTEM_OPTIONS.passwordCost})
  --folder PATH        keep PostgreSQL's data there (default: a folder that is removed at the end)
  --postgres-port N    (default: a free one)
  --redis-port N       (default: a free one)`;

async function main(): Promise<void> {
  const flags = readFlags();
  if (typeof flags === 'string') {
    process.stderr.write(`${flags}\n\n${USAGE}\n`);
    process.exitCode = 2;
    return;
  }
  const told = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, resolve);
  });
  const services: Service[] = [];
  const folder = openFolder(flags.folder);
  try {
    await startMissing(services, folder, flags);
    if (services.length > 0) {
      process.stdout.write('\nCtrl-C ends them.\n');
      await told;
    }
  } catch (error) {
    const isExpected = error instanceof MissingProgram || error instanceof SystemNotStarted;
    process.stderr.write(`${isExpected ? error.message : String((error as Error).stack ?? error)}\n`);
    process.exitCode = 1;
  } finally {
    await Promise.all(services.map((service) => service.stop()));
    if (flags.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** `services` gets those that were started, for whoever has to end them. */
async function startMissing(services: Service[], folder: string, flags: Flags): Promise<void> {
  const keep = async (starting: Promise<Service>): Promise<string> => {
    const service = await starting;
    services.push(service);
    return service.url;
  };
  const { DATABASE_URL, REDIS_URL } = process.env;
  const { postgresPort, redisPort } = flags;
  const postgres =
    DATABASE_URL || (await keep(startPostgres({ folder: join(folder, 'postgres'), port: postgresPort })));
  const redis = REDIS_URL || (await keep(startRedis({ folder: join(folder, 'redis'), port: redisPort })));
  await seedAndTell({ postgres, redis, flags });
}

async function seedAndTell({ postgres, redis, flags }: { postgres: string; redis: string; flags: Flags }) {
  const startedMs = performance.now();
  const { isSeeded, stock } = await prepareDatabase({ ...flags, databaseUrl: postgres, reset: false });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const done = isSeeded
    ? `Seeded 10,000 accounts and 200 products with ${stock} of each in ${seconds} s.`
    : `Found accounts and products, seeded with ${stock} of each; what is left of it stays.`;
  process.stdout.write(
    `PostgreSQL at ${describeUrl(postgres)}, Redis at ${describeUrl(redis)}. ${done}\n\n` +
      `export DATABASE_URL=${postgres}\nexport REDIS_URL=${redis}\n`,
  );
}

function openFolder(folder: string | undefined): string {
  const path = folder === undefined ? mkdtempSync(join(tmpdir(), 'loadwright-stock-')) : resolve(folder);
  mkdirSync(path, { recursive: true });
  // PostgreSQL may run as somebody else, who must be able to pass through.
  if (process.getuid?.() === 0) chmodSync(path, statSync(path).mode | 0o011);
  return path;
}

function readFlags(): Flags | string {
  const text = { type: 'string' } as const;
  const options = { stock: text, 'password-cost': text, folder: text, 'postgres-port': text, 'redis-port': text };
  let values: Record<string, string | undefined>;
  try {
    values = parseArgs({ options }).values;
  } catch (error) {
    return (error as Error).message;
  }
  const wrong = Object.entries(values).find(([name, value]) => name !== 'folder' && !/^\d{1,9}$/.test(value ?? ''));
  if (wrong !== undefined) return `--${wrong[0]} must be a whole number, but "${wrong[1]}" was given.`;
  const numberOf = (name: string) => (values[name] === undefined ? undefined : Number(values[name]));
  return {
    stock: numberOf('stock') ?? DEFAULT_SYSTEM_OPTIONS.stock,
    passwordCost: numberOf('password-cost') ?? DEFAULT_SYSTEM_OPTIONS.passwordCost,
    folder: values.folder,
    postgresPort: numberOf('postgres-port'),
    redisPort: numberOf('redis-port'),
  };
}

await main();
