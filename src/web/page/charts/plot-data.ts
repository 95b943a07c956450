import type uPlot from 'uplot';
import type { Values } from '../../page-data.js';
import type { ChartLine, ChartSpec, Places } from './chart-spec.js';

/** A line of a chart as it is drawn: those of the baseline come after all others. */
export interface DrawnLine extends ChartLine {
  isBaseline: boolean;
}

export function listDrawnLines({ lines }: Pick<ChartSpec, 'lines'>): DrawnLine[] {
  const own = lines.map((line) => ({ ...line, isBaseline: false }));
  const before = lines.flatMap((line) =>
    line.baseline === undefined ? [] : [{ ...line, values: line.baseline, isBaseline: true }],
  );
  return [...own, ...before];
}

/**
 * Values stand in the middle of their columns. Of stacked lines the last one is at the bottom, and drawn last. Columns
 * of the baseline may be others: where a line has none, it is undefined, which is no gap.
 */
export function createPlotData(spec: ChartSpec): uPlot.AlignedData {
  const { places, lines, isStacked, baselinePlaces } = spec;
  const own = middlesOf(places);
  if (baselinePlaces === undefined) {
    const values = lines.map((line) => line.values);
    return [own, ...(isStacked ? stack(values) : values)];
  }
  const end = endOf(places);
  const before = middlesOf(baselinePlaces);
  const all = [...new Set([...own, ...before.filter((middle) => middle <= end)])].sort((a, b) => a - b);
  const [ownAt, beforeAt] = [placesOf(own), placesOf(before)];
  const drawn = listDrawnLines(spec).map(({ isBaseline, values }) => {
    const at = isBaseline ? beforeAt : ownAt;
    return all.map((middle) => {
      const index = at.get(middle);
      return index === undefined ? undefined : values[index];
    });
  });
  return [all, ...drawn];
}

/** The column in which a line has a value, nearest to the one that is pointed at. */
export function nearestValue(values: ArrayLike<unknown>, index: number): number {
  for (let away = 0; away < values.length; away++) {
    if (index - away >= 0 && values[index - away] !== undefined) return index - away;
    if (index + away < values.length && values[index + away] !== undefined) return index + away;
  }
  return index;
}

function middlesOf({ second, seconds }: Places): number[] {
  return second.map((start, index) => start + seconds[index]! / 2);
}

function endOf({ second, seconds }: Places): number {
  const last = second.length - 1;
  return last < 0 ? 0 : second[last]! + seconds[last]!;
}

function placesOf(middles: readonly number[]): Map<number, number> {
  return new Map(middles.map((middle, index) => [middle, index]));
}

function stack(all: readonly Values[]): Values[] {
  const stacked: Values[] = [];
  let below: Values | undefined;
  for (const values of [...all].reverse()) {
    const under = below;
    below = values.map((value, index) => (value ?? 0) + (under?.[index] ?? 0));
    stacked.unshift(below);
  }
  return stacked;
}
