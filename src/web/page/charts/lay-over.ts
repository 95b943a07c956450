import type { PageData, PageRow } from '../../page-data.js';
import type { ChartSpec } from './chart-spec.js';
import { chooseRequestCharts, chooseRunCharts } from './choose-charts.js';

/** What is asked of charts that may have an earlier run in them. */
export interface RequestChartsParts {
  data: PageData;
  /** Into the rows; undefined: all requests. */
  index: number | undefined;
  baseline: PageData | undefined;
  prefix?: string;
}

/** Requests and their times, and under them those of the baseline, by time since either began. */
export function layRequestCharts({ data, index, baseline, prefix }: RequestChartsParts): ChartSpec[] {
  const charts = chooseRequestCharts(data, index, prefix);
  if (baseline === undefined) return charts;
  if (index === undefined) return layOver(charts, chooseRequestCharts(baseline, undefined, prefix));
  const other = findName(baseline, data.rows[index]);
  return other === undefined ? charts : layOver(charts, chooseRequestCharts(baseline, other, prefix));
}

/** The same of what is only known of the run as a whole. */
export function layRunCharts(data: PageData, baseline: PageData | undefined): ChartSpec[] {
  const charts = chooseRunCharts(data);
  return baseline === undefined ? charts : layOver(charts, chooseRunCharts(baseline));
}

/** Where a name is among those of another run; undefined if it is not. */
export function findName(other: PageData, row: Pick<PageRow, 'method' | 'name'> | undefined): number | undefined {
  const index = other.rows.findIndex(({ method, name }) => method === row?.method && name === row.name);
  return index < 0 ? undefined : index;
}

function layOver(charts: readonly ChartSpec[], others: readonly ChartSpec[]): ChartSpec[] {
  return charts.map((chart) => {
    const other = others.find(({ id }) => id === chart.id);
    // Sums would hide each other, and dashes stand for something else already.
    if (other === undefined || chart.isStacked === true || chart.isTwofold === true) return chart;
    const lines = chart.lines.map((line) => {
      const before = other.lines.find(({ label }) => label === line.label);
      return before === undefined || line.isDashed === true ? line : { ...line, baseline: before.values };
    });
    return { ...chart, lines, baselinePlaces: other.places };
  });
}
