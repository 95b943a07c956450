import type { SeriesCounts } from '../metrics/aggregate.js';
import { percentilesOf } from '../metrics/histogram.js';
import { SparseBuckets } from '../metrics/sparse-buckets.js';
import type { SparkPoint } from './format/format-sparkline.js';

interface KeptSecond {
  second: number;
  completed: number;
  durations: SparseBuckets;
  p95Ms: number | undefined;
}

const SECONDS = 60;

/** The last minute, second by second: requests, and the time that 95 % of them took no longer than. */
export class RecentMinute {
  #kept: KeptSecond[] = [];
  #last = -1;

  /** Adds what a second counted; also what comes late for it. */
  add(second: number, series: readonly SeriesCounts[]): void {
    this.#last = Math.max(this.#last, second);
    const kept = this.#find(second);
    for (const { completed, durations } of series) {
      kept.completed += completed;
      kept.durations.addCounts(durations);
    }
    [kept.p95Ms] = percentilesOf(kept.durations.readCounts(), [95]);
    this.#kept = this.#kept.filter((one) => one.second > this.#last - SECONDS);
  }

  readRates(): SparkPoint[] {
    return this.#kept.map(({ second, completed }) => ({ second, value: completed }));
  }

  readP95Ms(): SparkPoint[] {
    return this.#kept.map(({ second, p95Ms }) => ({ second, value: p95Ms }));
  }

  #find(second: number): KeptSecond {
    const known = this.#kept.find((kept) => kept.second === second);
    if (known !== undefined) return known;
    const added = { second, completed: 0, durations: new SparseBuckets(), p95Ms: undefined };
    this.#kept.push(added);
    this.#kept.sort((a, b) => a.second - b.second);
    return added;
  }
}
