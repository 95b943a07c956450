import { noCounts, type SeriesCounts } from './aggregate.js';
import { compareSeries, computeStatistics, type SeriesStatistics, sumSeries } from './statistics.js';
import { type Part, Tally } from './tally.js';

/** Current figures look back this many seconds, from now and not from the last answer. */
export const WINDOW_SECONDS = 10;

/** Rows of a report: every (method, name), sorted, and their sum. */
export interface Table {
  rows: SeriesStatistics[];
  aggregated: SeriesStatistics;
}

interface KeptInterval {
  interval: number;
  parts: Part[];
}

/**
 * The running totals of a run and its last ten seconds, made from interval parts. Live reports, the final result and a
 * replayed recording all use this one, so their numbers are the same.
 */
export class RunTotals {
  readonly #total = new Tally();
  #recent: KeptInterval[] = [];
  #lastInterval = -1;
  /** Set by `reset()`: what finished in earlier seconds no longer counts. */
  #firstInterval = 0;

  /** Adds what an interval counted; also for what comes late. */
  add(interval: number, part: Part): void {
    if (interval < this.#firstInterval) {
      this.#total.requests.merge(carryOver(part.series));
      return;
    }
    this.#total.merge(part);
    this.#lastInterval = Math.max(this.#lastInterval, interval);
    const known = this.#recent.find((kept) => kept.interval === interval);
    if (known === undefined) this.#recent.push({ interval, parts: [part] });
    else known.parts.push(part);
    this.#recent = this.#recent.filter((kept) => kept.interval > this.#lastInterval - WINDOW_SECONDS);
  }

  /** Forgets what finished before second `firstInterval` (`--reset-stats`), also what is still to come of it. */
  reset(firstInterval: number): void {
    const kept = this.#recent.filter((recent) => recent.interval >= firstInterval);
    const carried = carryOver(this.#total.requests.read());
    this.#total.reset();
    this.#total.requests.merge(carried);
    for (const { parts } of kept)
      for (const part of parts) this.#total.requests.merge(takeBack(carryOver(part.series)));
    this.#recent = [];
    this.#firstInterval = firstInterval;
    for (const { interval, parts } of kept) for (const part of parts) this.add(interval, part);
  }

  /** All that was counted, by name. */
  read(): Part {
    return this.#total.read();
  }

  /** What tasks threw, by what it says and where. */
  get exceptions(): Part['exceptions'] {
    return this.#total.exceptions;
  }

  /** How checks went, by name. */
  get checks(): Part['checks'] {
    return this.#total.checks;
  }

  get hasFoldedNames(): boolean {
    return this.#total.requests.hasFoldedNames;
  }

  /** Errors that tasks threw. */
  get exceptionCount(): number {
    return this.#total.exceptionCount;
  }

  /** The whole run so far, with rates over its `elapsedMs`; `series` are its own, for those who have read them already. */
  table(elapsedMs: number, series = this.#total.requests.read()): Table {
    return tableOf(series, elapsedMs - this.#firstInterval * 1000);
  }

  /** The last ten closed seconds, fewer at the beginning. */
  window(): Table {
    const tally = new Tally();
    for (const { parts } of this.#recent) for (const part of parts) tally.requests.merge(part.series);
    const seconds = Math.min(WINDOW_SECONDS, this.#lastInterval + 1 - this.#firstInterval);
    return tableOf(tally.requests.read(), Math.max(seconds, 0) * 1000);
  }
}

/** What had begun and not ended: it ends after the reset, and begun = completed + interrupted has to hold there too. */
function carryOver(series: readonly SeriesCounts[]): SeriesCounts[] {
  return series.map(({ method, name, begun, completed, interrupted }) => {
    return { ...noCounts(method, name), begun: begun - completed - interrupted };
  });
}

function takeBack(series: readonly SeriesCounts[]): SeriesCounts[] {
  return series.map((counts) => ({ ...counts, begun: -counts.begun }));
}

/** Statistics of every row and of their sum. */
export function tableOf(series: readonly SeriesCounts[], durationMs: number): Table {
  return {
    rows: [...series].sort(compareSeries).map((counts) => computeStatistics(counts, durationMs)),
    aggregated: computeStatistics(sumSeries(series), durationMs),
  };
}
