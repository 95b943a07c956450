import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { PASSWORD } from '../server/accounts.js';
import { loadPostgresClient, SystemNotStarted } from './load-packages.js';
import { hashPassword, readRounds } from './password-hash.js';
import { hasSchema, SCHEMA } from './schema.js';
import { type SeedOptions, seed } from './seed.js';

/** What a process has to know of the data before it serves it. */
export interface StockData {
  /** Another one after each seeding. */
  readonly seedId: string;
  /** Tokens stay good when the server is started again. */
  readonly tokenKey: Buffer;
  /** In the order of the list. */
  readonly productIds: readonly string[];
  /** Units of each product at the beginning. */
  readonly stock: number;
  readonly isSeeded: boolean;
}

interface PrepareOptions extends SeedOptions {
  readonly databaseUrl: string;
  readonly reset: boolean;
}

const PATIENCE_MS = 10_000;
const RETRY_MS = 200;
/** Any number will do, as long as it is always the same. */
const SEEDING_LOCK = 7_300_017;

/** Seeds the database if it is empty, or if it is to be. What is there otherwise stays, also the stock. */
export function prepareDatabase(options: PrepareOptions): Promise<StockData> {
  return withClient(options.databaseUrl, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [SEEDING_LOCK]);
    const isSeeded = options.reset || !(await hasSchema(client));
    if (isSeeded) await seed(client, options);
    else await keepPasswordCost(client, options.passwordCost);
    return readData(client, isSeeded);
  });
}

/** What another process has prepared. */
export function readStockData(databaseUrl: string): Promise<StockData> {
  return withClient(databaseUrl, (client) => readData(client, false));
}

async function readData(client: pg.Client, isSeeded: boolean): Promise<StockData> {
  const settings = await client.query<{ name: string; value: string }>(`SELECT name, value FROM ${SCHEMA}.settings`);
  const products = await client.query<{ id: string }>(`SELECT id FROM ${SCHEMA}.products ORDER BY number`);
  const settingOf = (name: string) => settings.rows.find((row) => row.name === name)?.value ?? '';
  return {
    seedId: settingOf('seed_id'),
    tokenKey: Buffer.from(settingOf('token_key'), 'hex'),
    productIds: products.rows.map(({ id }) => id),
    stock: Number(settingOf('stock')),
    isSeeded,
  };
}

/** A login costs what its stored hash says, so another cost is another hash. */
async function keepPasswordCost(client: pg.Client, passwordCost: number): Promise<void> {
  const { rows } = await client.query(`SELECT password_hash FROM ${SCHEMA}.accounts LIMIT 1`);
  const stored: string | undefined = rows[0]?.password_hash;
  if (stored === undefined || readRounds(stored) === Math.max(1, passwordCost)) return;
  const hash = await hashPassword(PASSWORD, passwordCost);
  await client.query(`UPDATE ${SCHEMA}.accounts SET password_hash = $1`, [hash]);
}

async function withClient<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connectPatiently(databaseUrl);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A database that is starting, or starting again, is waited for. */
async function connectPatiently(databaseUrl: string): Promise<pg.Client> {
  if (!URL.canParse(databaseUrl))
    throw describeRefusal(databaseUrl, 'a database is named as in postgres://user:password@host:5432/name');
  const { Client } = await loadPostgresClient();
  const lastMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: PATIENCE_MS });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const mayCome = code === 'ECONNREFUSED' || code === '57P03' || code === 'ECONNRESET';
      if (!mayCome || performance.now() > lastMs) throw describeRefusal(databaseUrl, message || code || String(error));
      await sleep(RETRY_MS);
    }
  }
}

function describeRefusal(databaseUrl: string, reason: string): SystemNotStarted {
  return new SystemNotStarted(
    `DATABASE_URL names ${describeUrl(databaseUrl)}, where no database could be opened: ${reason}\n` +
      'Try   npm run stock:services, which starts one and prints its DATABASE_URL; or unset DATABASE_URL for the embedded system',
  );
}

/** Where a database or Redis is, without its password. */
export function describeUrl(url: string): string {
  if (!URL.canParse(url)) return 'something that is no URL';
  const { host, pathname } = new URL(url);
  return `${host}${pathname === '/' ? '' : pathname}`;
}
