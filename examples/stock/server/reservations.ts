import { randomUUID } from 'node:crypto';

/** One product's stock, in the shape in which the service shows it. */
interface StockRow {
  readonly id: string;
  readonly physical_stock: number;
  readonly reserved_stock: number;
  readonly available_stock: number;
  readonly min_stock_level: number;
  readonly reorder_point: number;
  readonly warehouse_code: string;
  readonly updated_at: string;
}

type ReservationOutcome =
  | { readonly isReserved: true }
  | { readonly isReserved: false; readonly availableUnits: number };

export interface Reservations {
  /** One product's row, or undefined for an unknown product. */
  readRow(productId: string): StockRow | undefined;
  readAllRows(): readonly StockRow[];
  /** Takes all units asked for, or none of them. */
  reserve(productId: string, units: number): ReservationOutcome;
  /** Goods that came in. */
  receive(productId: string, units: number): void;
}

export const WAREHOUSE_CODE = 'WH001';
const MIN_STOCK_LEVEL = 100;
const REORDER_POINT = 500;

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
    reserve(productId, units) {
      const level = requireLevel(productId);
      const availableUnits = level.physicalUnits - level.reservedUnits;
      if (units > availableUnits) return { isReserved: false, availableUnits };
      level.reservedUnits += units;
      level.updatedAtMs = Date.now();
      return { isReserved: true };
    },
    receive(productId, units) {
      const level = requireLevel(productId);
      level.physicalUnits += units;
      level.updatedAtMs = Date.now();
    },
  };
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
