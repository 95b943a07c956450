import { formatDuration } from '../options/format-duration.js';
import { chooseTimeStep, formatAmount, planValueScale, type ValueScale } from '../reporters/format/chart-scale.js';
import { escapeText } from '../reporters/format/escape-text.js';
import { padEnd, padStart, truncateText, widthOf, wrapText } from '../reporters/format/pad-text.js';
import { highestIn, type Period, periodOf } from '../reporters/format/sample-loads.js';
import type { PlannedKind, PlannedLoad } from '../runtime/plan.js';

export interface PlanChartOptions {
  /** Columns, at most; 76 if not given. */
  width?: number;
  /** Lines of a chart that are filled, at most; 8 if not given. */
  rows?: number;
  /** Of the plan: their fixed counts limit the users of a load. */
  kinds?: readonly PlannedKind[];
}

interface Chart {
  title: string;
  loads: readonly PlannedLoad[];
  period: Period;
  highest: number;
  scale: ValueScale;
  /** Loads that have a line of their own below. */
  parts: readonly { load: PlannedLoad; highest: number }[];
}

interface Layout {
  width: number;
  /** Columns left of the axis, for values and names. */
  gutter: number;
  columns: number;
  kinds: readonly PlannedKind[] | undefined;
}

const BLOCKS = ' ▁▂▃▄▅▆▇█';
const EIGHTHS = 8;
const MAX_NAME_WIDTH = 16;
/** A label of the time axis and the space around it. */
const TIME_LABEL_WIDTH = 12;
const ROWS_OF_WAITING = 4;

/**
 * The load over time, drawn from the plan: users and starts a second each in a chart of their own, several loads one
 * upon another, with a line for each below. A load that waits for another has its own chart, whose time begins with it.
 * Lines without blanks at their ends; none for a plan that wants nothing.
 *
 * @param loads of a plan; a `shape` as `inspectPlan` fills it in
 */
export function formatPlanChart(loads: readonly PlannedLoad[], options: PlanChartOptions = {}): string[] {
  const { width = 76, rows = 8, kinds } = options;
  const charts = planCharts(loads, rows, kinds);
  const parts = charts.flatMap((chart) => chart.parts);
  const values = [...charts.flatMap(valueLabels), ...parts.map(({ highest }) => formatAmount(highest))];
  const labelWidth = Math.max(0, ...values.map(widthOf));
  const gutter = Math.max(labelWidth, ...parts.map(({ load }) => widthOf(shortName(load.name))));
  const columns = width - gutter - 2 - (parts.length > 0 ? labelWidth + 1 : 0);
  return charts.flatMap((chart, index) => {
    const lines = drawChart(chart, { width, gutter, columns: Math.max(TIME_LABEL_WIDTH, columns), kinds });
    return index === 0 ? lines : ['', ...lines];
  });
}

function planCharts(loads: readonly PlannedLoad[], rows: number, kinds: PlanChartOptions['kinds']): Chart[] {
  const dated = loads.filter(({ startAtMs }) => startAtMs !== undefined);
  const waiting = loads.filter(({ startAtMs }) => startAtMs === undefined);
  const period = periodOf(dated);
  const groups = [
    ...(['users', 'starts'] as const).map((model) => ({
      own: dated.filter((load) => load.model === model),
      period,
      maxRows: rows,
    })),
    ...waiting.map((load) => {
      const own = [{ ...load, startAtMs: 0 }];
      return { own, period: periodOf(own), maxRows: Math.min(rows, ROWS_OF_WAITING), after: load.after };
    }),
  ];
  return groups.flatMap((group) => planChart(group, loads.length, kinds));
}

interface Group {
  own: readonly PlannedLoad[];
  period: Period;
  maxRows: number;
  /** The load that these wait for: their time is their own. */
  after?: string | undefined;
}

