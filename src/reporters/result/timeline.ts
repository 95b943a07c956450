import type { SeriesCounts } from '../../metrics/aggregate.js';
import type { GeneratorVerdict } from '../../metrics/generator-health.js';
import { computeTimes } from '../../metrics/statistics.js';
import type { IntervalAmended, IntervalClosed } from '../../runtime/protocol.js';
import { PointNames } from './point-names.js';
import type { ResultPoint, ResultTimeline } from './result-schema.js';

/** More points than these, and neighbours are merged two by two: an hour is kept second by second. */
const MAX_POINTS = 3_600;
/** What all points may hold: so many numbers, a bucket being two of them. */
const MAX_NUMBERS = 8_000_000;
/** How many buckets become one when points hold too much for the first time: 1.6 % wide instead of 0.1 %. */
const WIDE_BUCKET = 16;
const VERDICTS: readonly GeneratorVerdict[] = ['healthy', 'strained', 'saturated'];

/** A point whose names are read one by one, since together they are large. */
export type LazyPoint = Omit<ResultPoint, 'names'> & { names: Iterable<ResultPoint['names'][number]> };

type Counted = Pick<IntervalAmended, 'interval' | 'part'>;

type PointFigures = Omit<ResultPoint, 'durations' | 'names' | 'percentiles' | 'minMs' | 'maxMs' | 'startLagMaxMs'>;

interface Point {
  figures: PointFigures;
  minMs: number;
  maxMs: number;
  startLagMaxMs: number;
  names: PointNames;
}

/**
 * The run over time, in memory that does not grow with its length: points begin as seconds, and whenever there are too
 * many of them, or they hold too much, two neighbours become one of twice the length; before the latter, buckets become
 * wider, once. Nothing that was counted is lost, only when in a point, and where in a bucket, it was.
 */
export class Timeline {
  readonly #maxPoints: number;
  readonly #maxNumbers: number;
  readonly #series: { method: string; name: string }[] = [];
  readonly #indexes = new Map<string, Map<string, number>>();
  #points: Point[] = [];
  #secondsPerPoint = 1;
  #bucketWidth = 1;
  /** What all points but the last hold. */
  #numbers = 0;
  #countedFromSecond = 0;

  constructor(options: { maxPoints?: number; maxNumbers?: number } = {}) {
    this.#maxPoints = options.maxPoints ?? MAX_POINTS;
    this.#maxNumbers = options.maxNumbers ?? MAX_NUMBERS;
  }

  /** Adds a second of the run. */
  close(event: IntervalClosed): void {
    const { interval, gauges, generator, plannedUsers, isPaused } = event;
    const point = this.#pointOf(interval);
    const { figures } = point;
    if (interval >= figures.second + figures.seconds - 1) {
      figures.users = Object.values(gauges.users).reduce((sum, count) => sum + count, 0);
      figures.usersByLoad = gauges.usersByLoad;
      figures.plannedUsers = plannedUsers;
      figures.inFlight = gauges.inFlight;
    }
    figures.seconds = Math.max(figures.seconds, interval + 1 - figures.second);
    figures.isPaused ||= isPaused;
    figures.oldestInFlightMs = Math.max(figures.oldestInFlightMs, gauges.oldestInFlightMs);
    figures.generator = worseOf(figures.generator, generator.verdict);
    figures.utilisation = Math.max(figures.utilisation, generator.utilisation);
    figures.addedLatencyMs = Math.max(figures.addedLatencyMs, generator.addedLatency.p99Ms);
    this.amend(event);
  }

