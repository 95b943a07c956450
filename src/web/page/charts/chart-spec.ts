import type { Values } from '../../page-data.js';

/** Where the columns of a chart are: seconds [second, second + seconds). */
export interface Places {
  second: readonly number[];
  seconds: readonly number[];
}

/** One line of a chart. */
export interface ChartLine {
  label: string;
  /** A custom property of the style sheet: `--ok`. */
  color: string;
  values: Values;
  /** Filled down to zero. */
  isArea?: boolean;
  isDashed?: boolean;
  /** The same of the run it is laid over, in the columns `baselinePlaces`. */
  baseline?: Values;
}

/** A chart over time, as data. */
export interface ChartSpec {
  /** Names it in the document: `chart-rate`. */
  id: string;
  title: string;
  /** Behind the title. */
  unit: string;
  places: Places;
  lines: ChartLine[];
  format(value: number): string;
  /** On the axis, where it is not a plain number. */
  formatTick?(value: number): string;
  /** Lines lie on top of each other: what is drawn is their sum. */
  isStacked?: boolean;
  /** Shows two kinds of the same: nothing is laid over it. */
  isTwofold?: boolean;
  /** Where the columns of the run are that this one is laid over. */
  baselinePlaces?: Places;
  /** The axis reaches this far at least. */
  leastMax?: number;
}

/** The column an instant falls into; undefined if there is none. */
export function columnAt({ second, seconds }: Places, instant: number | undefined): number | undefined {
  if (instant === undefined || second.length === 0) return undefined;
  let [low, high] = [0, second.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (second[middle]! <= instant) low = middle;
    else high = middle - 1;
  }
  return instant >= second[low]! && instant <= second[low]! + seconds[low]! ? low : undefined;
}

/** What a second of each column had, of what was counted in the whole column. */
export function perSecond(counts: readonly number[], { seconds }: Places): number[] {
  return counts.map((count, index) => count / seconds[index]!);
}