function planChart({ own, period, maxRows, after }: Group, count: number, kinds: PlanChartOptions['kinds']): Chart[] {
  const highestOf = (some: readonly PlannedLoad[]) => highestIn(some, { fromMs: 0, toMs: period.lengthMs, kinds });
  const highest = highestOf(own);
  if (highest === 0) return [];
  const { model } = own[0]!;
  const what = model === 'users' ? 'users' : 'starts a second';
  const since = after === undefined ? '' : `, since its begin (after ${shortName(after)})`;
  const isNamed = own.length === 1 && count > 1;
  const title = isNamed ? `${shortName(own[0]!.name)}: ${what}${since}` : what[0]!.toUpperCase() + what.slice(1);
  const isLimited = own.some((load) => load.model === 'users' && load.iterations !== undefined);
  const isOpen = own.some(({ endMs }) => endMs === undefined);
  const howLong = isLimited ? ', while iterations last' : isOpen ? ', until stopped' : '';
  const chart = {
    title: title + howLong,
    loads: own,
    period,
    highest,
    scale: planValueScale(highest, { maxRows, hasFractions: model === 'starts' }),
    parts: own.length === 1 ? [] : own.map((load) => ({ load, highest: highestOf([load]) })),
  };
  return [chart];
}

function drawChart(chart: Chart, layout: Layout): string[] {
  const { scale, highest, loads, parts } = chart;
  const { gutter, width } = layout;
  const heights = readColumns(chart, loads, layout).map((value) => toEighths(value / highest, scale.rows));
  const lines = wrapText(chart.title, width, 3);
  for (let row = scale.rows - 1; row >= 0; row--) {
    const label = labelOfRow(chart, row);
    const cells = heights.map((height) => BLOCKS[Math.min(EIGHTHS, Math.max(0, height - row * EIGHTHS))]);
    lines.push(`${padStart(label, gutter)} ${label === '' ? '│' : '┤'}${cells.join('')}`);
  }
  lines.push(...drawTimes(chart.period, layout));
  for (const part of parts) {
    const values = readColumns(chart, [part.load], layout);
    const cells = values.map((value) => BLOCKS[toEighths(part.highest === 0 ? 0 : value / part.highest, 1)]);
    lines.push(`${padEnd(shortName(part.load.name), gutter)} │${cells.join('')} ${formatAmount(part.highest)}`);
  }
  return lines.map((line) => line.trimEnd());
}

/** What is highest in the time of each column. */
function readColumns({ period }: Chart, loads: readonly PlannedLoad[], { columns, kinds }: Layout): number[] {
  const instantOf = (column: number) => (column * period.lengthMs) / columns;
  return Array.from({ length: columns }, (_, column) =>
    highestIn(loads, { fromMs: instantOf(column), toMs: instantOf(column + 1), kinds }),
  );
}

/** What is there at all can be seen. */
function toEighths(share: number, rows: number): number {
  return share === 0 ? 0 : Math.max(1, Math.round(share * rows * EIGHTHS));
}

function labelOfRow({ scale: { rows, parts }, highest }: Chart, row: number): string {
  const step = rows / parts;
  return (row + 1) % step === 0 ? formatAmount(((row + 1) / rows) * highest) : '';
}

function valueLabels(chart: Chart): string[] {
  return Array.from({ length: chart.scale.rows }, (_, row) => labelOfRow(chart, row));
}

/** The time axis and what stands under it: 0, round times, the end. */
function drawTimes({ lengthMs, isOpen }: Period, { gutter, columns }: Layout): string[] {
  const axis = Array.from({ length: columns }, () => '─');
  axis[columns - 1] = isOpen ? '→' : '┘';
  const stepMs = chooseTimeStep(lengthMs, Math.floor(columns / TIME_LABEL_WIDTH));
  // The begin of the first column is the axis itself.
  const labels = [{ at: gutter + 1, text: '0s' }];
  const last = formatDuration(lengthMs);
  const lastAt = gutter + 2 + columns - last.length;
  for (let step = 1; step * stepMs < lengthMs; step++) {
    const column = Math.round((step * stepMs * columns) / lengthMs) - 1;
    if (column < 0 || column >= columns - 1) continue;
    axis[column] = '┬';
    const text = formatDuration(step * stepMs);
    labels.push({ at: gutter + 2 + column - Math.floor(text.length / 2), text });
  }
  labels.push({ at: lastAt, text: last });
  let under = '';
  for (const { at, text } of labels) {
    const isLast = at === lastAt && text === last;
    const isFree = at > under.length && (isLast || at + text.length < lastAt - 1);
    if (under === '' || isFree) under = `${under.padEnd(at)}${text}`;
  }
  return [`${padStart('0', gutter)} └${axis.join('')}`, under];
}

function shortName(name: string): string {
  return truncateText(escapeText(name), MAX_NAME_WIDTH);
}
