import type { SeriesCounts } from '../metrics/aggregate.js';
import { percentilesOf } from '../metrics/histogram.js';
import { PackedDistribution } from '../metrics/packed-distribution.js';
import { sumOnce } from '../metrics/sum-once.js';
import type { SparkPoint } from './format/format-sparkline.js';

interface KeptSecond {
  second: number;
  completed: number;
  durations: PackedDistribution;
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
    const { completed, durations } = sumOnce(series);
    kept.completed += completed;
    kept.durations.add(durations);
    [kept.p95Ms] = percentilesOf(kept.durations.read(), [95]);
    kept.durations.pack();
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
    const added = { second, completed: 0, durations: new PackedDistribution(), p95Ms: undefined };
    this.#kept.push(added);
    this.#kept.sort((a, b) => a.second - b.second);
    return added;
  }
}
