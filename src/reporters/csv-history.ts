import { Aggregate, type SeriesCounts } from '../metrics/aggregate.js';
import { WINDOW_SECONDS } from '../metrics/run-totals.js';
import { compareSeries, computeStatistics, sumSeries } from '../metrics/statistics.js';
import { sumOnce } from '../metrics/sum-once.js';
import { HISTORY_HEADER, historyRow } from './csv-rows.js';
import { type CsvCell, formatCsv } from './csv-text.js';
import { TailFile } from './tail-file.js';

export interface HistoryOptions {
  path: string;
  /** Wall-clock time of second 0, in whole seconds since 1970. */
  startedAtSeconds: number;
  /** Rows for every name, not only for all together. */
  fullHistory: boolean;
}

/** What comes late for a second this long ago, or less, is still written into the rows of that time. */
export const CORRECTED_SECONDS = 30;
/** A row looks back a whole window, so the oldest row that can still change needs the seconds before it. */
const KEPT_SECONDS = CORRECTED_SECONDS + WINDOW_SECONDS;

interface KeptSecond {
  interval: number;
  parts: SeriesCounts[][];
  users: number;
  /** Where in the file the rows at the end of this second begin. */
  offset: number;
}

/**
 * The rows of `_stats_history.csv`. The row at second k has what was counted before second k, so the first one, at
 * second 0, has nothing. What comes late is added to the totals at once; rows already written are corrected if their
 * second is no more than `CORRECTED_SECONDS` ago, by writing the end of the file again before it is too late and when
 * the run ends. Rows older than that keep what was known then: memory stays the same however long the run.
 */
export class CsvHistory {
  readonly #options: HistoryOptions;
  readonly #file: TailFile;
  /** What was counted in seconds that are no longer kept. */
  #base = new Aggregate();
  #running = new Aggregate();
  #kept: KeptSecond[] = [];
  #nextInterval = 0;
  #firstInterval = 0;
  /** The first second whose rows are no longer right. */
  #dirtyFrom = Number.POSITIVE_INFINITY;
  #users = 0;

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#file = new TailFile(options.path);
    this.#file.append(formatCsv([HISTORY_HEADER]));
    this.#file.append(formatCsv(this.#rowsAfter(-1, new Aggregate())));
  }

  /** Adds a second and writes its rows. */
  add(interval: number, series: readonly SeriesCounts[], users: number): void {
    this.#users = users;
    if (interval < this.#nextInterval) {
      const known = this.#kept.find((kept) => kept.interval === interval);
      if (known !== undefined) known.users = users;
      this.amend(interval, series);
      return;
    }
    while (this.#nextInterval < interval) this.#addNext([]);
    this.#addNext(this.#narrow(series));
  }

  /** Adds what comes late for a second. */
  amend(interval: number, series: readonly SeriesCounts[]): void {
    if (interval < this.#firstInterval) return;
    if (interval >= this.#nextInterval) {
      this.add(interval, series, this.#users);
      return;
    }
    const part = this.#narrow(series);
    this.#running.merge(part);
    const known = this.#kept.find((kept) => kept.interval === interval);
    if (known === undefined) this.#base.merge(part);
    else known.parts.push(part);
    const oldest = Math.max(this.#firstInterval, this.#nextInterval - CORRECTED_SECONDS);
    this.#dirtyFrom = Math.min(this.#dirtyFrom, Math.max(interval, oldest));
  }

  /** What finished before second `firstInterval` no longer counts; rows up to then stay as they are. */
  reset(firstInterval: number): void {
    this.#correct();
    this.#firstInterval = firstInterval;
    this.#base = new Aggregate();
    this.#running = this.#countUpTo(Number.POSITIVE_INFINITY);
    if (firstInterval < this.#nextInterval) this.#dirtyFrom = firstInterval;
  }

  /** Writes what has to be corrected and closes the file. */
  finish(): void {
    this.#correct();
    this.#file.close();
  }

  #addNext(part: SeriesCounts[]): void {
    const interval = this.#nextInterval++;
    if (this.#dirtyFrom <= interval - CORRECTED_SECONDS) this.#correct();
    if (interval >= this.#firstInterval) this.#running.merge(part);
    this.#kept.push({ interval, parts: [part], users: this.#users, offset: this.#file.size });
    this.#file.append(formatCsv(this.#rowsAfter(interval, this.#running)));
    while (this.#kept.length > KEPT_SECONDS) this.#settle(this.#kept.shift()!);
  }

  #settle({ interval, parts }: KeptSecond): void {
    if (interval >= this.#firstInterval) for (const part of parts) this.#base.merge(part);
  }

  /** Writes all rows from the first wrong one on once more. */
  #correct(): void {
    const from = this.#kept.findIndex((kept) => kept.interval >= this.#dirtyFrom);
    this.#dirtyFrom = Number.POSITIVE_INFINITY;
    if (from < 0) return;
    this.#file.cut(this.#kept[from]!.offset);
    const total = this.#countUpTo(this.#kept[from]!.interval);
    for (const second of this.#kept.slice(from)) {
      for (const part of second.parts) total.merge(part);
      second.offset = this.#file.size;
      this.#file.append(formatCsv(this.#rowsAfter(second.interval, total)));
    }
  }

  /** Everything counted before the given second. */
  #countUpTo(end: number): Aggregate {
    const total = new Aggregate();
    total.merge(this.#base.read());
    for (const { interval, parts } of this.#kept) {
      if (interval >= this.#firstInterval && interval < end) for (const part of parts) total.merge(part);
    }
    return total;
  }

  #rowsAfter(interval: number, total: Aggregate): CsvCell[][] {
    const windowStart = Math.max(this.#firstInterval, interval + 1 - WINDOW_SECONDS);
    const window = this.#kept.filter((kept) => kept.interval >= windowStart && kept.interval <= interval);
    const current = window.flatMap(({ parts }) => parts.flat());
    const durationMs = Math.max(0, interval + 1 - windowStart) * 1000;
    const totals = total.read();
    const users = this.#kept.find((kept) => kept.interval === interval)?.users ?? 0;
    const at = { timestamp: this.#options.startedAtSeconds + interval + 1, users };
    const rowOf = (now: SeriesCounts, all: SeriesCounts) =>
      historyRow(at, computeStatistics(now, durationMs), computeStatistics(all, 0));
    const named = this.#options.fullHistory ? totals.sort(compareSeries) : [];
    const currentByKey = this.#options.fullHistory ? sumByName(current) : new Map<string, SeriesCounts>();
    return [
      ...named.map((counts) => rowOf(currentByKey.get(keyOf(counts)) ?? emptyLike(counts), counts)),
      rowOf(sumSeries(current), sumSeries(totals)),
    ];
  }

  /** Names are only kept apart if they get rows of their own; what failed requests said is not in this file. */
  #narrow(series: readonly SeriesCounts[]): SeriesCounts[] {
    if (!this.#options.fullHistory) return [sumOnce(series)];
    return series.map((counts) => ({ ...counts, errors: [], statuses: {} }));
  }
}

function sumByName(all: readonly SeriesCounts[]): Map<string, SeriesCounts> {
  const sum = new Aggregate();
  sum.merge(all);
  return new Map(sum.read().map((counts) => [keyOf(counts), counts]));
}

function keyOf({ method, name }: SeriesCounts): string {
  return `${method}\n${name}`;
}

function emptyLike({ method, name }: SeriesCounts): SeriesCounts {
  return { ...sumSeries([]), method, name };
}
