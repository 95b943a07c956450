import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Soon } from './when-ready.js';

/** One product's stock, in the shape in which the service shows it. */
export interface StockRow {
  readonly id: string;
  readonly physical_stock: number;
  readonly reserved_stock: number;
  readonly available_stock: number;
  readonly min_stock_level: number;
  readonly reorder_point: number;
  readonly warehouse_code: string;
  readonly updated_at: string;
}

export type ReservationOutcome =
  | { readonly kind: 'reserved' }
  /** Nothing was taken; the reason is for the one who asked. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It will be looked at later, and where it stands can be asked. */
  | { readonly kind: 'queued'; readonly taskId: string };

export interface ReservationOrder {
  readonly productId: string;
  readonly units: number;
  readonly userId: number;
}

export interface Reservations {
  /** One product's row, or undefined for an unknown product. */
  readRow(productId: string, request: IncomingMessage): Soon<StockRow | undefined>;
  readAllRows(request: IncomingMessage): Soon<readonly StockRow[]>;
  /** Takes all units asked for, or none of them. */
  reserve(order: ReservationOrder, request: IncomingMessage): Soon<ReservationOutcome>;
  /** Goods that came in. */
  receive(productId: string, units: number, request: IncomingMessage): Soon<void>;
}

export const WAREHOUSE_CODE = 'WH001';
export const MIN_STOCK_LEVEL = 100;
export const REORDER_POINT = 500;

interface Level {
  readonly rowId: string;
  physicalUnits: number;
  reservedUnits: number;
  updatedAtMs: number;
}

export function createReservations(productIds: readonly string[], initialUnits: number): Reservations {
  const createdAtMs = Date.now();
  const levelByProduct = new Map<string, Level>(
    productIds.map((productId) => [
      productId,
      { rowId: randomUUID(), physicalUnits: initialUnits, reservedUnits: 0, updatedAtMs: createdAtMs },
    ]),
  );
  const requireLevel = (productId: string): Level => {
    const level = levelByProduct.get(productId);
    if (level === undefined) throw new Error(`No stock is kept for product ${productId}.`);
    return level;
  };

  return {
    readRow(productId) {
      const level = levelByProduct.get(productId);
      return level === undefined ? undefined : toRow(level);
    },
    readAllRows: () => Array.from(levelByProduct.values(), toRow),
    // Looking and taking happen in one turn of the event loop: an await between them would allow overselling.
    reserve({ productId, units }) {
      const level = requireLevel(productId);
      const availableUnits = level.physicalUnits - level.reservedUnits;
      if (units > availableUnits) return { kind: 'refused', reason: describeShortage(availableUnits, units) };
      level.reservedUnits += units;
      level.updatedAtMs = Date.now();
      return { kind: 'reserved' };
    },
    receive(productId, units) {
      const level = requireLevel(productId);
      level.physicalUnits += units;
      level.updatedAtMs = Date.now();
    },
  };
}

export function describeShortage(availableUnits: number, units: number): string {
  return `Not enough stock. Available: ${availableUnits}, requested: ${units}`;
}

function toRow(level: Level): StockRow {
  return {
    id: level.rowId,
    physical_stock: level.physicalUnits,
    reserved_stock: level.reservedUnits,
    available_stock: level.physicalUnits - level.reservedUnits,
    min_stock_level: MIN_STOCK_LEVEL,
    reorder_point: REORDER_POINT,
    warehouse_code: WAREHOUSE_CODE,
    updated_at: new Date(level.updatedAtMs).toISOString(),
  };
}
