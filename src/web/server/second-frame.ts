import type { Clock } from '../../metrics/clock.js';
import { type RunTotals, type Table, tableOf } from '../../metrics/run-totals.js';
import type { SeriesStatistics } from '../../metrics/statistics.js';
import { readTotalTable, readWindowTable } from '../../reporters/live-tables.js';
import { WorkPace } from '../../reporters/work-pace.js';
import type { IntervalClosed, RunResult } from '../../runtime/protocol.js';
import type { FrameError, FrameRow, SecondFrame } from './http-interface.js';

/** Rows of hundreds of names take no more than one part in so many of the conducting thread's time. */
const LEAST_IDLE_FACTOR = 30;
/** The most frequent ones. */
const MAX_ERRORS = 100;
const MAX_EXCEPTIONS = 50;
const MAX_TRACEBACK = 2_000;

/** Makes the frame of each second, for everybody who watches. */
export class SecondFrames {
  readonly #pace: WorkPace;

  constructor(clock: Clock) {
    this.#pace = new WorkPace({ idleFactor: LEAST_IDLE_FACTOR, leastMs: 0, clock });
  }

  /** As the run stands at the end of a second. */
  describe(run: number, event: IntervalClosed, totals: RunTotals): SecondFrame {
    const total = readTotalTable(event, totals);
    const current = readWindowTable(event, totals);
    const frame = describeSecond({ run, event, totals, total, current });
    this.#pace.run(() => {
      frame.rows = total.rows.map(toFrameRow);
      frame.currentRows = current.rows.map(toFrameRow);
    });
    return frame;
  }

  /** As the run stood when all was counted: what its result says. */
  describeEnd(
    run: number,
    { event, totals }: { event: IntervalClosed; totals: RunTotals },
    result: RunResult,
  ): SecondFrame {
    const total = { rows: result.requests, aggregated: result.total };
    const current = totals.window();
    const frame = describeSecond({ run, event, totals, total, current });
    return {
      ...frame,
      rows: total.rows.map(toFrameRow),
      currentRows: current.rows.map(toFrameRow),
      thresholds: result.thresholds,
      isFinal: true,
    };
  }
}

interface SecondParts {
  run: number;
  event: IntervalClosed;
  totals: RunTotals;
  total: Table;
  current: Table;
}

function describeSecond({ run, event, totals, total, current }: SecondParts): SecondFrame {
  const { part, gauges } = event;
  const during = tableOf(part.series, 1000).aggregated;
  return {
    run,
    second: event.interval,
    users: gauges.users,
    plannedUsers: event.plannedUsers,
    inFlight: gauges.inFlight,
    oldestInFlightMs: gauges.oldestInFlightMs,
    isPaused: event.isPaused,
    during: {
      ...toFrameRow(during),
      iterations: part.iterations.count,
      droppedIterations: part.droppedIterations,
      missedStarts: part.missedStarts,
      exceptions: part.exceptions.reduce((sum, { count }) => sum + count, 0),
      bytesReceived: during.bytesReceived,
      bytesSent: during.bytesSent,
      statuses: during.statuses,
    },
    total: toFrameRow(total.aggregated),
    current: toFrameRow(current.aggregated),
    errors: describeErrors(total.rows),
    ...describeTotals(totals),
    thresholds: event.thresholds,
    generator: event.generator,
  };
}

function toFrameRow(row: SeriesStatistics): FrameRow {
  const { method, name, begun, completed, failures, interrupted, percentiles } = row;
  const ms = (value: number | undefined) => (value === undefined ? null : Number(value.toFixed(3)));
  return {
    method,
    name,
    begun,
    completed,
    failures,
    interrupted,
    requestsPerSecond: Number(row.requestsPerSecond.toFixed(3)),
    failuresPerSecond: Number(row.failuresPerSecond.toFixed(3)),
    meanBytesReceived: Math.round(row.meanBytesReceived),
    meanMs: ms(row.meanMs),
    minMs: ms(row.minMs),
    maxMs: ms(row.maxMs),
    p50: ms(percentiles[50]),
    p90: ms(percentiles[90]),
    p95: ms(percentiles[95]),
    p99: ms(percentiles[99]),
  };
}

export function describeErrors(rows: readonly SeriesStatistics[]): FrameError[] {
  return rows
    .flatMap(({ method, name, errors }) => errors.map((error) => ({ method, name, ...error })))
    .sort((one, other) => other.count - one.count)
    .slice(0, MAX_ERRORS);
}

function describeTotals(totals: RunTotals): Pick<SecondFrame, 'exceptions' | 'checks'> {
  const { exceptions, checks } = totals;
  return {
    exceptions: [...exceptions]
      .sort((one, other) => other.count - one.count)
      .slice(0, MAX_EXCEPTIONS)
      .map(({ count, message, traceback }) => ({ count, message, traceback: traceback.slice(0, MAX_TRACEBACK) })),
    checks,
  };
}
