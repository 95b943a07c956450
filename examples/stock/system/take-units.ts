import { setTimeout as sleep } from 'node:timers/promises';
import { describeShortage, type ReservationOrder } from '../server/reservations.js';
import type { Connection, Database, Statement } from './database.js';
import type { Locking } from './options.js';
import type { RequestTrace } from './request-trace.js';
import { SCHEMA } from './schema.js';

/** One reservation. Its id makes it happen once, however often it is tried. */
export interface NumberedOrder extends ReservationOrder {
  readonly id: string;
}

/** `version`: the row's, after units were taken. */
export type TakeOutcome =
  | { readonly kind: 'reserved'; readonly version: number | undefined }
  | { readonly kind: 'refused'; readonly reason: string };

interface TakeOptions {
  readonly database: Database;
  readonly locking: Locking;
  /** Between reading the stock and writing it. */
  readonly gapMs: number;
}

export type TakeUnits = (trace: RequestTrace, order: NumberedOrder) => Promise<TakeOutcome>;

interface Level {
  readonly available: number;
  readonly reserved_stock: number;
  readonly version: number;
  readonly waited_ms: number;
}

interface Moved {
  /** Null when the row was not what the writer thought. */
  readonly version: number | null;
  readonly waited_ms: number;
}

const RETRIES = 3;
const FIRST_BACKOFF_MS = 100;
const OUT_OF_RETRIES = 'The stock was changed by others at the same time. Try again.';
const UNIQUE_VIOLATION = '23505';

/** How long the server has been at a statement when it has come this far: what came before was mostly the row's lock. */
const WAITED = 'extract(epoch FROM clock_timestamp() - statement_timestamp())::float8 * 1000 AS waited_ms';
const LEVEL = 'physical_stock - reserved_stock AS available, reserved_stock, version';
const OF_PRODUCT = `FROM ${SCHEMA}.stock_levels WHERE product_id = $1`;
const READ: Statement = { name: 'level-of', text: `SELECT ${LEVEL} ${OF_PRODUCT}` };
const READ_LOCKED: Statement = {
  name: 'level-locked',
  text: `WITH locked AS MATERIALIZED (SELECT ${LEVEL} ${OF_PRODUCT} FOR UPDATE) SELECT *, ${WAITED} FROM locked`,
};
const BEGIN: Statement = { name: 'begin', text: 'BEGIN' };
const COMMIT: Statement = { name: 'commit', text: 'COMMIT' };
const ROLLBACK: Statement = { name: 'rollback', text: 'ROLLBACK' };
const ADD = writeLevel('level-add', 'reserved_stock + $3');
const ADD_TO_VERSION = writeLevel('level-add-to-version', 'reserved_stock + $3', 'AND version = $5');
/** What was read is written back, plus the units: whatever others wrote meanwhile is lost. */
const OVERWRITE = writeLevel('level-overwrite', '$5');

/** How units leave the stock, by the way it is locked. */
export function createUnitTaker(options: TakeOptions): TakeUnits {
  const take = { optimistic: takeOptimistic, pessimistic: takePessimistic, none: takeWithoutLock }[options.locking];
  return async (trace, order) => {
    try {
      return await take(options, trace, order);
    } catch (error) {
      // An earlier try of the same order had been committed after all.
      if ((error as { code?: string }).code === UNIQUE_VIOLATION) return { kind: 'reserved', version: undefined };
      throw error;
    }
  };
}

/** Reads without a lock, and writes only if the row is still the one that was read. */
async function takeOptimistic(options: TakeOptions, trace: RequestTrace, order: NumberedOrder): Promise<TakeOutcome> {
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await options.database.use(trace, async (connection) => {
      const level = await readLevel(connection, READ, order);
      if (level.available < order.units) return refuse(level, order);
      await pause(options.gapMs);
      return move(connection, ADD_TO_VERSION, { order, trace, more: level.version });
    });
    if (outcome !== undefined) return outcome;
    if (attempt === RETRIES) return { kind: 'refused', reason: OUT_OF_RETRIES };
    const backoffMs = FIRST_BACKOFF_MS * 2 ** attempt;
    trace.addRetry();
    trace.addLock(backoffMs);
    await sleep(backoffMs);
  }
}

/** Holds the row from reading to committing: others wait. */
function takePessimistic(options: TakeOptions, trace: RequestTrace, order: NumberedOrder): Promise<TakeOutcome> {
  return options.database.use(trace, async (connection) => {
    await connection.query(BEGIN);
    const level = await readLevel(connection, READ_LOCKED, order);
    trace.addLock(level.waited_ms);
    trace.moveFromQuery(level.waited_ms);
    if (level.available < order.units) {
      await connection.query(ROLLBACK);
      return refuse(level, order);
    }
    await pause(options.gapMs);
    const outcome = await move(connection, ADD, { order, trace });
    await connection.query(COMMIT);
    return outcome!;
  });
}

function takeWithoutLock(options: TakeOptions, trace: RequestTrace, order: NumberedOrder): Promise<TakeOutcome> {
  return options.database.use(trace, async (connection) => {
    const level = await readLevel(connection, READ, order);
    if (level.available < order.units) return refuse(level, order);
    await pause(options.gapMs);
    const outcome = await move(connection, OVERWRITE, { order, trace, more: level.reserved_stock + order.units });
    return outcome!;
  });
}

/** Writes level and reservation in one statement; undefined if the row was another one by then. */
async function move(
  connection: Connection,
  statement: Statement,
  { order, trace, more }: { order: NumberedOrder; trace: RequestTrace; more?: number },
): Promise<TakeOutcome | undefined> {
  const values = [order.productId, order.id, order.units, order.userId, ...(more === undefined ? [] : [more])];
  const [moved] = await connection.query<Moved>(statement, values);
  trace.addLock(moved!.waited_ms);
  trace.moveFromQuery(moved!.waited_ms);
  return moved!.version === null ? undefined : { kind: 'reserved', version: moved!.version };
}

function writeLevel(name: string, reserved: string, condition = ''): Statement {
  const text = `WITH moved AS (
      UPDATE ${SCHEMA}.stock_levels SET reserved_stock = ${reserved}, version = version + 1, updated_at = now()
      WHERE product_id = $1 ${condition} RETURNING version
    ), noted AS (
      INSERT INTO ${SCHEMA}.reservations (id, product_id, quantity, account_id) SELECT $2, $1, $3, $4 FROM moved
    )
    SELECT (SELECT version FROM moved) AS version, ${WAITED}`;
  return { name, text };
}

async function readLevel(connection: Connection, statement: Statement, { productId }: NumberedOrder): Promise<Level> {
  const [level] = await connection.query<Level>(statement, [productId]);
  if (level === undefined) throw new Error(`No stock is kept for product ${productId}.`);
  return level;
}

function refuse({ available }: Level, { units }: NumberedOrder): TakeOutcome {
  return { kind: 'refused', reason: describeShortage(available, units) };
}

function pause(durationMs: number): Promise<void> | undefined {
  return durationMs > 0 ? sleep(durationMs) : undefined;
}
