import { type Interval, subtractIntervals, wilsonInterval } from './intervals.js';
import {
  cosineVariance,
  hangsTogether,
  moderateVariance,
  movesSlowly,
  plainVariance,
  type VarianceEstimate,
} from './long-run-variance.js';
import { COMPARED_PERCENTILES, type Measured, type MeasuredRow, measureRow, type RowSeries } from './measure-row.js';
import { studentTCritical } from './student-t.js';

export type Figure = 'p50' | 'p95' | 'p99' | 'mean' | 'throughput' | 'failures';

/** How one figure differs between two runs. */
export interface Change {
  figure: Figure;
  /** ms; completed requests a second; failures / completed. */
  baseline: number;
  candidate: number;
  /** candidate / baseline − 1; of failures: the difference of the shares. */
  change: number;
  /** Ends of its confidence interval; infinite (or −1, all of it) where the requests say nothing. */
  low: number;
  high: number;
}

/** Figures of one row that are judged together. */
export const FIGURES: readonly Figure[] = ['p50', 'p95', 'p99', 'mean', 'throughput', 'failures'];

/** Runs whose numbers of points differ by no more than this were meant to be of the same length. */
const SAME_LENGTH = 2;
/** Under so many points nothing shows whether they hang together, and of so few requests a mean is no normal variable. */
const LEAST_POINTS = 8;
const LEAST_REQUESTS = 20;

/**
 * How a row differs between two runs, each figure with an interval that misses the truth with probability
 * `2 × tail`, also where requests that are near each other in time have something in common.
 *
 * The error of a difference is a series in time: what each stretch of the candidate pulled one way, less what the same
 * stretch of the baseline did. What the load does to both alike (a ramp, a warm-up) is gone from it.
 */
export function compareRows(baseline: RowSeries, candidate: RowSeries, tail: number): Change[] {
  const counts = [baseline.pointCount, candidate.pointCount];
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const blockCount = most - least <= SAME_LENGTH ? most : least;
  const rows = [measureRow(baseline, blockCount), measureRow(candidate, blockCount)] as const;
  const changes = new RowPair(...rows, tail).read();
  if (least >= LEAST_POINTS && rows.every(({ completed }) => completed >= LEAST_REQUESTS)) return changes;
  return changes.map((change) => ({ ...change, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }));
}

class RowPair {
  readonly #baseline: MeasuredRow;
  readonly #candidate: MeasuredRow;
  readonly #tail: number;
  readonly #hangsTogether: boolean;

  constructor(baseline: MeasuredRow, candidate: MeasuredRow, tail: number) {
    this.#baseline = baseline;
    this.#candidate = candidate;
    this.#tail = tail;
    const read = (row: MeasuredRow) => [row.percentiles.get(50)!, row.percentiles.get(95)!, row.mean];
    const others = read(candidate);
    this.#hangsTogether = read(baseline).some((one, index) => pairHangsTogether(one, others[index]!));
  }

  read(): Change[] {
    return [
      ...COMPARED_PERCENTILES.map((percentile) => this.#comparePercentile(percentile)),
      this.#compareRatio('mean', this.#baseline.mean, this.#candidate.mean),
      this.#compareRatio('throughput', this.#baseline.rate, this.#candidate.rate),
      this.#compareFailures(),
    ];
  }

  /**
   * The interval of a percentile is that between two other percentiles, its share's error to either side.
   *
   * Source: Woodruff, "Confidence Intervals for Medians and Other Position Measures", JASA 47 (1952).
   */
  #comparePercentile(percentile: (typeof COMPARED_PERCENTILES)[number]): Change {
    const [one, other] = [this.#baseline.percentiles.get(percentile)!, this.#candidate.percentiles.get(percentile)!];
    const { variance, degrees } = this.#estimate(one, other);
    const critical = studentTCritical(this.#tail, degrees);
    const read = ({ distribution }: MeasuredRow, { value, independent }: Measured): Interval => {
      const error = critical * Math.sqrt((variance * independent) / (one.independent + other.independent));
      const [low, high] = [-error, error].map((step) => distribution.timeAt(percentile / 100 + step));
      return { value: Math.log(value), low: Math.log(low!), high: Math.log(high!) };
    };
    const difference = subtractIntervals(read(this.#baseline, one), read(this.#candidate, other));
    return toRatio(`p${percentile}`, [one.value, other.value], difference);
  }

  #compareRatio(figure: Figure, one: Measured, other: Measured): Change {
    const { variance, degrees } = this.#estimate(one, other);
    const error = studentTCritical(this.#tail, degrees) * Math.sqrt(variance);
    const value = Math.log(other.value / one.value);
    return toRatio(figure, [one.value, other.value], { value, low: value - error, high: value + error });
  }

  /** Requests that hang together are worth fewer: as many as would have the same variance on their own. */
  #compareFailures(): Change {
    const [one, other] = [this.#baseline.failedShare, this.#candidate.failedShare];
    const independent = one.independent + other.independent;
    const { variance, degrees } = this.#estimate(one, other);
    const critical = studentTCritical(this.#tail, degrees);
    const worth = independent > 0 ? Math.min(1, independent / variance) : 1;
    const read = ({ completed }: MeasuredRow, { value }: Measured) =>
      wilsonInterval(value, completed * worth, critical);
    const { value, low, high } = subtractIntervals(read(this.#baseline, one), read(this.#candidate, other));
    return { figure: 'failures', baseline: one.value, candidate: other.value, change: value, low, high };
  }

  /**
   * Believed, unless the runs speak against it: that every request is on its own; if not, that every stretch of time is;
   * if not even that, nothing.
   */
  #estimate(one: Measured, other: Measured): VarianceEstimate {
    const errors = subtract(one, other);
    const independent = one.independent + other.independent;
    const { variance, degrees } = this.#weigh(errors, independent);
    return { variance: Math.max(variance, independent), degrees };
  }

  #weigh(errors: readonly number[], independent: number): VarianceEstimate {
    const areRequestsAlone = independent > 0 && !this.#hangsTogether && !hangsTogether(errors, independent);
    if (areRequestsAlone) return moderateVariance(errors, { variance: independent, degrees: Number.POSITIVE_INFINITY });
    return movesSlowly(errors) ? cosineVariance(errors) : moderateVariance(errors, plainVariance(errors));
  }
}

function pairHangsTogether(one: Measured, other: Measured): boolean {
  return hangsTogether(subtract(one, other), one.independent + other.independent);
}

function subtract(one: Measured, other: Measured): number[] {
  return other.errors.map((error, at) => error - one.errors[at]!);
}

function toRatio(figure: Figure, [baseline, candidate]: [number, number], { value, low, high }: Interval): Change {
  return { figure, baseline, candidate, change: Math.expm1(value), low: Math.expm1(low), high: Math.expm1(high) };
}
