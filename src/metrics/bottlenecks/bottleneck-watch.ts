import type { SeriesCounts } from '../aggregate.js';
import type { GeneratorSummary } from '../generator-health.js';
import type { MonitorReadings } from '../monitors/monitor-sample.js';
import { EvidenceLog } from './evidence-log.js';
import { findBottlenecks } from './find-bottlenecks.js';
import type { Bottleneck } from './rule-table.js';
import { WatchedLog } from './watched-log.js';

/** A second of the run, as it closed or as it was amended. */
interface WatchedInterval {
  interval: number;
  part: { series: readonly SeriesCounts[] };
  /** Users at work, by kind; absent of an amendment. */
  gauges?: { users: Readonly<Record<string, number>> };
}

/** Keeps what a run says about its target while it goes on, and says what held that up. */
export class BottleneckWatch {
  readonly #log = new EvidenceLog();
  readonly #watched = new WatchedLog();

  add({ interval, part, gauges }: WatchedInterval): void {
    const { series } = part;
    if (gauges === undefined) {
      this.#log.amend({ interval, series });
      return;
    }
    const users = Object.values(gauges.users).reduce((sum, count) => sum + count, 0);
    this.#log.add({ interval, series, users });
  }

  /** What monitors measured. */
  watch(readings: MonitorReadings): void {
    this.#watched.add(readings);
  }

  /** What came before second `firstInterval` does not count. */
  reset(firstInterval: number): void {
    this.#log.reset(firstInterval);
    this.#watched.reset(firstInterval);
  }

  /** `series`: of the whole run, as far as it counts. */
  find(series: readonly SeriesCounts[], generator: GeneratorSummary): Bottleneck[] {
    return findBottlenecks({ windows: this.#log.windows, watched: this.#watched.read(), series, generator });
  }
}
