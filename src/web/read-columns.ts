import { countInBins, planLogBins } from '../metrics/log-bins.js';
import { computeTimes, type TimeStatistics } from '../metrics/time-statistics.js';
import type { Column } from '../reporters/history/columns.js';
import type { Identity, NameColumns } from '../reporters/history/name-columns.js';
import type { NameCell } from '../reporters/history/name-stretch.js';
import type { Heatmap, NameColumnsData, NameSeries, RunColumns, Values } from './page-data.js';
import type { ColumnFigures, RunColumn } from './run-column.js';

/** Rows of the heatmap. */
export const HEATMAP_BINS = 40;

type Columns<T> = readonly Column<T>[];
type Percentile = keyof TimeStatistics['percentiles'];

/** The run over time as lists with a value a column. */
export function readRunColumns(columns: Columns<RunColumn>): RunColumns {
  const figures = columns.map(({ content }) => content.figures);
  const list = (
    key: { [K in keyof ColumnFigures]: ColumnFigures[K] extends number ? K : never }[keyof ColumnFigures],
  ) => figures.map((figure) => figure[key]);
  const response = columns.map(({ content }) => content.response.read(content.figures.completed));
  const lag = columns.map(({ content }) => content.startLag.read(content.figures.starts));
  return {
    ...readPlaces(columns),
    completed: list('completed'),
    failures: list('failures'),
    p50: pick(response, 50),
    p90: pick(response, 90),
    p95: pick(response, 95),
    p99: pick(response, 99),
    max: pick(response, 100),
    ...readService(columns),
    users: list('users'),
    plannedUsers: list('plannedUsers'),
    inFlight: figures.map(({ inFlight }) => inFlight ?? null),
    oldestInFlightMs: list('oldestInFlightMs'),
    startLagP50: pick(lag, 50),
    startLagP99: pick(lag, 99),
    startLagMax: pick(lag, 100),
    iterations: list('iterations'),
    droppedIterations: list('droppedIterations'),
    missedStarts: list('missedStarts'),
    exceptions: list('exceptions'),
    bytesReceived: list('bytesReceived'),
    bytesSent: list('bytesSent'),
    utilisation: list('utilisation'),
    addedLatencyMs: list('addedLatencyMs'),
    generator: list('generator'),
    isPaused: figures.map(({ isPaused }) => (isPaused ? 1 : 0)),
    statuses: readStatuses(columns),
  };
}

export function readHeatmap(columns: Columns<RunColumn>): Heatmap {
  const all = columns.map(({ content }) => content.response.distribution.read());
  const bins = planLogBins(all, HEATMAP_BINS);
  if (bins === undefined) return { columns: columns.map(() => []) };
  return { bins, columns: all.map((counts) => withoutZeros(countInBins(counts, bins))) };
}

/** Names over time up to second `end`, in the order they are given in; of columns that end after second `from`. */
export function readNameColumns(
  all: NameColumns,
  { names, end, from = 0 }: { names: readonly Identity[]; end: number; from?: number },
): NameColumnsData {
  const columns = all.read(end).filter(({ second, seconds }) => second + seconds > from);
  return {
    ...readPlaces(columns),
    names: names.map((name) => {
      const index = all.indexOf(name);
      return readName(columns.map((column) => all.readCell(column, index)));
    }),
  };
}

function readName(cells: readonly (NameCell | undefined)[]): NameSeries {
  const times = cells.map((cell) => (cell === undefined ? undefined : computeTimes(cell.times, cell.completed)));
  return {
    completed: cells.map((cell) => cell?.completed ?? 0),
    failures: cells.map((cell) => cell?.failures ?? 0),
    p50: pick(times, 50),
    p95: pick(times, 95),
    p99: pick(times, 99),
  };
}

function readPlaces(columns: Columns<unknown>): Pick<RunColumns, 'second' | 'seconds'> {
  return { second: columns.map(({ second }) => second), seconds: columns.map(({ seconds }) => seconds) };
}

function readService(columns: Columns<RunColumn>): Pick<RunColumns, 'serviceP50' | 'serviceP95'> {
  if (columns.every(({ content }) => content.service === undefined)) return {};
  const service = columns.map(({ content }) => (content.service ?? content.response).read(content.figures.completed));
  return { serviceP50: pick(service, 50), serviceP95: pick(service, 95) };
}

function readStatuses(columns: Columns<RunColumn>): RunColumns['statuses'] {
  const sums = new Map<string, number>();
  for (const { content } of columns) {
    for (const [status, count] of content.statuses) sums.set(status, (sums.get(status) ?? 0) + count);
  }
  return [...sums]
    .sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || Number(a) - Number(b))
    .map(([status]) => ({ status, counts: columns.map(({ content }) => content.statuses.get(status) ?? 0) }));
}

function pick(all: readonly (TimeStatistics | undefined)[], percentile: Percentile): Values {
  return all.map((times) => times?.percentiles[percentile] ?? null);
}

function withoutZeros(counts: readonly number[]): number[] {
  return counts.flatMap((count, bin) => (count === 0 ? [] : [bin, count]));
}
