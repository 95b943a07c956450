import { percentilesOf } from '../metrics/histogram.js';
import { sumSeries } from '../metrics/statistics.js';
import { sumOnce } from '../metrics/sum-once.js';
import { type Part, Tally } from '../metrics/tally.js';
import type { IntervalClosed } from '../runtime/protocol.js';
import { CORRECTED_SECONDS } from './csv-history.js';
import { LOAD_HISTORY_HEADER, loadHistoryRow } from './csv-rows.js';
import { formatCsv } from './csv-text.js';
import { TailFile } from './tail-file.js';

export interface LoadHistoryOptions {
  path: string;
  /** Wall-clock time of second 0, in whole seconds since 1970. */
  startedAtSeconds: number;
}

/** What a row is made of, besides what was counted. */
type Moment = Pick<IntervalClosed, 'interval' | 'gauges' | 'plannedUsers' | 'isPaused'>;

interface KeptSecond {
  moment: Moment;
  parts: Part[];
  /** Where in the file its row begins. */
  offset: number;
}

/**
 * The rows of `_load_history.csv`: what the load was in each second by itself, and how the target and Loadwright kept
 * up with it. What comes late is added to its second's row as long as that is no more than `CORRECTED_SECONDS` ago, and
 * after that to the oldest row that can still change, so that the rows always add up to what was counted.
 */
export class CsvLoadHistory {
  readonly #startedAtSeconds: number;
  readonly #file: TailFile;
  #kept: KeptSecond[] = [];
  /** What came before its second was closed. */
  #early: { interval: number; part: Part }[] = [];
  /** The first second whose row is no longer right. */
  #dirtyFrom = Number.POSITIVE_INFINITY;

  constructor(options: LoadHistoryOptions) {
    this.#startedAtSeconds = options.startedAtSeconds;
    this.#file = new TailFile(options.path);
    this.#file.append(formatCsv([LOAD_HISTORY_HEADER]));
  }

  /** Adds a second and writes its row. */
  add({ interval, part, gauges, plannedUsers, isPaused }: IntervalClosed): void {
    this.#correct();
    const isDue = (early: { interval: number }) => early.interval <= interval;
    const parts = [narrow(part), ...this.#early.filter(isDue).map((early) => early.part)];
    this.#early = this.#early.filter((early) => !isDue(early));
    const second = { moment: { interval, gauges, plannedUsers, isPaused }, parts, offset: this.#file.size };
    this.#kept.push(second);
    this.#kept = this.#kept.slice(-CORRECTED_SECONDS);
    this.#write(second);
  }

  /** Adds what comes late for a second. */
  amend(interval: number, part: Part): void {
    const last = this.#kept.at(-1)?.moment.interval ?? -1;
    if (interval > last) {
      this.#early.push({ interval, part: narrow(part) });
      return;
    }
    const second = this.#kept.find(({ moment }) => moment.interval >= interval)!;
    second.parts.push(narrow(part));
    this.#dirtyFrom = Math.min(this.#dirtyFrom, second.moment.interval);
  }

  /** Writes what has to be corrected and closes the file. */
  finish(): void {
    const last = this.#kept.at(-1);
    if (last !== undefined && this.#early.length > 0) {
      last.parts.push(...this.#early.map(({ part }) => part));
      this.#dirtyFrom = Math.min(this.#dirtyFrom, last.moment.interval);
    }
    this.#correct();
    this.#file.close();
  }

  /** Writes all rows from the first wrong one on once more. */
  #correct(): void {
    const wrong = this.#kept.filter(({ moment }) => moment.interval >= this.#dirtyFrom);
    this.#dirtyFrom = Number.POSITIVE_INFINITY;
    if (wrong.length === 0) return;
    this.#file.cut(wrong[0]!.offset);
    for (const second of wrong) {
      second.offset = this.#file.size;
      this.#write(second);
    }
  }

  #write({ moment, parts }: KeptSecond): void {
    const { series, iterations, startLag, droppedIterations, interruptedIterations, missedStarts } = mergeParts(parts);
    const { gauges, interval, plannedUsers, isPaused } = moment;
    const requests = sumSeries(series);
    const [startLagMedianMs, startLagHighMs] = percentilesOf(startLag.durations, [50, 99]);
    const row = loadHistoryRow({
      timestamp: this.#startedAtSeconds + interval + 1,
      users: Object.values(gauges.users).reduce((sum, count) => sum + count, 0),
      plannedUsers,
      isPaused,
      iterations: iterations.count,
      droppedIterations,
      interruptedIterations,
      missedStarts,
      startLagMedianMs,
      startLagHighMs,
      startLagMaxMs: startLag.maxMs,
      inFlight: gauges.inFlight,
      oldestInFlightMs: gauges.inFlight === 0 ? undefined : gauges.oldestInFlightMs,
      responseMs: percentilesOf(requests.durations, [95])[0],
      serviceMs: percentilesOf((requests.service ?? requests).durations, [95])[0],
      utilisation: gauges.eventLoopUtilisation,
    });
    this.#file.append(formatCsv([row]));
  }
}

/** Only what a row shows is kept. */
function narrow(part: Part): Part {
  return { ...part, series: [sumOnce(part.series)], exceptions: [], checks: [], groups: [], measures: [] };
}

function mergeParts(parts: readonly Part[]): Part {
  if (parts.length === 1) return parts[0]!;
  const tally = new Tally();
  for (const part of parts) tally.merge(part);
  return tally.read();
}
