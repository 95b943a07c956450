import type { SeriesCounts } from '../../metrics/aggregate.js';
import { BucketLog } from './bucket-log.js';
import { type Column, Columns } from './columns.js';
import { type NameCell, NameStretch } from './name-stretch.js';

export type Identity = Pick<SeriesCounts, 'method' | 'name'>;

export interface NameColumnsLimits {
  columns: number;
  /** Names times columns. */
  cells: number;
  /** Of all distributions together. */
  bytes: number;
}

/** Past the limit of bytes 2^4 buckets become one: 1.6 % wide instead of 0.1 %. */
const WIDE_SHIFT = 4;
/** Numbers that may come before it is worth packing them. */
const MOST_LOOSE = 500_000;

/**
 * Each name over time. With many names there are fewer and wider columns than for all together, and once distributions
 * take more room than they may, buckets become 16 times as wide as columns are merged: so memory is bounded.
 */
export class NameColumns {
  readonly #limits: NameColumnsLimits;
  readonly #columns: Columns<NameStretch>;
  readonly #series: Identity[] = [];
  readonly #indexes = new Map<string, Map<string, number>>();
  /** What came for one stretch, and is not packed yet. */
  readonly #log = new BucketLog();
  #open: NameStretch | undefined;
  #shift = 0;
  #bytes = 0;

  constructor(limits: NameColumnsLimits) {
    this.#limits = limits;
    this.#columns = new Columns({
      create: () => new NameStretch(this.#series.length),
      merge: (into, next) => this.#merge(into, next),
      close: (stretch) => {
        if (stretch === this.#open) this.#pack();
      },
      isFull: (columns) =>
        columns > limits.columns || columns * this.#series.length > limits.cells || this.#bytes > limits.bytes,
    });
  }

  /** All names so far; they are known by their place in this list. */
  get series(): readonly Identity[] {
    return this.#series;
  }

  /** So many of a histogram's buckets are one here. */
  get bucketWidth(): number {
    return 2 ** this.#shift;
  }

  /** How wide columns are, once they are read. */
  get secondsPerColumn(): number {
    return this.#columns.secondsPerColumn;
  }

  add(interval: number, all: readonly SeriesCounts[]): void {
    const stretch = this.#columns.at(interval);
    if (stretch !== this.#open) this.#pack();
    this.#open = stretch;
    for (const series of all) {
      if (series.completed === 0 && series.durations.length === 0) continue;
      const name = this.indexOf(series);
      stretch.count(name, series);
      this.#log.add(name, series.durations);
    }
    if (this.#log.length > MOST_LOOSE) this.#pack();
  }

  /** Where this name is in `series`, from here on. */
  indexOf({ method, name }: Identity): number {
    let names = this.#indexes.get(method);
    if (names === undefined) {
      names = new Map();
      this.#indexes.set(method, names);
    }
    let index = names.get(name);
    if (index === undefined) {
      index = this.#series.length;
      this.#series.push({ method, name });
      names.set(name, index);
    }
    return index;
  }

  /** All columns up to second `end`, of equal widths. */
  read(end: number): readonly Column<NameStretch>[] {
    this.#pack();
    this.#columns.settle();
    return this.#columns.read(end);
  }

  /** What a name did in one of the columns; undefined if that is nothing. */
  readCell({ content }: Column<NameStretch>, name: number): NameCell | undefined {
    return content.read(name, this.#shift);
  }

  #merge(into: NameStretch, next: NameStretch): void {
    if (into === this.#open || next === this.#open) this.#pack();
    this.#changeSize(into, () => into.merge(next, this.#shift));
    this.#bytes -= next.bytes;
  }

  #pack(): void {
    const stretch = this.#open;
    this.#open = undefined;
    if (stretch === undefined) return;
    this.#changeSize(stretch, () => stretch.add(this.#log, this.#shift));
    this.#log.clear();
  }

  #changeSize(stretch: NameStretch, change: () => void): void {
    this.#bytes -= stretch.bytes;
    change();
    this.#bytes += stretch.bytes;
    if (this.#bytes > this.#limits.bytes) this.#shift = WIDE_SHIFT;
  }
}
