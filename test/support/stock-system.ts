import pg from 'pg';
import { type ServerProcess, startServer } from './spawn-server.js';
import type { Services } from './start-services.js';

/** A stock server on PostgreSQL and Redis, with a database of its own. */
export interface SystemProcess extends ServerProcess {
  readonly databaseUrl: string;
  /** Kill -9, and again at the same address on the same data once `before` is done. */
  killAndRestart(before?: () => Promise<unknown>): Promise<void>;
}

let databases = 0;

/** Makes a database and starts a server on it, which seeds it. */
export async function startStockSystem(services: Services, flags: readonly string[] = []): Promise<SystemProcess> {
  const env = { ...services.env, DATABASE_URL: await createDatabase(services.env.DATABASE_URL) };
  let current = await startServer('stock', flags, env);
  const { port } = new URL(current.url);
  return {
    url: current.url,
    databaseUrl: env.DATABASE_URL,
    get child() {
      return current.child;
    },
    get pid() {
      return current.pid;
    },
    readJson: (path) => current.readJson(path),
    stop: (signal) => current.stop(signal),
    async killAndRestart(before) {
      await current.stop('SIGKILL');
      await before?.();
      current = await startServer('stock', [...flags, '--port', port], env);
    },
  };
}

async function createDatabase(url: string): Promise<string> {
  databases += 1;
  const name = `stock_${databases}`;
  await queryPostgres(url, `CREATE DATABASE ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}

export async function queryPostgres<Row>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}
