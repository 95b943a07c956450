import type { SeriesCounts } from '../../metrics/aggregate.js';
import type { GeneratorVerdict } from '../../metrics/generator-health.js';
import type { BucketCounts } from '../../metrics/histogram.js';
import { mergeBuckets } from '../../metrics/merge-buckets.js';
import { computeTimes } from '../../metrics/statistics.js';
import type { IntervalAmended, IntervalClosed } from '../../runtime/protocol.js';
import type { ResultPoint, ResultTimeline } from './result-schema.js';

/** More points than these, and neighbours are merged two by two: an hour is kept second by second. */
const MAX_POINTS = 3_600;
/** The same for what all points hold: so many numbers, a bucket being two of them. */
const MAX_NUMBERS = 8_000_000;
/** What a name in a point takes besides its buckets, as numbers. */
const NUMBERS_PER_NAME = 10;
const VERDICTS: readonly GeneratorVerdict[] = ['healthy', 'strained', 'saturated'];

type Counted = Pick<IntervalAmended, 'interval' | 'part'>;

/** What a name did in a point; distributions are put together when the point is finished. */
interface NamePoint {
  completed: number;
  failures: number;
  totalMs: number;
  durations: BucketCounts[];
}

type PointFigures = Omit<ResultPoint, 'durations' | 'names' | 'percentiles' | 'minMs' | 'maxMs' | 'startLagMaxMs'>;

interface Point {
  figures: PointFigures;
  minMs: number;
  maxMs: number;
  startLagMaxMs: number;
  durations: BucketCounts[];
  names: Map<number, NamePoint>;
}

/**
 * The run over time, in memory that does not grow with its length: points begin as seconds, and whenever there are too
 * many of them, or they hold too much, two neighbours become one of twice the length. Nothing that was counted is lost,
 * only when in a point it was.
 */
export class Timeline {
  readonly #maxPoints: number;
  readonly #maxNumbers: number;
  readonly #series: { method: string; name: string }[] = [];
  readonly #indexes = new Map<string, number>();
  #points: Point[] = [];
  #secondsPerPoint = 1;
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
    for (const series of part.series) this.#addSeries(point, series);
    while (this.#points.length > this.#maxPoints || this.#numbers > this.#maxNumbers) {
      if (!this.#mergeNeighbours()) return;
    }
  }

  /** What finished before second `firstSecond` is in no total. */
  countFrom(firstSecond: number): void {
    this.#countedFromSecond = firstSecond;
  }

  read(): Omit<ResultTimeline, 'points'> & { points: Iterable<ResultPoint> } {
    return {
      secondsPerPoint: this.#secondsPerPoint,
      countedFromSecond: this.#countedFromSecond,
      series: this.#series,
      points: this.#readPoints(),
    };
  }

  *#readPoints(): Generator<ResultPoint> {
    for (const point of this.#points) yield readPoint(point);
  }

  /** Points follow each other without a gap from second 0 on. */
  #pointOf(interval: number): Point {
    const index = Math.floor(interval / this.#secondsPerPoint);
    while (this.#points.length <= index) {
      const last = this.#points.at(-1);
      if (last !== undefined) this.#finish(last);
      this.#points.push(createPoint(this.#points.length * this.#secondsPerPoint));
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
    const { completed, failures, totalMs, durations } = series;
    this.#addName(point, this.#indexOf(series), { completed, failures, totalMs, durations: [durations] });
    point.durations.push(durations);
    this.#numbers += 2 * durations.length;
  }

  #addName(point: Point, index: number, { completed, failures, totalMs, durations }: NamePoint): void {
    const known = point.names.get(index);
    if (known === undefined) {
      point.names.set(index, { completed, failures, totalMs, durations });
      this.#numbers += NUMBERS_PER_NAME;
      return;
    }
    known.completed += completed;
    known.failures += failures;
    known.totalMs += totalMs;
    known.durations.push(...durations);
  }

  /** Makes one distribution of many. */
  #finish(point: Point): void {
    this.#numbers -= sizeOf(point);
    point.durations = [mergeBuckets(point.durations)];
    for (const name of point.names.values()) name.durations = [mergeBuckets(name.durations)];
    this.#numbers += sizeOf(point);
  }

  #mergeNeighbours(): boolean {
    if (this.#points.length < 2) return false;
    const merged: Point[] = [];
    for (let index = 0; index < this.#points.length; index += 2) {
      merged.push(this.#merge(this.#points[index]!, this.#points[index + 1]));
    }
    this.#points = merged;
    this.#secondsPerPoint *= 2;
    return true;
  }

  #merge(point: Point, next: Point | undefined): Point {
    if (next !== undefined) {
      addFigures(point.figures, next.figures);
      point.minMs = Math.min(point.minMs, next.minMs);
      point.maxMs = Math.max(point.maxMs, next.maxMs);
      point.startLagMaxMs = Math.max(point.startLagMaxMs, next.startLagMaxMs);
      point.durations.push(...next.durations);
      this.#numbers -= NUMBERS_PER_NAME * next.names.size;
      for (const [index, name] of next.names) this.#addName(point, index, name);
    }
    this.#finish(point);
    return point;
  }

  #indexOf({ method, name }: SeriesCounts): number {
    const key = `${method}\n${name}`;
    let index = this.#indexes.get(key);
    if (index === undefined) {
      index = this.#series.length;
      this.#series.push({ method, name });
      this.#indexes.set(key, index);
    }
    return index;
  }
}

function sizeOf({ durations, names }: Point): number {
  let numbers = 0;
  for (const buckets of durations) numbers += buckets.length;
  for (const name of names.values()) for (const buckets of name.durations) numbers += buckets.length;
  return numbers;
}

function createPoint(second: number): Point {
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
    durations: [],
    names: new Map(),
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

function readPoint({ figures, minMs, maxMs, startLagMaxMs, durations, names }: Point): ResultPoint {
  const all = mergeBuckets(durations);
  const extremes = maxMs < minMs ? {} : { minMs, maxMs };
  const times = computeTimes({ totalMs: figures.totalMs, durations: all, ...extremes }, figures.completed);
  const { 50: median, 95: high, 99: highest } = times.percentiles;
  return {
    ...figures,
    ...extremes,
    percentiles: { '50': median, '95': high, '99': highest },
    ...(startLagMaxMs < 0 ? {} : { startLagMaxMs }),
    durations: all,
    names: [...names].map(([index, name]) => {
      return [index, name.completed, name.failures, name.totalMs, mergeBuckets(name.durations)];
    }),
  };
}

function worseOf(one: GeneratorVerdict, other: GeneratorVerdict): GeneratorVerdict {
  return VERDICTS[Math.max(VERDICTS.indexOf(one), VERDICTS.indexOf(other))] ?? one;
}

function addCounts(sums: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [key, count] of Object.entries(counts)) sums[key] = (sums[key] ?? 0) + count;
}
