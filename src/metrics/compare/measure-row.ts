import { mergeBuckets } from '../merge-buckets.js';
import { Distribution } from './distribution.js';

/** What a row, a name or all of them together, did in one point of a run's time. */
export interface RowPoint {
  /** Its place in time, from 0. */
  at: number;
  completed: number;
  failures: number;
  totalMs: number;
  /** Bucket, count, bucket, count, …, buckets rising. */
  durations: ArrayLike<number>;
}

/** A row over a run's time. */
export interface RowSeries {
  /** In any order; without those in which it did nothing. */
  points: readonly RowPoint[];
  /** How many points of equal length the run has. */
  pointCount: number;
  /** How long they are together, for rates. */
  durationMs: number;
}

/** An estimate and its error, point by point. */
export interface Measured {
  value: number;
  /** What each point adds to the estimate's error; they add up to 0. The unit is the figure's own. */
  errors: number[];
  /** The variance of their sum if every request were on its own; 0 where that is not known. */
  independent: number;
}

/** One row of one run. */
export interface MeasuredRow {
  completed: number;
  distribution: Distribution;
  /** By percentile, errors in shares of the requests that are above. */
  percentiles: Map<number, Measured>;
  /** Errors relative to the value. */
  mean: Measured;
  /** Completed a second; errors relative to the value. */
  rate: Measured;
  /** Failures / completed; errors the same. */
  failedShare: Measured;
}

export const COMPARED_PERCENTILES = [50, 95, 99] as const;

interface Blocks {
  requests: number[];
  completed: number[];
  failures: number[];
  totalMs: number[];
  /** How many points of the run are in each. */
  widths: number[];
  blockOf(at: number): number;
}

/**
 * Estimates of a row, and how each part of the run's time pulled at them. An estimate that is not a mean moves, to first
 * order, like the mean of its influence function: for a percentile, like the share of requests above it.
 *
 * Source: Bahadur, "A Note on Quantiles in Large Samples", Annals of Mathematical Statistics 37 (1966).
 *
 * @param blockCount into how many stretches the time is cut; never more than points, but for a second or two at the end
 */
export function measureRow(series: RowSeries, blockCount: number): MeasuredRow {
  const blocks = fillBlocks(series, blockCount);
  const distribution = new Distribution(mergeBuckets(series.points.map(({ durations }) => durations)));
  const [completed, failures, totalMs] = [sum(blocks.completed), sum(blocks.failures), sum(blocks.totalMs)];
  const meanMs = totalMs / completed;
  const failedShare = failures / completed;
  const perPoint = completed / series.pointCount;
  const each = (error: (block: number) => number) => blocks.widths.map((_, block) => error(block));
  return {
    completed,
    distribution,
    percentiles: new Map(
      COMPARED_PERCENTILES.map((percentile) => [percentile, measurePercentile(percentile / 100)] as const),
    ),
    mean: {
      value: meanMs,
      errors: each((at) => (blocks.totalMs[at]! - meanMs * blocks.completed[at]!) / totalMs),
      independent: distribution.varianceAround(meanMs) / completed / meanMs ** 2,
    },
    rate: {
      value: (completed * 1000) / series.durationMs,
      errors: each((at) => (blocks.completed[at]! - perPoint * blocks.widths[at]!) / completed),
      independent: 0,
    },
    failedShare: {
      value: failedShare,
      errors: each((at) => (blocks.failures[at]! - failedShare * blocks.completed[at]!) / completed),
      independent: (failedShare * (1 - failedShare)) / completed,
    },
  };

  function measurePercentile(share: number): Measured {
    const { count } = distribution;
    const bucket = distribution.bucketAt(share);
    const above = blocks.widths.map(() => 0);
    for (const { at, durations } of series.points) above[blocks.blockOf(at)]! += countAbove(durations, bucket);
    const shareAbove = sum(above) / count;
    return {
      value: distribution.timeAt(share),
      errors: each((at) => (above[at]! - shareAbove * blocks.requests[at]!) / count),
      independent: (share * (1 - share)) / count,
    };
  }
}

function fillBlocks({ points, pointCount }: RowSeries, blockCount: number): Blocks {
  const zeros = () => new Array<number>(blockCount).fill(0);
  const blockOf = (at: number) => (pointCount > blockCount ? Math.floor((at * blockCount) / pointCount) : at);
  const blocks = {
    requests: zeros(),
    completed: zeros(),
    failures: zeros(),
    totalMs: zeros(),
    widths: zeros(),
    blockOf,
  };
  for (let at = 0; at < pointCount; at++) blocks.widths[blockOf(at)]! += 1;
  for (const { at, completed, failures, totalMs, durations } of points) {
    const block = blockOf(at);
    blocks.requests[block]! += countAbove(durations, -1);
    blocks.completed[block]! += completed;
    blocks.failures[block]! += failures;
    blocks.totalMs[block]! += totalMs;
  }
  return blocks;
}

function countAbove(durations: ArrayLike<number>, bucket: number): number {
  let count = 0;
  for (let at = durations.length - 2; at >= 0 && durations[at]! > bucket; at -= 2) count += durations[at + 1]!;
  return count;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
