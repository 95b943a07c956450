import type { SeriesCounts } from '../../metrics/aggregate.js';
import type { IntervalAmended, IntervalClosed } from '../protocol.js';

/** A shorter silence may be a slow answer. */
const LEAST_SILENT_MS = 3000;

/** How the target fell silent and stayed so until the end. */
export interface Silence {
  fromMs: number;
  inFlight: number;
}

/** Notes since when requests have been waiting and none is answered. */
export class AnswerWatch {
  #silentFrom: number | undefined;
  #inFlight = 0;
  #stoppedAtMs = Number.POSITIVE_INFINITY;

  close({ interval, part, gauges }: IntervalClosed): void {
    if (hasAnswers(part.series)) this.#silentFrom = undefined;
    else if (interval * 1000 >= this.#stoppedAtMs || isCutOff(part.series)) return;
    else if (gauges.inFlight === 0) this.#silentFrom = undefined;
    else this.#silentFrom ??= interval;
    this.#inFlight = gauges.inFlight;
  }

  amend({ interval, part }: IntervalAmended): void {
    if (this.#silentFrom === undefined || !hasAnswers(part.series)) return;
    this.#silentFrom = Math.max(this.#silentFrom, interval + 1);
  }

  /** From here on nothing begins. */
  stop(atMs: number): void {
    this.#stoppedAtMs = Math.min(this.#stoppedAtMs, atMs);
  }

  /** The silence in which the run ended, if it was one of the target and not of the load. */
  findSilence(): Silence | undefined {
    if (this.#silentFrom === undefined) return undefined;
    const fromMs = this.#silentFrom * 1000;
    return this.#stoppedAtMs - fromMs >= LEAST_SILENT_MS ? { fromMs, inFlight: this.#inFlight } : undefined;
  }
}

/** Nothing waits any more because nobody waits for it. */
function isCutOff(series: readonly SeriesCounts[]): boolean {
  return series.some(({ interrupted }) => interrupted > 0);
}

/** Whatever the answers say; a request that ran into its timeout has none. */
function hasAnswers(series: readonly SeriesCounts[]): boolean {
  return series.some(
    ({ completed, failures, statuses }) =>
      completed > failures || Object.entries(statuses).some(([status, count]) => status !== '0' && count > 0),
  );
}
