import type { MonitorKind, MonitorReadings, MonitorUnit } from '../../metrics/monitors/monitor-sample.js';
import { Columns } from './columns.js';

/** A metric of a monitor over time: the mean of each column's seconds, null where it was not told. */
export interface MonitorSeries {
  monitor: string;
  kind: MonitorKind;
  metric: string;
  unit: MonitorUnit;
  values: (number | null)[];
}

/** All monitors over time, with a value a column. */
export interface MonitorColumnsData {
  /** Where each column begins, and how many seconds it holds. */
  second: number[];
  seconds: number[];
  series: MonitorSeries[];
}

interface Cell {
  sum: number;
  count: number;
}

/** What monitors told over time, in columns that get wider as the run gets longer. The baseline is not among it. */
export class MonitorColumns {
  readonly #columns: Columns<Map<number, Cell>>;
  readonly #series: Omit<MonitorSeries, 'values'>[] = [];
  readonly #indexes = new Map<string, number>();
  #end = 0;

  constructor({ maxColumns }: { maxColumns: number }) {
    this.#columns = new Columns({
      create: () => new Map(),
      merge: (into, next) => {
        for (const [index, { sum, count }] of next) addTo(into, index, { sum, count });
      },
      close: () => {},
      isFull: (columns) => columns > maxColumns,
    });
  }

  add({ interval, samples }: MonitorReadings): void {
    for (const { monitor, kind, values, units } of samples) {
      for (const [metric, value] of Object.entries(values)) {
        const index = this.#indexOf({ monitor, kind, metric, unit: units[metric] ?? 'count' });
        if (interval >= 0) addTo(this.#columns.at(interval), index, { sum: value, count: 1 });
      }
    }
    this.#end = Math.max(this.#end, interval + 1);
  }

  get isEmpty(): boolean {
    return this.#series.length === 0;
  }

  get secondsPerColumn(): number {
    return this.#columns.secondsPerColumn;
  }

  /** Columns that end after second `from`. */
  read({ from = 0, isSettled = true }: { from?: number; isSettled?: boolean } = {}): MonitorColumnsData {
    if (isSettled) this.#columns.settle();
    const columns = this.#columns.read(this.#end).filter(({ second, seconds }) => second + seconds > from);
    return {
      second: columns.map(({ second }) => second),
      seconds: columns.map(({ seconds }) => seconds),
      series: this.#series.map((series, index) => ({
        ...series,
        values: columns.map(({ content }) => meanOf(content.get(index))),
      })),
    };
  }

  #indexOf(series: Omit<MonitorSeries, 'values'>): number {
    const key = JSON.stringify([series.monitor, series.metric]);
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    this.#indexes.set(key, this.#series.length);
    return this.#series.push(series) - 1;
  }
}

function addTo(column: Map<number, Cell>, index: number, { sum, count }: Cell): void {
  const cell = column.get(index);
  if (cell === undefined) {
    column.set(index, { sum, count });
    return;
  }
  cell.sum += sum;
  cell.count += count;
}

function meanOf(cell: Cell | undefined): number | null {
  return cell === undefined ? null : Number((cell.sum / cell.count).toPrecision(6));
}
