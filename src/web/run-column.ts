import type { SeriesCounts } from '../metrics/aggregate.js';
import type { GeneratorVerdict } from '../metrics/generator-health.js';
import { sumOnce } from '../metrics/sum-once.js';
import type { IntervalAmended, IntervalClosed } from '../runtime/protocol.js';
import { TimeCell } from './time-cell.js';

/** Worse ones later: a column shows the worst of its seconds. */
const VERDICTS: readonly GeneratorVerdict[] = ['healthy', 'strained', 'saturated'];

/** What counts up, and how things stood, in one stretch of the run. */
export interface ColumnFigures {
  completed: number;
  failures: number;
  iterations: number;
  droppedIterations: number;
  missedStarts: number;
  exceptions: number;
  bytesReceived: number;
  bytesSent: number;
  starts: number;
  /** At the end. */
  users: number;
  plannedUsers: number;
  /** The most there were at the end of a second; undefined where no second was closed. */
  inFlight: number | undefined;
  oldestInFlightMs: number;
  /** Of the busiest worker, in the worst second. */
  utilisation: number;
  addedLatencyMs: number;
  /** 0 healthy, 1 strained, 2 saturated. */
  generator: number;
  isPaused: boolean;
}

const SUMS = [
  'completed',
  'failures',
  'iterations',
  'droppedIterations',
  'missedStarts',
  'exceptions',
  'bytesReceived',
  'bytesSent',
  'starts',
] as const satisfies (keyof ColumnFigures)[];

const GREATEST = ['oldestInFlightMs', 'utilisation', 'addedLatencyMs', 'generator'] as const;

/** One column of the run as a whole: all names together. */
export class RunColumn {
  readonly figures = createFigures();
  readonly statuses = new Map<string, number>();
  readonly response = new TimeCell();
  readonly startLag = new TimeCell();
  /** Where it differs from the response time. */
  service: TimeCell | undefined;

  /** Adds a second: what it counted, and how things stood at its end. */
  close(event: IntervalClosed): void {
    const { gauges, generator, plannedUsers, isPaused } = event;
    this.#stand({
      users: Object.values(gauges.users).reduce((sum, count) => sum + count, 0),
      plannedUsers,
      inFlight: gauges.inFlight,
      oldestInFlightMs: gauges.oldestInFlightMs,
      utilisation: generator.utilisation,
      addedLatencyMs: generator.addedLatency.p99Ms,
      generator: VERDICTS.indexOf(generator.verdict),
      isPaused,
    });
    this.add(event);
  }

  /** Adds what a second counted. */
  add({ part }: Pick<IntervalAmended, 'part'>): void {
    const { figures } = this;
    figures.iterations += part.iterations.count;
    figures.droppedIterations += part.droppedIterations;
    figures.missedStarts += part.missedStarts;
    figures.starts += part.startLag.count;
    for (const { count } of part.exceptions) figures.exceptions += count;
    this.startLag.add(part.startLag);
    this.#addSeries(part.series);
  }

  merge(next: RunColumn): void {
    for (const key of SUMS) this.figures[key] += next.figures[key];
    this.#stand(next.figures);
    for (const [status, count] of next.statuses) addCount(this.statuses, status, count);
    if (next.service !== undefined) this.#split();
    this.service?.merge(next.service ?? next.response);
    this.response.merge(next.response);
    this.startLag.merge(next.startLag);
  }

  pack(): void {
    for (const times of [this.response, this.service, this.startLag]) times?.pack();
  }

  /** From here on both times are kept; up to here they were the same. */
  #split(): void {
    if (this.service !== undefined) return;
    this.service = new TimeCell();
    this.service.merge(this.response);
  }

  #stand(later: Omit<ColumnFigures, (typeof SUMS)[number]>): void {
    const { figures } = this;
    for (const key of GREATEST) figures[key] = Math.max(figures[key], later[key]);
    figures.isPaused ||= later.isPaused;
    if (later.inFlight === undefined) return;
    figures.inFlight = Math.max(figures.inFlight ?? 0, later.inFlight);
    figures.users = later.users;
    figures.plannedUsers = later.plannedUsers;
  }

  #addSeries(all: readonly SeriesCounts[]): void {
    const { figures } = this;
    const sum = sumOnce(all);
    figures.completed += sum.completed;
    figures.failures += sum.failures;
    figures.bytesReceived += sum.bytesReceived;
    figures.bytesSent += sum.bytesSent;
    for (const status in sum.statuses) addCount(this.statuses, status, sum.statuses[status]!);
    if (sum.service !== undefined) this.#split();
    this.service?.add(sum.service ?? sum);
    this.response.add(sum);
  }
}

function addCount(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function createFigures(): ColumnFigures {
  return {
    completed: 0,
    failures: 0,
    iterations: 0,
    droppedIterations: 0,
    missedStarts: 0,
    exceptions: 0,
    bytesReceived: 0,
    bytesSent: 0,
    starts: 0,
    users: 0,
    plannedUsers: 0,
    inFlight: undefined,
    oldestInFlightMs: 0,
    utilisation: 0,
    addedLatencyMs: 0,
    generator: 0,
    isPaused: false,
  };
}
