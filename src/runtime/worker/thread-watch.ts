import { type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { now } from '../../metrics/clock.js';
import type { ConnectionCounts, GarbagePauses, ShareHealth } from '../../metrics/generator-health.js';
import { ProbeTimer } from './probe-timer.js';
import { ThreadClock, type ThreadTime } from './thread-time.js';

/** Intervals that are cut off within this time of each other have the rates of the first: it was one long block. */
const SAME_CUT_MS = 1;

type Rates = Pick<ShareHealth, 'utilisation' | 'cpuShare' | 'runDelayShare'>;

export interface ThreadWatchOptions {
  share: number;
  /** What was opened since the last time. */
  takeConnections(): ConnectionCounts;
}

/** Watches over the thread it runs in: whether it keeps up, and if not, what has its time. */
export class ThreadWatch {
  readonly #options: ThreadWatchOptions;
  readonly #probe = new ProbeTimer(now);
  #clock: ThreadClock | undefined;
  readonly #collections: PerformanceObserver;
  #garbage: GarbagePauses = { pauses: 0, totalMs: 0, longestMs: 0 };
  #atMs = now();
  #utilisation = performance.eventLoopUtilization();
  #time: ThreadTime | undefined;
  #rates: Rates = { utilisation: 0 };

  constructor(options: ThreadWatchOptions) {
    this.#options = options;
    this.#collections = new PerformanceObserver((list) => this.#addCollections(list.getEntries()));
  }

  start(): void {
    this.#collections.observe({ entryTypes: ['gc'] });
    this.#probe.start();
    this.#atMs = now();
    this.#utilisation = performance.eventLoopUtilization();
    this.#clock = new ThreadClock();
    this.#time = this.#clock.read();
  }

  /** What was noticed since the last time, for an interval that ended at `endMs`, by the clock of the process. */
  take({ startMs, endMs }: { startMs: number; endMs: number }): ShareHealth {
    const atMs = now();
    if (atMs - this.#atMs > SAME_CUT_MS) this.#rates = this.#takeRates(atMs);
    this.#addCollections(this.#collections.takeRecords());
    const garbage = this.#garbage;
    this.#garbage = { pauses: 0, totalMs: 0, longestMs: 0 };
    return {
      share: this.#options.share,
      lengthMs: endMs - startMs,
      ...this.#rates,
      ...this.#probe.take(endMs, atMs),
      garbage,
      connections: this.#options.takeConnections(),
    };
  }

  stop(): void {
    this.#collections.disconnect();
    this.#probe.stop();
    this.#clock?.close();
  }

  #takeRates(atMs: number): Rates {
    const lengthMs = atMs - this.#atMs;
    const before = { utilisation: this.#utilisation, time: this.#time };
    this.#atMs = atMs;
    this.#utilisation = performance.eventLoopUtilization();
    this.#time = this.#clock?.read();
    const { utilization } = performance.eventLoopUtilization(this.#utilisation, before.utilisation);
    if (this.#time === undefined || before.time === undefined) return { utilisation: utilization };
    return {
      utilisation: utilization,
      cpuShare: (this.#time.cpuMs - before.time.cpuMs) / lengthMs,
      runDelayShare: (this.#time.runDelayMs - before.time.runDelayMs) / lengthMs,
    };
  }

  #addCollections(entries: readonly PerformanceEntry[]): void {
    for (const { duration } of entries) {
      this.#garbage.pauses++;
      this.#garbage.totalMs += duration;
      this.#garbage.longestMs = Math.max(this.#garbage.longestMs, duration);
    }
  }
}
