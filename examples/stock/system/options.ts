import { DEFAULT_STOCK_SERVER_OPTIONS, type StockServerOptions } from '../server/server.js';

/** How a reservation keeps others from taking the same units. `none` does not, and oversells. */
export type Locking = 'optimistic' | 'pessimistic' | 'none';

/** What can be turned on the real system, besides what the embedded one knows as well. */
export interface StockSystemSwitches {
  readonly locking: Locking;
  /** Milliseconds between reading the stock and writing it; undefined: 5 with locking `none`, 0 otherwise. */
  readonly gapMs: number | undefined;
  readonly cache: boolean;
  /** How long a cached page or stock row is good for, unless a reservation ends it before. */
  readonly cacheTtlSeconds: number;
  /** Reads each product of a list by a query of its own. */
  readonly nPlusOne: boolean;
  /** Connections to PostgreSQL, in each process. */
  readonly pool: number;
  /** Milliseconds that each query takes longer, as if the database was on another machine. */
  readonly roundTripMs: number;
  /** PBKDF2 rounds that checking a token costs, besides its signature. */
  readonly tokenCost: number;
  readonly reserve: 'sync' | 'async';
  /** Jobs done at a time, in each process, where reservations are jobs. */
  readonly jobs: number;
  readonly processes: number;
  /** Throws the data away that is there, and seeds anew. */
  readonly reset: boolean;
}

export interface StockSystemOptions extends Required<StockServerOptions>, StockSystemSwitches {
  readonly databaseUrl: string;
  /** Not needed with the cache off and reservations in the request. */
  readonly redisUrl: string | undefined;
}

export const DEFAULT_SWITCHES: StockSystemSwitches = {
  locking: 'optimistic',
  gapMs: undefined,
  cache: true,
  cacheTtlSeconds: 30,
  nPlusOne: false,
  pool: 20,
  roundTripMs: 0,
  tokenCost: 0,
  reserve: 'sync',
  jobs: 10,
  processes: 1,
  reset: false,
};

/** A hash that takes no time would not be one; the hundred thousands of a real service would stand in a run's way. */
export const DEFAULT_SYSTEM_OPTIONS: Required<StockServerOptions> & StockSystemSwitches = {
  ...DEFAULT_STOCK_SERVER_OPTIONS,
  passwordCost: 1_000,
  ...DEFAULT_SWITCHES,
};

const GAP_WITHOUT_LOCK_MS = 5;

export function resolveGapMs({ gapMs, locking }: StockSystemSwitches): number {
  return gapMs ?? (locking === 'none' ? GAP_WITHOUT_LOCK_MS : 0);
}