  /** Adds what a second counted, also when it comes late. */
  amend({ interval, part }: Counted): void {
    const point = this.#pointOf(interval);
    const { figures } = point;
    figures.iterations += part.iterations.count;
    figures.droppedIterations += part.droppedIterations;
    figures.missedStarts += part.missedStarts;
    figures.exceptions += part.exceptions.reduce((sum, { count }) => sum + count, 0);
    point.startLagMaxMs = Math.max(point.startLagMaxMs, part.startLag.maxMs ?? Number.NEGATIVE_INFINITY);
    this.#changeSize(point, () => {
      for (const series of part.series) this.#addSeries(point, series);
    });
    this.#shrink();
  }

  /** What finished before second `firstSecond` is in no total. */
  countFrom(firstSecond: number): void {
    this.#countedFromSecond = firstSecond;
  }

  read(): Omit<ResultTimeline, 'points'> & { points: Iterable<LazyPoint> } {
    return {
      secondsPerPoint: this.#secondsPerPoint,
      bucketWidth: this.#bucketWidth,
      countedFromSecond: this.#countedFromSecond,
      series: this.#series,
      points: this.#readPoints(),
    };
  }

  *#readPoints(): Generator<LazyPoint> {
    for (const point of this.#points) yield readPoint(point);
  }

  /** Points follow each other without a gap from second 0 on. */
  #pointOf(interval: number): Point {
    const index = Math.floor(interval / this.#secondsPerPoint);
    while (this.#points.length <= index) {
      const last = this.#points.at(-1);
      if (last !== undefined) {
        last.names.pack();
        this.#numbers += last.names.size;
      }
      this.#points.push(createPoint(this.#points.length * this.#secondsPerPoint, this.#bucketWidth));
    }
    return this.#points[index]!;
  }

  #addSeries(point: Point, series: SeriesCounts): void {
    const { figures } = point;
    figures.begun += series.begun;
    figures.interrupted += series.interrupted;
    figures.completed += series.completed;
    figures.failures += series.failures;
    figures.bytesReceived += series.bytesReceived;
    figures.bytesSent += series.bytesSent;
    figures.totalMs += series.totalMs;
    point.minMs = Math.min(point.minMs, series.minMs ?? point.minMs);
    point.maxMs = Math.max(point.maxMs, series.maxMs ?? point.maxMs);
    addCounts(figures.statuses, series.statuses);
    if (series.completed === 0 && series.durations.length === 0) return;
    point.names.add(this.#indexOf(series), series);
  }

  /** What comes late is put away at once. */
  #changeSize(point: Point, change: () => void): void {
    if (point === this.#points.at(-1)) {
      change();
      return;
    }
    this.#numbers -= point.names.size;
    change();
    point.names.pack();
    this.#numbers += point.names.size;
  }

  #shrink(): void {
    while (this.#points.length > this.#maxPoints) this.#mergeNeighbours();
    if (this.#bucketWidth === 1 && this.#holdsTooMuch()) this.#widenBuckets();
    while (this.#holdsTooMuch() && this.#points.length > 1) this.#mergeNeighbours();
  }

  #holdsTooMuch(): boolean {
    return this.#numbers + (this.#points.at(-1)?.names.size ?? 0) > this.#maxNumbers;
  }

  #widenBuckets(): void {
    this.#bucketWidth = WIDE_BUCKET;
    for (const { names } of this.#points) names.widen(WIDE_BUCKET);
    this.#countNumbers();
  }

  #countNumbers(): void {
    this.#numbers = this.#points.slice(0, -1).reduce((sum, { names }) => sum + names.size, 0);
  }

  #mergeNeighbours(): void {
    const merged: Point[] = [];
    for (let index = 0; index < this.#points.length; index += 2) {
      const point = this.#points[index]!;
      const next = this.#points[index + 1];
      if (next !== undefined) append(point, next);
      merged.push(point);
    }
    this.#points = merged;
    this.#secondsPerPoint *= 2;
    this.#countNumbers();
  }

  #indexOf({ method, name }: SeriesCounts): number {
    const names = this.#indexes.get(method) ?? new Map<string, number>();
    let index = names.get(name);
    if (index === undefined) {
      index = this.#series.length;
      this.#series.push({ method, name });
      this.#indexes.set(method, names.set(name, index));
    }
    return index;
  }
}

/** Makes one point of two that follow each other. */
function append(point: Point, next: Point): void {
  addFigures(point.figures, next.figures);
  point.minMs = Math.min(point.minMs, next.minMs);
  point.maxMs = Math.max(point.maxMs, next.maxMs);
  point.startLagMaxMs = Math.max(point.startLagMaxMs, next.startLagMaxMs);
  point.names.pack(next.names);
}

function createPoint(second: number, bucketWidth: number): Point {
  return {
    figures: {
      second,
      seconds: 1,
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
    },
    minMs: Number.POSITIVE_INFINITY,
    maxMs: Number.NEGATIVE_INFINITY,
    startLagMaxMs: Number.NEGATIVE_INFINITY,
    names: new PointNames(bucketWidth),
  };
}

const SUMS = [
  'seconds',
  'begun',
  'completed',
  'failures',
  'interrupted',
  'totalMs',
  'bytesReceived',
  'bytesSent',
  'iterations',
  'droppedIterations',
  'missedStarts',
  'exceptions',
] as const satisfies (keyof PointFigures)[];

function addFigures(figures: PointFigures, next: PointFigures): void {
  for (const key of SUMS) figures[key] += next[key];
  for (const key of ['oldestInFlightMs', 'utilisation', 'addedLatencyMs'] as const) {
    figures[key] = Math.max(figures[key], next[key]);
  }
  figures.users = next.users;
  figures.usersByLoad = next.usersByLoad;
  figures.plannedUsers = next.plannedUsers;
  figures.inFlight = next.inFlight;
  figures.isPaused ||= next.isPaused;
  figures.generator = worseOf(figures.generator, next.generator);
  addCounts(figures.statuses, next.statuses);
}

function readPoint({ figures, minMs, maxMs, startLagMaxMs, names }: Point): LazyPoint {
  names.pack();
  const durations = names.sumBuckets();
  const extremes = maxMs < minMs ? {} : { minMs, maxMs };
  const times = computeTimes({ totalMs: figures.totalMs, durations, ...extremes }, figures.completed);
  const { 50: median, 95: high, 99: highest } = times.percentiles;
  return {
    ...figures,
    ...extremes,
    percentiles: { '50': median, '95': high, '99': highest },
    ...(startLagMaxMs < 0 ? {} : { startLagMaxMs }),
    durations,
    names: names.read(),
  };
}

function worseOf(one: GeneratorVerdict, other: GeneratorVerdict): GeneratorVerdict {
  return VERDICTS[Math.max(VERDICTS.indexOf(one), VERDICTS.indexOf(other))] ?? one;
}

function addCounts(sums: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const key in counts) sums[key] = (sums[key] ?? 0) + counts[key]!;
}
