import type { BucketCounts } from './histogram.js';
import type { Sample } from './sample.js';
import { ServerTiming, type ServerTimingCounts } from './server-timing.js';
import { SlowestRequests, type SlowRequest } from './slowest-requests.js';
import { StatusCounts } from './status-counts.js';
import { type TimeCounts, Times } from './times.js';

/** A request name beyond this many is counted in one row, `OTHER_NAMES`. */
export const MAX_NAMES = 1000;
export const OTHER_NAMES = '(other names)';
/** Reasons of failure beyond this many a name are counted as one, `OTHER_REASONS`. */
const MAX_REASONS = 50;
export const OTHER_REASONS = '(other reasons)';

/** What one request name and method counted in a stretch of time, as plain data; adding two gives the longer stretch. */
export interface SeriesCounts {
  method: string;
  name: string;
  /** Requests handed to the network. */
  begun: number;
  /** Requests that ended with an answer or a failure. */
  completed: number;
  failures: number;
  /** Requests still unanswered when the run stopped waiting; neither completed nor failed. */
  interrupted: number;
  /** Sum, least and greatest response time of the completed ones; least and greatest are absent without any. */
  totalMs: number;
  minMs?: number;
  maxMs?: number;
  /** Service times, where they differ from the response times: absent where no start was late or missed. */
  service?: TimeCounts;
  bytesReceived: number;
  bytesSent: number;
  reconnects: number;
  hops: number;
  /** Response times, corrected for starts that were missed: never to be counted. */
  durations: BucketCounts;
  statuses: Record<string, number>;
  errors: ErrorCounts[];
  /** What responses said in `Server-Timing`, by entry; absent where none did. */
  serverTiming?: ServerTimingCounts[];
  /** The slowest of those that were sent with a trace, the slowest first; absent where none were. */
  slowest?: SlowRequest[];
}

/** One reason of failure. Instants are milliseconds since the run started. */
export interface ErrorCounts {
  error: string;
  count: number;
  firstSeenMs: number;
  lastSeenMs: number;
}

type Identity = Pick<SeriesCounts, 'method' | 'name'>;

type PlainCounts = Pick<
  SeriesCounts,
  | keyof Identity
  | 'begun'
  | 'completed'
  | 'failures'
  | 'interrupted'
  | 'bytesReceived'
  | 'bytesSent'
  | 'reconnects'
  | 'hops'
>;

class Series {
  counts: PlainCounts;
  readonly response = new Times();
  /** Made when the first request comes whose two times differ. */
  service: Times | undefined;
  #spare: Times | undefined;
  readonly statuses = new StatusCounts();
  readonly errors = new Map<string, ErrorCounts>();
  /** Made when the first response comes that has something to say, and forgotten with what it said. */
  #serverTiming: ServerTiming | undefined;
  #slowest: SlowestRequests | undefined;

  constructor(identity: Identity) {
    this.counts = zeroes(identity);
  }

  addError(error: ErrorCounts): void {
    const key = this.errors.has(error.error) || this.errors.size < MAX_REASONS ? error.error : OTHER_REASONS;
    const known = this.errors.get(key);
    if (known === undefined) {
      this.errors.set(key, { ...error, error: key });
      return;
    }
    known.count += error.count;
    known.firstSeenMs = Math.min(known.firstSeenMs, error.firstSeenMs);
    known.lastSeenMs = Math.max(known.lastSeenMs, error.lastSeenMs);
  }

