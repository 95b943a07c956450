import { now } from '../../../metrics/clock.js';
import type { MeasureSource, RequestNumbers } from '../../../metrics/measures.js';
import type { Sample } from '../../../metrics/sample.js';
import type { Connection } from './connection.js';
import { Cookies } from './cookies.js';
import type { Exchange } from './exchange.js';
import type { HttpEngine } from './http-engine.js';
import type { RequestDefaults, RequestOptions } from './http-types.js';
import { openConnection } from './open-connection.js';
import { readCredentials } from './request-headers.js';

const NOBODY: MeasureSource = { load: '', user: '', group: undefined, labels: {} };

interface OriginPool {
  origin: URL;
  idle: Connection[];
  all: Set<Connection>;
  queue: Exchange[];
}

/** What one user's requests share: connections, cookies, defaults, host. */
export class Session {
  readonly engine: HttpEngine;
  readonly cookies = new Cookies();
  /** Where paths go: the origin of the host that was given. */
  readonly home: URL | undefined;
  /** What the host has before each path, without a slash at the end. */
  readonly pathPrefix: string;
  readonly homeAuth: RequestOptions['auth'];
  defaults: RequestDefaults = {};
  /** Whose requests these are, for numbers that are kept by label. */
  readonly source: MeasureSource;
  /** Of users that keep a pace: what starts they missed is told by the request that made them. */
  keepsLastRequest = false;
  /** Decides, where there are several source addresses, which is this user's now. */
  place = 0;
  /** Requests that finished in this iteration, and the last of them. */
  requestsInIteration = 0;
  lastRequest: RequestNumbers | undefined;
  /** The last long header value that was found fit to be sent. */
  sendableValue = '';
  #lagMs = 0;
  readonly #pools = new Map<string, OriginPool>();
  #lastPool: OriginPool | undefined;
  #hasEnded = false;

  constructor(engine: HttpEngine, host: string | undefined, source = NOBODY) {
    this.engine = engine;
    this.source = source;
    const base = engine.originOf(host);
    this.home = engine.originOf(base?.origin);
    this.pathPrefix = base === undefined ? '' : base.pathname.replace(/\/+$/, '');
    this.homeAuth = base === undefined ? undefined : readCredentials(base);
  }

  /** An iteration begins, `lagMs` later than it was meant to. */
  beginIteration(lagMs: number): void {
    this.requestsInIteration = 0;
    this.#lagMs = lagMs;
  }

  /**
   * An iteration is over. Who keeps no connections beyond it comes from the next source address from then on: the few users
   * of an open load would else take all ports of few addresses.
   */
  endIteration(): void {
    if (this.engine.settings.connectionReuse === 'user') return;
    this.place++;
    this.close({ all: false });
  }

  /** The iteration's lag, for its first request. */
  takeLag(): number {
    const lagMs = this.#lagMs;
    this.#lagMs = 0;
    return lagMs;
  }

  /** Counts a finished request. */
  record(sample: Sample): void {
    this.requestsInIteration++;
    if (this.keepsLastRequest) this.lastRequest = { ...sample };
    this.engine.recorder.finished(sample);
  }

  /** Gives the exchange a connection, at `atMs`, which is now, or when one is free. */
  acquire(exchange: Exchange, atMs: number): void {
    const pool = this.#pool(exchange.origin);
    const idle = pool.idle.pop();
    const connection = idle ?? this.#open(pool);
    if (connection === undefined) pool.queue.push(exchange);
    // Making a connection takes a moment; the first one of a thread loads undici.
    else exchange.sendOn(connection, idle === undefined ? now() : atMs);
  }

  /** Takes a connection back: it goes to who waits longest for its origin. */
  release(connection: Connection): void {
    connection.detach();
    const pool = this.#pool(connection.origin);
    if (!pool.all.has(connection)) return;
    const next = pool.queue.shift();
    if (next !== undefined) {
      next.sendOn(connection, now());
    } else if (this.#hasEnded) {
      connection.close();
      pool.all.delete(connection);
    } else {
      pool.idle.push(connection);
    }
  }

  /** The user is gone: connections close as soon as nothing is on them. */
  end(): void {
    this.#hasEnded = true;
    this.close({ all: false });
  }

  /** Takes an exchange that has no connection yet out of the queue. */
  withdraw(exchange: Exchange): void {
    const { queue } = this.#pool(exchange.origin);
    const at = queue.indexOf(exchange);
    if (at >= 0) queue.splice(at, 1);
  }

  /** Closes connections that are idle; with `all`, every one. */
  close({ all }: { all: boolean }): void {
    for (const pool of this.#pools.values()) {
      for (const connection of all ? pool.all : pool.idle) {
        connection.close();
        pool.all.delete(connection);
      }
      pool.idle = [];
    }
  }

  #open(pool: OriginPool): Connection | undefined {
    if (pool.all.size >= this.engine.settings.connectionsPerUser) return undefined;
    const connection = openConnection(pool.origin, this.engine, this.place);
    pool.all.add(connection);
    return connection;
  }

  /** Nearly all requests of a user go to one origin. */
  #pool(origin: URL): OriginPool {
    if (this.#lastPool?.origin === origin) return this.#lastPool;
    let pool = this.#pools.get(origin.origin);
    if (pool === undefined) {
      pool = { origin, idle: [], all: new Set<Connection>(), queue: [] };
      this.#pools.set(origin.origin, pool);
    }
    this.#lastPool = pool;
    return pool;
  }
}
