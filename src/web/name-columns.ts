import type { SeriesCounts } from '../metrics/aggregate.js';
import { Columns } from './columns.js';
import { TimeCell } from './time-cell.js';

/** What one name did in a column. */
export interface NameCell {
  completed: number;
  failures: number;
  times: TimeCell;
}

export interface NameColumnsLimits {
  columns: number;
  /** Names times columns. */
  cells: number;
  /** Of all distributions together. */
  bytes: number;
}

/** An hour of sixty names has four seconds a column, one of five hundred names 32. */
const LIMITS: NameColumnsLimits = { columns: 960, cells: 60_000, bytes: 32_000_000 };

/** Each name over time. With many names there are fewer and wider columns than for all together, so that memory is bounded. */
export class NameColumns {
  readonly #limits: NameColumnsLimits;
  readonly #columns: Columns<Map<string, NameCell>>;
  #cells = 0;
  #bytes = 0;

  constructor(limits: Partial<NameColumnsLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
    this.#columns = new Columns({
      create: () => new Map<string, NameCell>(),
      merge: (into, next) => this.#merge(into, next),
      close: (cells) => this.#pack(cells),
      isFull: (columns) =>
        columns > this.#limits.columns || this.#cells > this.#limits.cells || this.#bytes > this.#limits.bytes,
    });
  }

  add(interval: number, all: readonly SeriesCounts[]): void {
    const cells = this.#columns.at(interval);
    for (const series of all) {
      if (series.completed === 0 && series.durations.length === 0) continue;
      const cell = this.#cellOf(cells, keyOfName(series));
      cell.completed += series.completed;
      cell.failures += series.failures;
      cell.times.add(series);
    }
  }

  /** All columns up to second `end`, of equal widths. */
  read(end: number) {
    this.#columns.settle();
    return this.#columns.read(end);
  }

  #merge(into: Map<string, NameCell>, next: Map<string, NameCell>): void {
    for (const [key, { completed, failures, times }] of next) {
      const cell = this.#cellOf(into, key);
      cell.completed += completed;
      cell.failures += failures;
      cell.times.merge(times);
      this.#cells--;
      this.#bytes -= times.distribution.bytes;
    }
  }

  #cellOf(cells: Map<string, NameCell>, key: string): NameCell {
    let cell = cells.get(key);
    if (cell === undefined) {
      cell = { completed: 0, failures: 0, times: new TimeCell() };
      cells.set(key, cell);
      this.#cells++;
    }
    return cell;
  }

  #pack(cells: Map<string, NameCell>): void {
    for (const { times } of cells.values()) {
      this.#bytes -= times.distribution.bytes;
      times.pack();
      this.#bytes += times.distribution.bytes;
    }
  }
}

/** What tells names apart: the same name may be asked for with several methods. */
export function keyOfName({ method, name }: Pick<SeriesCounts, 'method' | 'name'>): string {
  return `${method}\n${name}`;
}
