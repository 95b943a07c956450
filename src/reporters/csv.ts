import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Clock, systemClock } from '../metrics/clock.js';
import type { RunTotals, Table } from '../metrics/run-totals.js';
import type { ExceptionCounts, Part } from '../metrics/tally.js';
import type { IntervalClosed, RunEvent, RunStarted } from '../runtime/protocol.js';
import { CsvHistory } from './csv-history.js';
import { CsvLoadHistory } from './csv-load-history.js';
import { EXCEPTIONS_HEADER, exceptionRows, FAILURES_HEADER, failureRows, STATS_HEADER, statsRow } from './csv-rows.js';
import { writeCsvFile } from './csv-text.js';
import { readTotalTable } from './live-tables.js';
import type { Reporter } from './reporter.js';
import { WorkPace } from './work-pace.js';

export interface CsvOptions {
  /** What the file names begin with, folder included: `results/load_test`. The folder is made. */
  prefix: string;
  /** `--csv-full-history`: a row a second for every name in `_stats_history.csv`. */
  fullHistory: boolean;
  clock?: Clock;
}

/** While the run goes on, writing takes no more than one part in so many of the conducting thread's time. */
const LEAST_IDLE_FACTOR = 50;
/** Intervals close every second, give or take; after a pause several close at once. */
const LEAST_MS_BETWEEN_WRITES = 900;

/**
 * Writes the four files of Locust's `--csv`, `_stats`, `_stats_history`, `_failures` and `_exceptions`, and a fifth,
 * `_load_history`, about the load itself: comma-separated, CRLF, UTF-8. Times are milliseconds; what was not measured is
 * `N/A`; `Timestamp` is in seconds since 1970, `First Seen` and `Last Seen` are ISO 8601 in UTC.
 *
 * What people get wrong: in `_stats_history`, rates and percentiles are of the ten seconds before a row, and only the
 * `Total …` columns are of the whole run; in `_load_history`, everything is of the one second that ends with its row.
 *
 * The files are kept up to date while the run goes on, so a crash leaves them readable; when the run has finished they
 * are written completely, with the totals of the result.
 */
export function createCsvReporter(options: CsvOptions): Reporter {
  const files = new CsvFiles(options);
  return {
    name: 'CSV',
    onEvent: (event, totals) => files.onEvent(event, totals),
    finish: () => files.finish(),
  };
}

/** The files that a prefix leads to. */
export function csvFiles(prefix: string): string[] {
  const kinds = ['stats', 'stats_history', 'load_history', 'failures', 'exceptions'];
  return kinds.map((kind) => `${prefix}_${kind}.csv`);
}

class CsvFiles {
  readonly #options: CsvOptions;
  readonly #pace: WorkPace;
  #history: CsvHistory | undefined;
  #loadHistory: CsvLoadHistory | undefined;
  #startedAtMs = 0;
  #haveFailuresChanged = false;
  #haveExceptionsChanged = false;

  constructor(options: CsvOptions) {
    this.#options = options;
    const clock = options.clock ?? systemClock;
    this.#pace = new WorkPace({ idleFactor: LEAST_IDLE_FACTOR, leastMs: LEAST_MS_BETWEEN_WRITES, clock });
  }

  onEvent(event: RunEvent, totals: RunTotals): void {
    switch (event.type) {
      case 'run-started':
        this.#open(event);
        break;
      case 'interval-closed':
        this.#history?.add(event.interval, event.part.series, countUsers(event));
        this.#loadHistory?.add(event);
        this.#note(event.part);
        this.#writeCurrent(event, totals);
        break;
      case 'interval-amended':
        this.#history?.amend(event.interval, event.part.series);
        this.#loadHistory?.amend(event.interval, event.part);
        this.#note(event.part);
        break;
      case 'statistics-reset':
        this.#history?.reset(event.firstInterval);
        this.#haveFailuresChanged = true;
        this.#haveExceptionsChanged = true;
        break;
      case 'run-finished': {
        const { requests, total, part } = event.result;
        this.#closeHistories();
        this.#writeStats({ rows: requests, aggregated: total });
        this.#writeFailures({ rows: requests, aggregated: total });
        this.#writeExceptions(part.exceptions);
        break;
      }
      default:
    }
  }

  finish(): void {
    this.#closeHistories();
  }

  #open({ startedAt }: RunStarted): void {
    this.#startedAtMs = Date.parse(startedAt);
    mkdirSync(dirname(this.#options.prefix), { recursive: true });
    const startedAtSeconds = Math.floor(this.#startedAtMs / 1000);
    const { prefix, fullHistory } = this.#options;
    this.#history = new CsvHistory({ path: `${prefix}_stats_history.csv`, startedAtSeconds, fullHistory });
    this.#loadHistory = new CsvLoadHistory({ path: `${prefix}_load_history.csv`, startedAtSeconds });
    writeCsvFile(`${this.#options.prefix}_stats.csv`, [STATS_HEADER]);
    writeCsvFile(`${this.#options.prefix}_failures.csv`, [FAILURES_HEADER]);
    writeCsvFile(`${this.#options.prefix}_exceptions.csv`, [EXCEPTIONS_HEADER]);
  }

  #note(part: Part): void {
    this.#haveFailuresChanged ||= part.series.some((series) => series.failures > 0);
    this.#haveExceptionsChanged ||= part.exceptions.length > 0;
  }

  #writeCurrent(event: IntervalClosed, totals: RunTotals): void {
    this.#pace.run(() => {
      const table = readTotalTable(event, totals);
      this.#writeStats(table);
      if (this.#haveFailuresChanged) this.#writeFailures(table);
      if (this.#haveExceptionsChanged) this.#writeExceptions(totals.exceptions);
    });
  }

  #writeStats({ rows, aggregated }: Table): void {
    writeCsvFile(`${this.#options.prefix}_stats.csv`, [STATS_HEADER, ...[...rows, aggregated].map(statsRow)]);
  }

  #writeFailures({ rows }: Table): void {
    this.#haveFailuresChanged = false;
    writeCsvFile(`${this.#options.prefix}_failures.csv`, [FAILURES_HEADER, ...failureRows(rows, this.#startedAtMs)]);
  }

  #writeExceptions(exceptions: readonly ExceptionCounts[]): void {
    this.#haveExceptionsChanged = false;
    writeCsvFile(`${this.#options.prefix}_exceptions.csv`, [EXCEPTIONS_HEADER, ...exceptionRows(exceptions)]);
  }

  #closeHistories(): void {
    this.#history?.finish();
    this.#history = undefined;
    this.#loadHistory?.finish();
    this.#loadHistory = undefined;
  }
}

function countUsers({ gauges }: IntervalClosed): number {
  return Object.values(gauges.users).reduce((sum, count) => sum + count, 0);
}
