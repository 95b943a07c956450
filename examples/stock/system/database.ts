import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { noteAway, noteBack, ServiceUnavailable } from './outages.js';
import type { RequestTrace } from './request-trace.js';

/** A statement that each connection prepares once. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export interface Connection {
  query<Row>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
}

export interface Database {
  /** One statement on a connection of the pool. */
  query<Row>(trace: RequestTrace, statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
  /** Several on the same one. When `work` throws, the connection is closed, and with it what it had begun. */
  use<T>(trace: RequestTrace, work: (connection: Connection) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

interface DatabaseOptions {
  readonly databaseUrl: string;
  readonly pool: number;
  readonly roundTripMs: number;
}

/** How long a request waits for a connection, and for a query, before it is answered with 503. */
const CONNECTION_PATIENCE_MS = 5_000;
const QUERY_PATIENCE_MS = 20_000;
const IDLE_MS = 60_000;

/** Opens no connection before one is needed. */
export function openDatabase(client: typeof pg, { databaseUrl, pool: size, roundTripMs }: DatabaseOptions): Database {
  const pool = new client.Pool({
    connectionString: databaseUrl,
    max: size,
    connectionTimeoutMillis: CONNECTION_PATIENCE_MS,
    query_timeout: QUERY_PATIENCE_MS,
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    application_name: 'loadwright-stock',
  });
  pool.on('error', (error) => noteAway('PostgreSQL', error));
  // One that breaks off while it is in use tells the query; without a listener its event would end the process.
  pool.on('connect', (connection) => connection.on('error', (error) => noteAway('PostgreSQL', error)));

  const connect = async (trace: RequestTrace): Promise<pg.PoolClient> => {
    const askedMs = performance.now();
    try {
      const connection = await pool.connect();
      trace.addPool(performance.now() - askedMs, pool.totalCount - pool.idleCount, size);
      noteBack('PostgreSQL');
      return connection;
    } catch (error) {
      // All of them taken is no outage.
      if (pool.totalCount < size) noteAway('PostgreSQL', error);
      trace.addPool(performance.now() - askedMs, pool.totalCount - pool.idleCount, size);
      throw new ServiceUnavailable('The database cannot be reached.', { cause: error });
    }
  };

  const use: Database['use'] = async (trace, work) => {
    const connection = await connect(trace);
    try {
      const result = await work({
        query: (statement, values = []) => runQuery(connection, trace, { statement, values, roundTripMs }),
      });
      connection.release();
      return result;
    } catch (error) {
      connection.release(true);
      throw explain(error);
    }
  };
  return {
    use,
    query: (trace, statement, values) => use(trace, (connection) => connection.query(statement, values)),
    close: () => pool.end(),
  };
}

async function runQuery<Row>(
  connection: pg.PoolClient,
  trace: RequestTrace,
  { statement, values, roundTripMs }: { statement: Statement; values: readonly unknown[]; roundTripMs: number },
): Promise<Row[]> {
  const sentMs = performance.now();
  try {
    if (roundTripMs > 0) await sleep(roundTripMs);
    const result = await connection.query({ ...statement, values: values as unknown[] });
    return result.rows as Row[];
  } finally {
    trace.addQuery(performance.now() - sentMs);
  }
}

/** Classes 08 and 53 and 57P: the connection is gone, or the server has too many, or is shutting down or starting. */
function explain(error: unknown): unknown {
  const { severity, code } = error as { severity?: string; code?: string };
  const isAboutSql = severity !== undefined && !/^(08|53|57P)/.test(code ?? '');
  if (isAboutSql || error instanceof TypeError) return error;
  return new ServiceUnavailable('The database cannot be reached.', { cause: error });
}
