import type { SeriesCounts } from '../../metrics/aggregate.js';
import type { GeneratorVerdict } from '../../metrics/generator-health.js';
import { widenBuckets } from '../../metrics/merge-buckets.js';
import { PackedDistribution } from '../../metrics/packed-distribution.js';
import type { Part } from '../../metrics/tally.js';
import { computeTimes } from '../../metrics/time-statistics.js';
import type { IntervalClosed } from '../../runtime/protocol.js';
import type { ResultPoint } from './result-schema.js';

const VERDICTS: readonly GeneratorVerdict[] = ['healthy', 'strained', 'saturated'];

type Place = 'second' | 'seconds';
type Figures = Omit<ResultPoint, Place | 'durations' | 'percentiles' | 'minMs' | 'maxMs' | 'startLagMaxMs'>;

const COUNTED = [
  'begun',
  'completed',
  'failures',
  'interrupted',
  'totalMs',
  'bytesReceived',
  'bytesSent',
] as const satisfies (keyof Figures & keyof SeriesCounts)[];
const SUMS = [
  ...COUNTED,
  'iterations',
  'droppedIterations',
  'missedStarts',
  'exceptions',
] as const satisfies (keyof Figures)[];

/** The run as a whole in one point of its time: all names together. */
export class TimelinePoint {
  readonly #figures = createFigures();
  readonly #durations = new PackedDistribution();
  #minMs = Number.POSITIVE_INFINITY;
  #maxMs = Number.NEGATIVE_INFINITY;
  #startLagMaxMs = Number.NEGATIVE_INFINITY;
  /** The last second that was closed. */
  #lastSecond = -1;

  /** How things stood at the end of a second. */
  stand({ interval, gauges, generator, plannedUsers, isPaused }: IntervalClosed): void {
    const figures = this.#figures;
    if (interval >= this.#lastSecond) {
      this.#lastSecond = interval;
      figures.users = Object.values(gauges.users).reduce((sum, count) => sum + count, 0);
      figures.usersByLoad = gauges.usersByLoad;
      figures.plannedUsers = plannedUsers;
      figures.inFlight = gauges.inFlight;
    }
    const { oldestInFlightMs } = gauges;
    const { verdict, utilisation, addedLatency } = generator;
    this.#noteWorst({
      isPaused,
      oldestInFlightMs,
      generator: verdict,
      utilisation,
      addedLatencyMs: addedLatency.p99Ms,
    });
  }

  /** What a second counted; `durations` are of all its names together. */
  /** @param all what its names counted together */
  count(part: Part, all: SeriesCounts): void {
    const figures = this.#figures;
    figures.iterations += part.iterations.count;
    figures.droppedIterations += part.droppedIterations;
    figures.missedStarts += part.missedStarts;
    for (const { count } of part.exceptions) figures.exceptions += count;
    this.#startLagMaxMs = Math.max(this.#startLagMaxMs, part.startLag.maxMs ?? this.#startLagMaxMs);
    for (const key of COUNTED) figures[key] += all[key];
    this.#minMs = Math.min(this.#minMs, all.minMs ?? this.#minMs);
    this.#maxMs = Math.max(this.#maxMs, all.maxMs ?? this.#maxMs);
    addCounts(figures.statuses, all.statuses);
    this.#durations.add(all.durations);
  }

  /** Adds the point behind it. */
  merge(next: TimelinePoint): void {
    const [figures, later] = [this.#figures, next.#figures];
    for (const key of SUMS) figures[key] += later[key];
    addCounts(figures.statuses, later.statuses);
    this.#noteWorst(later);
    this.#minMs = Math.min(this.#minMs, next.#minMs);
    this.#maxMs = Math.max(this.#maxMs, next.#maxMs);
    this.#startLagMaxMs = Math.max(this.#startLagMaxMs, next.#startLagMaxMs);
    this.#durations.merge(next.#durations);
    if (next.#lastSecond < 0) return;
    this.#lastSecond = next.#lastSecond;
    figures.users = later.users;
    figures.usersByLoad = later.usersByLoad;
    figures.plannedUsers = later.plannedUsers;
    figures.inFlight = later.inFlight;
  }

  pack(): void {
    this.#durations.pack();
  }

  /** Of its distribution, as far as it is packed. */
  get bytes(): number {
    return this.#durations.bytes;
  }

  read(bucketWidth: number): Omit<ResultPoint, Place> {
    const [minMs, maxMs] = [this.#minMs, this.#maxMs];
    const durations = this.#durations.read();
    const extremes = maxMs < minMs ? {} : { minMs, maxMs };
    const { totalMs, completed } = this.#figures;
    const {
      50: median,
      95: high,
      99: highest,
    } = computeTimes({ totalMs, durations, ...extremes }, completed).percentiles;
    return {
      ...this.#figures,
      ...extremes,
      percentiles: { '50': median, '95': high, '99': highest },
      ...(this.#startLagMaxMs < 0 ? {} : { startLagMaxMs: this.#startLagMaxMs }),
      durations: bucketWidth === 1 ? durations : widenBuckets(durations, bucketWidth),
    };
  }

  #noteWorst(
    later: Pick<Figures, 'isPaused' | 'oldestInFlightMs' | 'generator' | 'utilisation' | 'addedLatencyMs'>,
  ): void {
    const figures = this.#figures;
    figures.isPaused ||= later.isPaused;
    for (const key of ['oldestInFlightMs', 'utilisation', 'addedLatencyMs'] as const) {
      figures[key] = Math.max(figures[key], later[key]);
    }
    const worst = Math.max(VERDICTS.indexOf(figures.generator), VERDICTS.indexOf(later.generator));
    figures.generator = VERDICTS[worst] ?? figures.generator;
  }
}

function createFigures(): Figures {
  return {
    users: 0,
    usersByLoad: {},
    plannedUsers: 0,
    isPaused: false,
    inFlight: 0,
    oldestInFlightMs: 0,
    generator: 'healthy',
    utilisation: 0,
    addedLatencyMs: 0,
    begun: 0,
    completed: 0,
    failures: 0,
    interrupted: 0,
    totalMs: 0,
    bytesReceived: 0,
    bytesSent: 0,
    statuses: {},
    iterations: 0,
    droppedIterations: 0,
    missedStarts: 0,
    exceptions: 0,
  };
}

function addCounts(sums: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const key in counts) sums[key] = (sums[key] ?? 0) + counts[key]!;
}
