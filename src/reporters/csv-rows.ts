import { compareSeries, type SeriesStatistics } from '../metrics/statistics.js';
import type { ExceptionCounts } from '../metrics/tally.js';
import { REPORTED_PERCENTILES } from '../metrics/time-statistics.js';
import { redactSecrets } from '../redact-secrets.js';
import type { CsvCell } from './csv-text.js';

const PERCENTILE_HEADERS = REPORTED_PERCENTILES.map((percentile) => `${percentile}%`);
const NOT_MEASURED = 'N/A';

export const STATS_HEADER: readonly string[] = [
  'Type',
  'Name',
  'Request Count',
  'Failure Count',
  'Median Response Time',
  'Average Response Time',
  'Min Response Time',
  'Max Response Time',
  'Average Content Size',
  'Requests/s',
  'Failures/s',
  ...PERCENTILE_HEADERS,
];

export const HISTORY_HEADER: readonly string[] = [
  'Timestamp',
  'User Count',
  'Type',
  'Name',
  'Requests/s',
  'Failures/s',
  ...PERCENTILE_HEADERS,
  'Total Request Count',
  'Total Failure Count',
  'Total Median Response Time',
  'Total Average Response Time',
  'Total Min Response Time',
  'Total Max Response Time',
  'Total Average Content Size',
];

export const LOAD_HISTORY_HEADER: readonly string[] = [
  'Timestamp',
  'User Count',
  'Planned Users',
  'Paused',
  'Iterations',
  'Dropped Iterations',
  'Missed Starts',
  'Start Lag Median',
  'Start Lag 99%',
  'Start Lag Max',
  'In Flight',
  'Oldest In Flight',
  'Response Time 95%',
  'Service Time 95%',
  'Generator Utilisation',
  'Interrupted Iterations',
];

/** One second of the load by itself; what is undefined was not measured. */
export interface LoadHistoryFigures {
  timestamp: number;
  users: number;
  plannedUsers: number;
  isPaused: boolean;
  iterations: number;
  droppedIterations: number;
  missedStarts: number;
  interruptedIterations: number;
  startLagMedianMs: number | undefined;
  startLagHighMs: number | undefined;
  startLagMaxMs: number | undefined;
  inFlight: number;
  oldestInFlightMs: number | undefined;
  responseMs: number | undefined;
  serviceMs: number | undefined;
  /** 0 to 1. */
  utilisation: number;
}

export const FAILURES_HEADER: readonly string[] = ['Method', 'Name', 'Error', 'Occurrences', 'First Seen', 'Last Seen'];

export const EXCEPTIONS_HEADER: readonly string[] = ['Count', 'Message', 'Traceback', 'Nodes'];

export function statsRow(row: SeriesStatistics): CsvCell[] {
  const counts = [row.method, row.name, row.completed, row.failures];
  return [...counts, ...timeCells(row), ...rateCells(row), ...percentileCells(row)];
}

/** One name, or all, at one second: rates and percentiles of the ten seconds before it, totals up to it. */
export function historyRow(
  at: { timestamp: number; users: number },
  current: SeriesStatistics,
  total: SeriesStatistics,
): CsvCell[] {
  return [
    at.timestamp,
    at.users,
    total.method,
    total.name,
    ...rateCells(current),
    ...percentileCells(current),
    total.completed,
    total.failures,
    ...timeCells(total),
  ];
}

export function loadHistoryRow(figures: LoadHistoryFigures): CsvCell[] {
  const { startLagMedianMs, startLagHighMs, startLagMaxMs, oldestInFlightMs, responseMs, serviceMs } = figures;
  return [
    figures.timestamp,
    figures.users,
    figures.plannedUsers,
    String(figures.isPaused),
    figures.iterations,
    figures.droppedIterations,
    figures.missedStarts,
    ...[startLagMedianMs, startLagHighMs, startLagMaxMs].map(msCell),
    figures.inFlight,
    ...[oldestInFlightMs, responseMs, serviceMs].map(msCell),
    round(figures.utilisation, 4),
    figures.interruptedIterations,
  ];
}

/** First and last seen are instants in UTC, ISO 8601 with milliseconds. */
export function failureRows(rows: readonly SeriesStatistics[], startedAtMs: number): CsvCell[][] {
  return [...rows]
    .sort(compareSeries)
    .flatMap(({ method, name, errors }) =>
      [...errors]
        .sort((a, b) => b.count - a.count)
        .map(({ error, count, firstSeenMs, lastSeenMs }) => [
          method,
          name,
          redactSecrets(error),
          count,
          formatInstant(startedAtMs + firstSeenMs),
          formatInstant(startedAtMs + lastSeenMs),
        ]),
    );
}

export function exceptionRows(exceptions: readonly ExceptionCounts[]): CsvCell[][] {
  return [...exceptions]
    .sort((a, b) => b.count - a.count)
    .map(({ count, message, traceback, nodes }) => [
      count,
      redactSecrets(message),
      redactSecrets(traceback),
      nodes.join(', '),
    ]);
}

function formatInstant(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

function rateCells(row: SeriesStatistics): CsvCell[] {
  return [round(row.requestsPerSecond, 6), round(row.failuresPerSecond, 6)];
}

function percentileCells(row: SeriesStatistics): CsvCell[] {
  return REPORTED_PERCENTILES.map((percentile) => msCell(row.percentiles[percentile]));
}

/** Median, mean, least, greatest, and the mean size of an answer. */
function timeCells(row: SeriesStatistics): CsvCell[] {
  const times = [row.medianMs, row.meanMs, row.minMs, row.maxMs].map(msCell);
  return [...times, row.completed === 0 ? NOT_MEASURED : round(row.meanBytesReceived, 2)];
}

/** Down to a tenth of a microsecond, which is what durations are counted in. */
function msCell(ms: number | undefined): CsvCell {
  return ms === undefined ? NOT_MEASURED : round(ms, 4);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
