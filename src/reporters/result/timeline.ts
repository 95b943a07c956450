import { widenBuckets } from '../../metrics/merge-buckets.js';
import { sumOnce } from '../../metrics/sum-once.js';
import type { IntervalAmended, IntervalClosed } from '../../runtime/protocol.js';
import { type Column, Columns } from '../history/columns.js';
import { NameColumns } from '../history/name-columns.js';
import type { NameStretch } from '../history/name-stretch.js';
import type { NameFigures, NamePoint, ResultPoint, ResultTimeline } from './result-schema.js';
import { TimelinePoint } from './timeline-point.js';

export interface TimelineLimits {
  /** More points than these, and neighbours are merged two by two: an hour is kept second by second. */
  points: number;
  /** What the distributions of all points may take. */
  bytes: number;
  /** Past this the document has wider buckets. */
  fineBytes: number;
  /** The same for names: points times names, and bytes. */
  nameCells: number;
  nameBytes: number;
}

/** A bucket takes some two bytes here, and nine in the document. */
const LIMITS: TimelineLimits = {
  points: 3_600,
  bytes: 32_000_000,
  fineBytes: 6_000_000,
  nameCells: 120_000,
  nameBytes: 12_000_000,
};
/** How many buckets become one when there are too many: 1.6 % wide instead of 0.1 %. */
const WIDE_BUCKET = 16;

/** A point whose names are read one by one, since together they are large. */
export type LazyNamePoint = Omit<NamePoint, 'names'> & { names: Iterable<NameFigures> };

export interface LazyTimeline extends Omit<ResultTimeline, 'points' | 'byName'> {
  points: Iterable<ResultPoint>;
  byName: { secondsPerPoint: number; points: Iterable<LazyNamePoint> };
}

/**
 * The run over time, in memory that does not grow with its length. The run as a whole and its names have points of their
 * own, since hundreds of names take hundreds of times the room. Nothing that was counted is lost, only when in a point,
 * and where in a bucket, it was.
 */
export class Timeline {
  readonly #limits: TimelineLimits;
  readonly #points: Columns<TimelinePoint>;
  readonly #names: NameColumns;
  /** Of the distributions of all points. */
  #bytes = 0;
  #seconds = 0;
  #countedFromSecond = 0;

  constructor(limits: Partial<TimelineLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
    const { points, bytes, nameCells, nameBytes } = this.#limits;
    this.#names = new NameColumns({ columns: points, cells: nameCells, bytes: nameBytes });
    this.#points = new Columns({
      create: () => new TimelinePoint(),
      merge: (into, next) => {
        into.merge(next);
        this.#bytes -= next.bytes;
      },
      close: (point) => {
        this.#bytes -= point.bytes;
        point.pack();
        this.#bytes += point.bytes;
      },
      isFull: (count) => count > points || this.#bytes > bytes,
    });
  }

  /** Adds a second of the run. */
  close(event: IntervalClosed): void {
    this.#points.at(event.interval).stand(event);
    this.amend(event);
  }

  /** Adds what a second counted, also when it comes late. */
  amend({ interval, part }: Pick<IntervalAmended, 'interval' | 'part'>): void {
    this.#seconds = Math.max(this.#seconds, interval + 1);
    this.#points.at(interval).count(part, sumOnce(part.series));
    this.#names.add(interval, part.series);
  }

  /** What finished before second `firstSecond` is in no total. */
  countFrom(firstSecond: number): void {
    this.#countedFromSecond = firstSecond;
  }

  read(): LazyTimeline {
    this.#points.settle();
    const points = this.#points.read(this.#seconds);
    const names = this.#names.read(this.#seconds);
    const isFine = this.#names.bucketWidth === 1 && this.#bytes <= this.#limits.fineBytes;
    const bucketWidth = isFine ? 1 : WIDE_BUCKET;
    return {
      secondsPerPoint: this.#points.secondsPerColumn,
      bucketWidth,
      countedFromSecond: this.#countedFromSecond,
      series: [...this.#names.series],
      points: mapLazily(points, ({ content, ...place }) => ({ ...place, ...content.read(bucketWidth) })),
      byName: {
        secondsPerPoint: this.#names.secondsPerColumn,
        points: mapLazily(names, (column) => this.#readNames(column, bucketWidth)),
      },
    };
  }

  #readNames(column: Column<NameStretch>, bucketWidth: number): LazyNamePoint {
    const { second, seconds } = column;
    return { second, seconds, names: this.#readEach(column, bucketWidth) };
  }

  *#readEach(column: Column<NameStretch>, bucketWidth: number): Generator<NameFigures> {
    const isAsWide = bucketWidth === this.#names.bucketWidth;
    for (let index = 0; index < this.#names.series.length; index++) {
      const cell = this.#names.readCell(column, index);
      if (cell === undefined) continue;
      const { completed, failures, times } = cell;
      const durations = isAsWide ? times.durations : widenBuckets(times.durations, bucketWidth);
      yield [index, completed, failures, times.totalMs, durations];
    }
  }
}

function* mapLazily<From, To>(all: Iterable<From>, map: (one: From) => To): Generator<To> {
  for (const one of all) yield map(one);
}