  /** What the target said of a request: few targets do, and few requests have a trace. */
  addTold({ serverTiming, traceId, serviceMs, status, error }: Sample, finishedAtMs: number): void {
    if (serverTiming !== undefined) {
      this.#serverTiming ??= new ServerTiming();
      this.#serverTiming.add(serverTiming, serviceMs);
    }
    if (traceId === undefined) return;
    this.#slowest ??= new SlowestRequests();
    if (!this.#slowest.wants(serviceMs)) return;
    this.#slowest.add({ traceId, serviceMs, status, finishedAtMs, ...(error === undefined ? {} : { error }) });
  }

  mergeTold({ serverTiming, slowest }: SeriesCounts): void {
    if (serverTiming !== undefined) {
      this.#serverTiming ??= new ServerTiming();
      this.#serverTiming.merge(serverTiming);
    }
    if (slowest === undefined) return;
    this.#slowest ??= new SlowestRequests();
    this.#slowest.merge(slowest);
  }

  /** From here on both times are kept; up to here they were the same. */
  split(): Times {
    if (this.service !== undefined) return this.service;
    this.#spare ??= new Times();
    this.#spare.merge(this.response.read());
    this.service = this.#spare;
    return this.service;
  }

  read(): SeriesCounts {
    return {
      ...this.counts,
      ...this.response.read(),
      ...(this.service === undefined ? {} : { service: this.service.read() }),
      statuses: this.statuses.read(),
      errors: [...this.errors.values()].map((error) => ({ ...error })),
      ...(this.#serverTiming === undefined ? {} : { serverTiming: this.#serverTiming.read() }),
      ...(this.#slowest === undefined ? {} : { slowest: this.#slowest.read() }),
    };
  }

  reset(): void {
    this.counts = zeroes(this.counts);
    this.response.reset();
    this.service = undefined;
    this.#spare?.reset();
    this.statuses.clear();
    this.errors.clear();
    this.#serverTiming = undefined;
    this.#slowest = undefined;
  }

  /** What was added for missed starts may come after its request was taken: then there are two times, and no counts. */
  get isEmpty(): boolean {
    const { begun, completed, interrupted } = this.counts;
    return begun === 0 && completed === 0 && interrupted === 0 && this.service === undefined;
  }
}

/**
 * Counts requests by method and name. A worker adds samples and takes what was counted since the last time; the
 * conductor merges what workers took. Merging in any order gives the same as having counted in one place.
 */
export class Aggregate {
  readonly #byMethod = new Map<string, Map<string, Series>>();
  readonly #maxNames: number;
  #names = 0;

  constructor(options: { maxNames?: number } = {}) {
    this.#maxNames = options.maxNames ?? MAX_NAMES;
  }

  /** True as soon as a name had to be folded into `OTHER_NAMES`. */
  hasFoldedNames = false;

  /** Counts a request that is about to be handed to the network. */
  addBegun(method: string, name: string): void {
    this.#series(method, name).counts.begun++;
  }

  addInterrupted(method: string, name: string): void {
    this.#series(method, name).counts.interrupted++;
  }

  /** Counts a finished request; `startedAtMs` is the run's start on the same clock as the sample's times. */
  add(sample: Sample, startedAtMs: number): void {
    const series = this.#series(sample.method, sample.name);
    const counts = series.counts;
    counts.completed++;
    counts.bytesReceived += sample.bytesReceived;
    counts.bytesSent += sample.bytesSent;
    counts.reconnects += sample.reconnects;
    counts.hops += sample.hops;
    if (sample.responseMs !== sample.serviceMs) series.split();
    series.response.add(sample.responseMs);
    series.service?.add(sample.serviceMs);
    series.statuses.add(sample.status);
    if (sample.serverTiming !== undefined || sample.traceId !== undefined) {
      series.addTold(sample, sample.finishedAtMs - startedAtMs);
    }
    if (sample.error !== undefined) {
      counts.failures++;
      const atMs = sample.finishedAtMs - startedAtMs;
      series.addError({ error: sample.error, count: 1, firstSeenMs: atMs, lastSeenMs: atMs });
    }
  }

  /** Adds what the requests that never started would have taken, to the response times alone. */
  correct({ method, name }: Identity, missedMs: readonly number[]): void {
    if (missedMs.length === 0) return;
    const series = this.#series(method, name);
    series.split();
    series.response.correct(missedMs);
  }

  merge(all: readonly SeriesCounts[]): void {
    for (const part of all) {
      const series = this.#series(part.method, part.name);
      const counts = series.counts;
      counts.begun += part.begun;
      counts.completed += part.completed;
      counts.failures += part.failures;
      counts.interrupted += part.interrupted;
      counts.bytesReceived += part.bytesReceived;
      counts.bytesSent += part.bytesSent;
      counts.reconnects += part.reconnects;
      counts.hops += part.hops;
      if (part.service !== undefined) series.split();
      series.response.merge(part);
      series.service?.merge(part.service ?? part);
      series.statuses.merge(part);
      for (const error of part.errors) series.addError(error);
      series.mergeTold(part);
    }
  }

  /** Everything counted so far; names without anything are left out. */
  read(): SeriesCounts[] {
    return this.#all()
      .filter((series) => !series.isEmpty)
      .map((series) => series.read());
  }

  /** Everything counted since the last time, which is then forgotten. */
  takeSnapshot(): SeriesCounts[] {
    const counts = this.read();
    this.reset();
    return counts;
  }

  reset(): void {
    for (const series of this.#all()) series.reset();
  }

  #all(): Series[] {
    return [...this.#byMethod.values()].flatMap((byName) => [...byName.values()]);
  }

  #series(method: string, name: string): Series {
    const series = this.#byMethod.get(method)?.get(name);
    return series ?? this.#create(method, name);
  }

  #create(method: string, name: string): Series {
    if (this.#names >= this.#maxNames && name !== OTHER_NAMES) {
      this.hasFoldedNames = true;
      return this.#series(method, OTHER_NAMES);
    }
    let byName = this.#byMethod.get(method);
    if (byName === undefined) {
      byName = new Map();
      this.#byMethod.set(method, byName);
    }
    const series = new Series({ method, name });
    byName.set(name, series);
    this.#names++;
    return series;
  }
}

function zeroes({ method, name }: Identity): PlainCounts {
  return {
    method,
    name,
    begun: 0,
    completed: 0,
    failures: 0,
    interrupted: 0,
    bytesReceived: 0,
    bytesSent: 0,
    reconnects: 0,
    hops: 0,
  };
}

/** Counts of a row that has seen nothing. */
export function noCounts(method: string, name: string): SeriesCounts {
  return { ...zeroes({ method, name }), totalMs: 0, durations: [], statuses: {}, errors: [] };
}
