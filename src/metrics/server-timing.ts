import type { BucketCounts } from './histogram.js';
import { leadingNumber, parseServerTiming, type ServerTimingEntry } from './parse-server-timing.js';
import { SparseBuckets } from './sparse-buckets.js';
import type { TimeCounts } from './times.js';

/** Entries beyond this many of a request name are counted as one, `OTHER_ENTRIES`; the same for descriptions of one. */
export const MOST_ENTRIES = 20;
export const MOST_DESCRIPTIONS = 20;
export const OTHER_ENTRIES = '(other entries)';
export const OTHER_DESCRIPTIONS = '(other descriptions)';

export interface DescriptionCounts {
  description: string;
  count: number;
}

/**
 * What the responses to one request name said of one `Server-Timing` entry (`db`, `cache`) in a stretch of time, as plain
 * data. Sum, least, greatest and distribution are of `dur`, in ms; a response that has the entry several times counts once,
 * with their sum.
 */
export interface ServerTimingCounts extends TimeCounts {
  entry: string;
  /** Responses that had it. */
  count: number;
  /** Those of them that gave a `dur`, and how long they took in all: `totalMs / serviceMs` is its share of their time. */
  timed: number;
  serviceMs: number;
  /** Whatever `desc` said, each with how often. */
  descriptions: DescriptionCounts[];
  /** Descriptions that begin with a number (`3 queries`), and the sum of these numbers. */
  numbered: number;
  numberSum: number;
  /** Descriptions of the form `20 of 20`: nothing was left. */
  full: number;
}

class EntryTimes {
  readonly entry: string;
  /** The response that is read, if it had this entry, and what it gave so far. */
  response = 0;
  pendingMs: number | undefined;
  #count = 0;
  #timed = 0;
  #serviceMs = 0;
  #totalMs = 0;
  #minMs = Number.POSITIVE_INFINITY;
  #maxMs = Number.NEGATIVE_INFINITY;
  #numbered = 0;
  #numberSum = 0;
  #full = 0;
  readonly #descriptions = new Map<string, number>();
  readonly #buckets = new SparseBuckets();

  constructor(entry: string) {
    this.entry = entry;
  }

  describe(description: string, count = 1): void {
    const known = this.#descriptions.get(description);
    const isRoom = known !== undefined || this.#descriptions.size < MOST_DESCRIPTIONS;
    const key = isRoom ? description : OTHER_DESCRIPTIONS;
    this.#descriptions.set(key, (known ?? this.#descriptions.get(key) ?? 0) + count);
  }

  readNumber(description: string): void {
    const number = leadingNumber(description);
    if (number === undefined) return;
    this.#numbered++;
    this.#numberSum += number;
    const rest = / of (\d{1,15})$/.exec(description);
    if (rest !== null && number > 0 && number >= Number(rest[1])) this.#full++;
  }

  end(serviceMs: number): void {
    this.#count++;
    const durationMs = this.pendingMs;
    if (durationMs === undefined) return;
    this.#timed++;
    this.#serviceMs += serviceMs;
    this.#totalMs += durationMs;
    this.#buckets.record(durationMs);
    if (durationMs < this.#minMs) this.#minMs = durationMs;
    if (durationMs > this.#maxMs) this.#maxMs = durationMs;
  }

  merge(counts: ServerTimingCounts): void {
    this.#count += counts.count;
    this.#timed += counts.timed;
    this.#serviceMs += counts.serviceMs;
    this.#totalMs += counts.totalMs;
    if (counts.minMs !== undefined) this.#minMs = Math.min(this.#minMs, counts.minMs);
    if (counts.maxMs !== undefined) this.#maxMs = Math.max(this.#maxMs, counts.maxMs);
    this.#numbered += counts.numbered;
    this.#numberSum += counts.numberSum;
    this.#full += counts.full;
    this.#buckets.addCounts(counts.durations);
    for (const { description, count } of counts.descriptions) this.describe(description, count);
  }

  read(): ServerTimingCounts {
    const durations: BucketCounts = this.#buckets.readCounts();
    return {
      entry: this.entry,
      count: this.#count,
      timed: this.#timed,
      serviceMs: this.#serviceMs,
      totalMs: this.#totalMs,
      ...(this.#timed === 0 ? {} : { minMs: this.#minMs, maxMs: this.#maxMs }),
      durations,
      descriptions: [...this.#descriptions].map(([description, count]) => ({ description, count })),
      numbered: this.#numbered,
      numberSum: this.#numberSum,
      full: this.#full,
    };
  }
}

/** Counts the `Server-Timing` entries of one request name; merging in any order gives the same sums. */
export class ServerTiming {
  readonly #entries = new Map<string, EntryTimes>();
  /** Those that the response being read had. */
  readonly #present: EntryTimes[] = [];
  #response = 0;
  readonly #note = (found: ServerTimingEntry) => this.#add(found);

  /** Counts a response: its headers, joined, and how long its request took. */
  add(header: string, serviceMs: number): void {
    this.#response++;
    parseServerTiming(header, this.#note);
    for (const times of this.#present) times.end(serviceMs);
    this.#present.length = 0;
  }

  merge(all: readonly ServerTimingCounts[]): void {
    for (const counts of all) this.#entry(counts.entry).merge(counts);
  }

  read(): ServerTimingCounts[] {
    return [...this.#entries.values()].map((times) => times.read());
  }

  #add({ entry, durationMs, description }: ServerTimingEntry): void {
    const times = this.#entry(entry);
    if (times.response !== this.#response) {
      times.response = this.#response;
      times.pendingMs = undefined;
      this.#present.push(times);
    }
    if (durationMs !== undefined) times.pendingMs = (times.pendingMs ?? 0) + durationMs;
    if (description === undefined) return;
    times.describe(description);
    times.readNumber(description);
  }

  #entry(entry: string): EntryTimes {
    const known = this.#entries.get(entry);
    if (known !== undefined) return known;
    const key = this.#entries.size < MOST_ENTRIES ? entry : OTHER_ENTRIES;
    const times = this.#entries.get(key) ?? new EntryTimes(key);
    this.#entries.set(key, times);
    return times;
  }
}
