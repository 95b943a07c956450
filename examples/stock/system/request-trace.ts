import { IncomingMessage } from 'node:http';

/** Where the time of one request went, for its `Server-Timing` header. Times are in milliseconds. */
export class RequestTrace {
  #queries = 0;
  #dbMs = 0;
  #authMs: number | undefined;
  #cacheMs = 0;
  #cacheOutcome: 'hit' | 'miss' | undefined;
  #lockMs: number | undefined;
  #retries = 0;
  #poolMs: number | undefined;
  #poolUse = '';
  #jobsWaiting: number | undefined;

  addQuery(durationMs: number): void {
    this.#queries += 1;
    this.#dbMs += durationMs;
  }

  /** Checking a token, or a password. */
  addAuth(durationMs: number): void {
    this.#authMs = (this.#authMs ?? 0) + durationMs;
  }

  /** A request that missed anything counts as a miss. */
  addCache(outcome: 'hit' | 'miss', durationMs: number): void {
    this.#cacheMs += durationMs;
    if (this.#cacheOutcome !== 'miss') this.#cacheOutcome = outcome;
  }

  /** Waiting for others who hold, or have changed, the same row. */
  addLock(durationMs: number): void {
    this.#lockMs = (this.#lockMs ?? 0) + durationMs;
  }

  /** Time of a query that was counted as something else. */
  moveFromQuery(durationMs: number): void {
    this.#dbMs = Math.max(0, this.#dbMs - durationMs);
  }

  addRetry(): void {
    this.#retries += 1;
  }

  /** Waiting for a connection; how many of the pool's are in use now. */
  addPool(durationMs: number, inUse: number, size: number): void {
    this.#poolMs = (this.#poolMs ?? 0) + durationMs;
    this.#poolUse = `${inUse} of ${size}`;
  }

  /** Jobs that nobody has begun with, this one among them. */
  setQueue(waiting: number): void {
    this.#jobsWaiting = waiting;
  }

  format(): string {
    let text = `db;dur=${round(this.#dbMs)};desc="${this.#queries} ${this.#queries === 1 ? 'query' : 'queries'}"`;
    if (this.#authMs !== undefined) text += `, auth;dur=${round(this.#authMs)}`;
    if (this.#cacheOutcome !== undefined) text += `, cache;dur=${round(this.#cacheMs)};desc=${this.#cacheOutcome}`;
    if (this.#lockMs !== undefined) {
      text += `, lock;dur=${round(this.#lockMs)}`;
      if (this.#retries > 0) text += `;desc="${this.#retries} ${this.#retries === 1 ? 'retry' : 'retries'}"`;
    }
    if (this.#poolMs !== undefined) text += `, pool;dur=${round(this.#poolMs)};desc="${this.#poolUse}"`;
    if (this.#jobsWaiting !== undefined) text += `, queue;desc="${this.#jobsWaiting} waiting"`;
    return text;
  }
}

/** A request that knows where its time went. */
export class TracedRequest extends IncomingMessage {
  readonly trace = new RequestTrace();
}

export function traceOf(request: IncomingMessage): RequestTrace {
  return (request as TracedRequest).trace;
}

function round(durationMs: number): number {
  return Math.round(durationMs * 1000) / 1000;
}
