import type { SlowStatement } from '../../../metrics/monitors/monitor-sample.js';
import { importOptional } from './import-optional.js';
import { KeptConnection } from './kept-connection.js';
import { connectPostgres, type PostgresClient } from './postgres-client.js';
import { readSlowStatements, readStatementTotals, type StatementTotals } from './postgres-statements.js';
import { RateMeter } from './rate-meter.js';
import type { Sampler, Values } from './sampler.js';
import { withoutMissing } from './without-missing.js';

const DATABASE = `
  SELECT xact_commit AS commits, xact_rollback AS rollbacks, blks_hit AS hits, blks_read AS reads, deadlocks,
         current_setting('max_connections')::int AS connections_max
  FROM pg_stat_database WHERE datname = current_database()`;
const ACTIVITY = `
  SELECT count(*) AS connections,
         count(*) FILTER (WHERE state = 'active') AS connections_active,
         count(*) FILTER (WHERE state = 'idle') AS connections_idle,
         count(*) FILTER (WHERE state LIKE 'idle in transaction%') AS connections_idle_in_transaction,
         count(*) FILTER (WHERE wait_event_type = 'Lock') AS waiting_on_locks,
         coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)) * 1000, 0) AS longest_transaction
  FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`;

export interface UrlOptions {
  url: string;
  /** Packages are looked for from here. */
  scriptUrl: string | undefined;
}

/** What PostgreSQL tells of one database, over a connection of its own. */
export class PostgresSampler implements Sampler {
  readonly units = {
    commits: 'per second',
    rollbacks: 'per second',
    cache_hit_share: 'share',
    longest_transaction: 'ms',
  } as const;
  readonly #connection: KeptConnection<PostgresClient>;
  readonly #rates = new RateMeter();
  #deadlocksBefore: number | undefined;
  #statementsBefore: StatementTotals | undefined;

  constructor({ url, scriptUrl }: UrlOptions) {
    this.#connection = new KeptConnection({
      open: async (signal) => await connectPostgres(await importOptional('pg', scriptUrl), url, signal),
      destroy: (client) => client.destroy(),
    });
  }

  async sample(signal: AbortSignal): Promise<Values> {
    return await this.#connection.use(signal, async (client) => {
      const [database] = await client.query(DATABASE);
      const [activity] = await client.query(ACTIVITY);
      this.#statementsBefore ??= await readStatementTotals(client);
      return this.#describe(toNumbers(database), toNumbers(activity));
    });
  }

  async readStatements(signal: AbortSignal): Promise<readonly SlowStatement[] | undefined> {
    const before = this.#statementsBefore;
    if (before === undefined || before.size === 0) return undefined;
    return await this.#connection.use(signal, (client) => readSlowStatements(client, before));
  }

  close(): void {
    this.#connection.close();
  }

  #describe(database: Values, activity: Values): Values {
    const { commits = 0, rollbacks = 0, hits = 0, reads = 0, deadlocks = 0, connections_max } = database;
    const [hit, read] = [this.#rates.added('hits', hits), this.#rates.added('reads', reads)];
    const asked = (hit ?? 0) + (read ?? 0);
    this.#deadlocksBefore ??= deadlocks;
    return withoutMissing({
      ...activity,
      connections_max,
      commits: this.#rates.perSecond('commits', commits),
      rollbacks: this.#rates.perSecond('rollbacks', rollbacks),
      cache_hit_share: asked === 0 ? undefined : (hit ?? 0) / asked,
      // Since the first sample; a server that was started anew counts from 0.
      deadlocks: Math.max(0, deadlocks - this.#deadlocksBefore),
    });
  }
}

/** Large numbers come as text. */
function toNumbers(row: Readonly<Record<string, unknown>> | undefined): Values {
  return Object.fromEntries(Object.entries(row ?? {}).map(([key, value]) => [key, Number(value)]));
}
