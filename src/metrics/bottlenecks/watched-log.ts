import type { MonitorReadings } from '../monitors/monitor-sample.js';
import type { WatchedSeries } from './evidence.js';

/** Points get twice as long when there would be more of them. */
const MAX_POINTS = 600;
const MAX_SERIES = 20;
const INTERVAL_MS = 1000;
/** What rules look at: of processes and the machine these, and of others what has to do with waiting jobs. */
const OF_MACHINES = ['cpu', 'cpu_busiest', 'memory'];
const OF_JOBS = /queue|jobs/i;

/** Keeps what monitors tell of a run, as far as rules look at it, in memory that does not grow with time. */
export class WatchedLog {
  readonly #series = new Map<string, WatchedSeries>();
  #firstInterval = 0;

  add({ interval, samples }: MonitorReadings): void {
    if (interval < this.#firstInterval) return;
    const atMs = (interval + 1) * INTERVAL_MS;
    for (const { monitor, kind, values } of samples) {
      for (const [metric, value] of Object.entries(values)) {
        if (isLookedAt(monitor, kind, metric)) this.#at(monitor, kind, metric)?.points.push({ atMs, value });
      }
    }
    for (const series of this.#series.values()) if (series.points.length > MAX_POINTS) halve(series);
  }

  reset(firstInterval: number): void {
    this.#firstInterval = firstInterval;
    this.#series.clear();
  }

  read(): WatchedSeries[] {
    return [...this.#series.values()];
  }

  #at(monitor: string, watches: string, metric: string): WatchedSeries | undefined {
    const key = `${monitor} ${metric}`;
    const known = this.#series.get(key);
    if (known !== undefined || this.#series.size >= MAX_SERIES) return known;
    const series: WatchedSeries = { watches, monitor, metric, points: [] };
    this.#series.set(key, series);
    return series;
  }
}

function isLookedAt(monitor: string, kind: string, metric: string): boolean {
  if (kind === 'process' || kind === 'host') return OF_MACHINES.includes(metric);
  return OF_JOBS.test(monitor) || OF_JOBS.test(metric);
}

/** Two neighbours become one. */
function halve(series: WatchedSeries): void {
  const { points } = series;
  series.points = points.flatMap((point, at) => {
    if (at % 2 === 1) return [];
    const next = points[at + 1] ?? point;
    return [{ atMs: next.atMs, value: (point.value + next.value) / 2 }];
  });
}
