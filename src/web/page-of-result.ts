import { percentilesOf } from '../metrics/histogram.js';
import { countInBins, planLogBins } from '../metrics/log-bins.js';
import { computeTimes } from '../metrics/time-statistics.js';
import type { NameFigures, ResultDocument, ResultPoint } from '../reporters/result/result-schema.js';
import { describeFigures } from './describe-figures.js';
import { describeEnvironment, describeJudgement, describeRun, describeVerdict } from './describe-run.js';
import { noteMonitors } from './note-monitors.js';
import type { Heatmap, NameColumnsData, NameSeries, PageData, RunColumns, Values } from './page-data.js';
import { HEATMAP_BINS } from './read-columns.js';
import { recallRun } from './recall-run.js';

const VERDICTS = ['healthy', 'strained', 'saturated'];
/** More points than this are more than a chart can show. */
const MAX_POINTS = 3600;

/**
 * The page of a run of which only the JSON result is left: as with its recording, but for what the result does not keep
 * (marks, the log, the start lag's percentiles and service times over time).
 */
export function pageOfResult(document: ResultDocument): PageData {
  const parts = recallRun(document);
  const { result, counts } = parts;
  const points = document.timeline.points.slice(0, MAX_POINTS);
  return {
    run: describeRun(parts),
    verdict: describeVerdict(parts),
    ...describeJudgement(parts),
    marks: [],
    lostWorkers: result.lostWorkers.map(({ type, ...lost }) => lost),
    warnings: document.warnings,
    log: { first: 0, lines: [] },
    columns: readColumns(points),
    heatmap: readHeatmap(points),
    names: readNames(document),
    monitors: readMonitors(document),
    ...describeFigures(result, result.durationMs - counts.countedFromMs),
    monitorNotes: noteMonitors(document.monitors?.all),
    environment: describeEnvironment(parts),
  };
}

/** Results of earlier builds have none. */
function readMonitors({ monitors }: ResultDocument): PageData['monitors'] {
  if (monitors === undefined) return { second: [], seconds: [], series: [] };
  const { second, seconds, all } = monitors;
  const series = all.flatMap(({ name: monitor, kind, metrics }) =>
    metrics.map(({ name: metric, unit, values }) => ({ monitor, kind, metric, unit, values })),
  );
  return { second, seconds, series };
}

function readColumns(points: readonly ResultPoint[]): RunColumns {
  const list = <Key extends keyof ResultPoint>(key: Key) => points.map((point) => point[key]);
  const nothing = points.map(() => null);
  return {
    second: list('second'),
    seconds: list('seconds'),
    completed: list('completed'),
    failures: list('failures'),
    ...readTimes(points),
    users: list('users'),
    plannedUsers: list('plannedUsers'),
    inFlight: list('inFlight'),
    oldestInFlightMs: list('oldestInFlightMs'),
    startLagP50: nothing,
    startLagP99: nothing,
    startLagMax: points.map(({ startLagMaxMs }) => startLagMaxMs ?? null),
    iterations: list('iterations'),
    droppedIterations: list('droppedIterations'),
    missedStarts: list('missedStarts'),
    exceptions: list('exceptions'),
    bytesReceived: list('bytesReceived'),
    bytesSent: list('bytesSent'),
    utilisation: list('utilisation'),
    addedLatencyMs: list('addedLatencyMs'),
    generator: points.map(({ generator }) => VERDICTS.indexOf(generator)),
    isPaused: points.map(({ isPaused }) => (isPaused ? 1 : 0)),
    statuses: readStatuses(points),
  };
}

function readTimes(points: readonly ResultPoint[]): Record<'p50' | 'p90' | 'p95' | 'p99' | 'max', Values> {
  const times = points.map(({ totalMs, minMs, maxMs, durations, completed }) => {
    const extremes = minMs === undefined || maxMs === undefined ? {} : { minMs, maxMs };
    return computeTimes({ totalMs, durations, ...extremes }, completed).percentiles;
  });
  const pick = (percentile: keyof (typeof times)[number]) => times.map((values) => values[percentile] ?? null);
  return { p50: pick(50), p90: pick(90), p95: pick(95), p99: pick(99), max: pick(100) };
}

function readStatuses(points: readonly ResultPoint[]): RunColumns['statuses'] {
  const sums = new Map<string, number>();
  for (const { statuses } of points) {
    for (const [status, count] of Object.entries(statuses)) sums.set(status, (sums.get(status) ?? 0) + count);
  }
  return [...sums]
    .sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || Number(a) - Number(b))
    .map(([status]) => ({ status, counts: points.map(({ statuses }) => statuses[status] ?? 0) }));
}

function readHeatmap(points: readonly ResultPoint[]): Heatmap {
  const bins = planLogBins(
    points.map(({ durations }) => durations),
    HEATMAP_BINS,
  );
  if (bins === undefined) return { columns: points.map(() => []) };
  const counted = points.map(({ durations }) => countInBins(durations, bins));
  return { bins, columns: counted.map((counts) => counts.flatMap((count, bin) => (count === 0 ? [] : [bin, count]))) };
}

/** In the order of the rows; the timeline has its own. */
function readNames({ requests, timeline: { series, byName } }: ResultDocument): NameColumnsData {
  const { points } = byName;
  const places = new Map(series.map(({ method, name }, index) => [`${method}\n${name}`, index]));
  const cells = points.map(({ names }) => new Map(names.map((figures) => [figures[0], figures])));
  return {
    second: points.map(({ second }) => second),
    seconds: points.map(({ seconds }) => seconds),
    names: requests.map(({ method, name }) => {
      const place = places.get(`${method}\n${name}`) ?? -1;
      return readName(cells.map((cell) => cell.get(place)));
    }),
  };
}

function readName(cells: readonly (NameFigures | undefined)[]): NameSeries {
  const times = cells.map((cell) => percentilesOf(cell?.[4] ?? [], [50, 95, 99]));
  const [p50, p95, p99] = [0, 1, 2].map((at) => times.map((values) => values[at] ?? null));
  return {
    completed: cells.map((cell) => cell?.[1] ?? 0),
    failures: cells.map((cell) => cell?.[2] ?? 0),
    ...{ p50: p50!, p95: p95!, p99: p99! },
  };
}
