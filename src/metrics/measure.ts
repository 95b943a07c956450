import { type BucketCounts, Histogram } from './histogram.js';
import type { GaugeMerge, MeasureType } from './measure-selector.js';
import { SparseBuckets } from './sparse-buckets.js';

/** What a gauge was last set to, and when (ms since the run's start). */
export interface GaugeValue {
  value: number;
  atMs: number;
}

/** What tells one measure from another. */
export interface MeasureIdentity {
  /** Canonical text of metric and labels: `http_req_duration{name:02_product_list}`. */
  key: string;
  metric: string;
  type: MeasureType;
  merge?: GaugeMerge;
  /** What reports print behind a number. */
  unit?: string;
  /** For one of many combinations of labels: the key it is counted under once there are too many. */
  others?: string;
}

/** What one measure counted in a stretch of time, as plain data; adding two gives the longer stretch. */
export interface MeasureCounts extends MeasureIdentity {
  /** Values recorded. A trend's corrected durations are not among them: they stand in `durations` only. */
  count: number;
  /** Sum of the values: a counter's total, a rate's number of trues. */
  sum: number;
  /** Least and greatest value of trends and gauges; absent without any. */
  minimum?: number;
  maximum?: number;
  /** A trend's distribution. */
  durations?: BucketCounts;
  /** A gauge's latest value in each share. */
  shares?: Record<string, GaugeValue>;
}

/** Counts one measure; the same thing where it is recorded and where shares and seconds are added up. */
export class Measure {
  readonly #identity: MeasureIdentity;
  readonly #buckets: Histogram | SparseBuckets | undefined;
  readonly #shares = new Map<string, GaugeValue>();
  #count = 0;
  #sum = 0;
  #minimum = Number.POSITIVE_INFINITY;
  #maximum = Number.NEGATIVE_INFINITY;
  /** Several selectors may lead to one measure: it counts an event once. */
  #lastEvent = -1;

  constructor({ key, metric, type, merge, unit, others }: MeasureIdentity) {
    this.#identity = {
      key,
      metric,
      type,
      ...(merge === undefined ? {} : { merge }),
      ...(unit === undefined ? {} : { unit }),
      ...(others === undefined ? {} : { others }),
    };
    // Of combinations there may be thousands; measures that were named are few, and should be quick.
    if (type === 'trend') this.#buckets = others === undefined ? new Histogram() : new SparseBuckets();
  }

  /** Counts a value of a counter, rate (0 or 1) or trend. Negative values of a trend count as 0. */
  add(value: number, event: number): void {
    if (event === this.#lastEvent) return;
    this.#lastEvent = event;
    const counted = this.#buckets === undefined ? value : Math.max(0, value);
    this.#buckets?.record(counted);
    this.#addValue(counted);
  }

  /** Sets a gauge; of two values at one instant the later call counts. */
  set(value: number, atMs: number, share: string): void {
    this.#addValue(value);
    const known = this.#shares.get(share);
    if (known === undefined || known.atMs <= atMs) this.#shares.set(share, { value, atMs });
  }

  /** Adds to a trend's distribution, and to nothing else. */
  correct(value: number, event: number): void {
    if (event === this.#lastEvent) return;
    this.#lastEvent = event;
    this.#buckets?.record(value);
  }

  merge(counts: MeasureCounts): void {
    this.#count += counts.count;
    this.#sum += counts.sum;
    if (counts.minimum !== undefined) this.#minimum = Math.min(this.#minimum, counts.minimum);
    if (counts.maximum !== undefined) this.#maximum = Math.max(this.#maximum, counts.maximum);
    if (counts.durations !== undefined) this.#buckets?.addCounts(counts.durations);
    for (const [share, next] of Object.entries(counts.shares ?? {})) {
      const known = this.#shares.get(share);
      if (known === undefined || isLater(next, known)) this.#shares.set(share, { ...next });
    }
  }

  read(): MeasureCounts {
    const hasExtremes = this.#count > 0 && (this.#buckets !== undefined || this.#identity.type === 'gauge');
    return {
      ...this.#identity,
      count: this.#count,
      sum: this.#sum,
      ...(hasExtremes ? { minimum: this.#minimum, maximum: this.#maximum } : {}),
      ...(this.#buckets === undefined ? {} : { durations: this.#buckets.readCounts() }),
      ...(this.#identity.type === 'gauge' ? { shares: Object.fromEntries(this.#shares) } : {}),
    };
  }

  reset(): void {
    this.#count = 0;
    this.#sum = 0;
    this.#minimum = Number.POSITIVE_INFINITY;
    this.#maximum = Number.NEGATIVE_INFINITY;
    this.#buckets?.reset();
    this.#shares.clear();
  }

  get isEmpty(): boolean {
    return this.#count === 0 && (this.#buckets?.count ?? 0) === 0;
  }

  #addValue(value: number): void {
    this.#count++;
    this.#sum += value;
    if (value < this.#minimum) this.#minimum = value;
    if (value > this.#maximum) this.#maximum = value;
  }
}

/** Merging in any order must give the same, so at one instant the greater value counts. */
function isLater(next: GaugeValue, known: GaugeValue): boolean {
  return next.atMs > known.atMs || (next.atMs === known.atMs && next.value > known.value);
}
