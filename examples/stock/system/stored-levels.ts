import { randomUUID } from 'node:crypto';
import type { ReservationOutcome, Reservations, StockRow } from '../server/reservations.js';
import type { Database, Statement } from './database.js';
import { type RequestTrace, traceOf } from './request-trace.js';
import { SCHEMA } from './schema.js';
import type { ReadVersions, StockCache } from './stock-cache.js';
import type { NumberedOrder, TakeUnits } from './take-units.js';

interface StoredLevelsOptions {
  readonly database: Database;
  readonly cache: StockCache;
  readonly productIds: readonly string[];
  readonly takeUnits: TakeUnits;
}

/** The levels as routes want them, and how a reservation is made by whoever makes it. */
export interface StoredLevels extends Omit<Reservations, 'reserve'> {
  reserveNow(trace: RequestTrace, order: NumberedOrder): Promise<ReservationOutcome>;
}

interface VersionedRow {
  readonly version: number;
  readonly row: StockRow;
}

const ROW = `version, json_build_object(
    'id', id, 'physical_stock', physical_stock, 'reserved_stock', reserved_stock,
    'available_stock', physical_stock - reserved_stock, 'min_stock_level', min_stock_level,
    'reorder_point', reorder_point, 'warehouse_code', warehouse_code,
    'updated_at', to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) AS row`;
const LEVELS = `FROM ${SCHEMA}.stock_levels`;
const READ_ONE: Statement = { name: 'level', text: `SELECT ${ROW} ${LEVELS} WHERE product_id = $1` };
const READ_ALL: Statement = {
  name: 'levels',
  text: `SELECT level.* FROM (SELECT product_id, ${ROW} ${LEVELS}) AS level
    JOIN ${SCHEMA}.products ON products.id = product_id ORDER BY number`,
};
const READ_VERSIONS: Statement = { name: 'level-versions', text: `SELECT product_id, version ${LEVELS}` };
const RECEIVE: Statement = {
  name: 'level-receive',
  text: `UPDATE ${SCHEMA}.stock_levels
    SET physical_stock = physical_stock + $2, version = version + 1, updated_at = now()
    WHERE product_id = $1 RETURNING version`,
};

/** Stock rows from PostgreSQL, each from the cache until a reservation changes it. */
export function createStoredLevels(options: StoredLevelsOptions): StoredLevels {
  const { database, cache, takeUnits } = options;
  const known = new Set(options.productIds);
  return {
    async readRow(productId, request) {
      if (!known.has(productId)) return undefined;
      const trace = traceOf(request);
      const cached = await cache.readLevel(trace, productId);
      if (cached !== undefined) return JSON.parse(cached) as StockRow;
      const [found] = await database.query<VersionedRow>(trace, READ_ONE, [productId]);
      if (found === undefined) return undefined;
      cache.fillLevel({ productId, version: found.version, body: JSON.stringify(found.row) });
      return found.row;
    },
    async readAllRows(request) {
      const found = await database.query<VersionedRow>(traceOf(request), READ_ALL);
      return found.map(({ row }) => row);
    },
    async reserveNow(trace, order) {
      const outcome = await takeUnits(trace, order);
      if (outcome.kind === 'reserved' && outcome.version !== undefined)
        await cache.invalidateLevel(order.productId, outcome.version);
      return outcome;
    },
    async receive(productId, units, request) {
      const [changed] = await database.query<{ version: number }>(traceOf(request), RECEIVE, [productId, units]);
      if (changed !== undefined) await cache.invalidateLevel(productId, changed.version);
    },
  };
}

/** Reservations made while the one who asked waits. */
export function createReservationsInRequest(levels: StoredLevels): Reservations {
  return {
    ...levels,
    reserve: (order, request) => levels.reserveNow(traceOf(request), { ...order, id: randomUUID() }),
  };
}

export function createVersionReader(database: Database, makeTrace: () => RequestTrace): ReadVersions {
  return () => database.query(makeTrace(), READ_VERSIONS);
}
