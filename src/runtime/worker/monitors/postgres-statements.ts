import type { SlowStatement } from '../../../metrics/monitors/monitor-sample.js';
import type { PostgresClient } from './postgres-client.js';

/** Calls and time of each statement by its id, since the database began to count. */
export type StatementTotals = ReadonlyMap<string, { calls: number; totalMs: number }>;

const MAX_STATEMENTS = 5;
const MAX_TEXT = 500;
const HAS_STATEMENTS = `
  SELECT attname AS time FROM pg_attribute
  WHERE attrelid = to_regclass('pg_stat_statements') AND attname IN ('total_exec_time', 'total_time')`;

/** Empty where the database has no `pg_stat_statements`, or does not let us see it. */
export async function readStatementTotals(client: PostgresClient): Promise<StatementTotals> {
  const rows = await readRows(client, '');
  return new Map(rows.map(({ id, calls, totalMs }) => [id, { calls, totalMs }]));
}

/** What took the most time since `before`. */
export async function readSlowStatements(client: PostgresClient, before: StatementTotals): Promise<SlowStatement[]> {
  const rows = await readRows(client, ', min(query) AS text');
  return rows
    .map(({ id, calls, totalMs, text }) => {
      const known = before.get(id);
      // Fewer than before: it was reset.
      const base = known === undefined || known.calls > calls ? { calls: 0, totalMs: 0 } : known;
      const [added, addedMs] = [calls - base.calls, totalMs - base.totalMs];
      return { text: shorten(text), calls: added, totalMs: addedMs, meanMs: addedMs / added };
    })
    .filter(({ calls, text }) => calls > 0 && !/\bpg_(stat_|attribute\b)/.test(text))
    .sort((a, b) => b.totalMs - a.totalMs)
    .slice(0, MAX_STATEMENTS);
}

interface Statement {
  id: string;
  calls: number;
  totalMs: number;
  text: string;
}

async function readRows(client: PostgresClient, more: string): Promise<Statement[]> {
  try {
    const [column] = await client.query(HAS_STATEMENTS);
    if (column === undefined) return [];
    const rows = await client.query(`
      SELECT queryid::text AS id, sum(calls) AS calls, sum(${String(column.time)}) AS ms${more}
      FROM pg_stat_statements
      WHERE queryid IS NOT NULL AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      GROUP BY queryid`);
    return rows.map(({ id, calls, ms, text }) => ({
      id: String(id),
      calls: Number(calls),
      totalMs: Number(ms),
      text: String(text),
    }));
  } catch (error) {
    // Created, but its library is not loaded; a lost connection is said by the next query.
    if ((error as { severity?: unknown }).severity === undefined) throw error;
    return [];
  }
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT)}…` : line;
}
