import type { SeriesCounts } from '../../metrics/aggregate.js';
import { BucketSum } from '../../metrics/bucket-sum.js';
import type { BucketCounts } from '../../metrics/histogram.js';
import { type PackedBuckets, PackedWriter } from '../../metrics/packed-buckets.js';
import type { TimeCounts } from '../../metrics/times.js';
import type { BucketLog } from './bucket-log.js';

/** What one name did in a stretch of the run. */
export interface NameCell {
  completed: number;
  failures: number;
  times: TimeCounts;
}

/** Figures of a name: completed, failures, total, least and greatest time. */
const FIELDS = 5;
const [COMPLETED, FAILURES, TOTAL, LEAST, GREATEST] = [0, 1, 2, 3, 4];

/** Both are for everybody: they are emptied after each use. */
const sum = new BucketSum();
const writer = new PackedWriter();

/**
 * What each name did in a stretch of the run: few arrays for all names together, so that hundreds of names over an hour
 * fit into memory and leave the garbage collector nothing to walk through. Names are known by their index.
 */
export class NameStretch {
  #figures = new Float64Array(0);
  /** The distributions of all names, one behind the other, and where each of them ends. */
  #packed: PackedBuckets = new Uint8Array(0);
  #ends = new Uint32Array(0);
  /** Its buckets are 2^shift times as wide as a histogram's. */
  #shift = 0;

  /** @param names how many are known so far; there may be more */
  constructor(names: number) {
    this.#reserve(names);
  }

  /** Of the distributions. */
  get bytes(): number {
    return this.#packed.length;
  }

  /** Counts all but the distribution. */
  count(name: number, { completed, failures, totalMs, minMs, maxMs }: SeriesCounts): void {
    this.#reserve(name + 1);
    const at = name * FIELDS;
    const figures = this.#figures;
    figures[at + COMPLETED]! += completed;
    figures[at + FAILURES]! += failures;
    figures[at + TOTAL]! += totalMs;
    if (minMs !== undefined && minMs < figures[at + LEAST]!) figures[at + LEAST] = minMs;
    if (maxMs !== undefined && maxMs > figures[at + GREATEST]!) figures[at + GREATEST] = maxMs;
  }

  /** Adds the distributions of `log`; from here on its buckets are as wide as `shift` says, if they were not yet. */
  add(log: BucketLog, shift: number): void {
    this.#pack(shift, (name) => log.addTo(sum, name));
  }

  /** Adds what happened in the stretch behind it. */
  merge(next: NameStretch, shift: number): void {
    this.#reserve(next.#names);
    const [figures, later] = [this.#figures, next.#figures];
    for (let at = 0; at < later.length; at += FIELDS) {
      figures[at + COMPLETED]! += later[at + COMPLETED]!;
      figures[at + FAILURES]! += later[at + FAILURES]!;
      figures[at + TOTAL]! += later[at + TOTAL]!;
      figures[at + LEAST] = Math.min(figures[at + LEAST]!, later[at + LEAST]!);
      figures[at + GREATEST] = Math.max(figures[at + GREATEST]!, later[at + GREATEST]!);
    }
    this.#pack(shift, (name) => next.#addTo(name, shift));
  }

  /** Undefined if it did nothing. Buckets are `2^shift` times as wide, each known by the one in its middle. */
  read(name: number, shift: number): NameCell | undefined {
    if (name >= this.#names) return undefined;
    this.#addTo(name, shift);
    const durations = sum.take();
    widen(durations, shift);
    const [completed, failures, totalMs, minMs, maxMs] = this.#figures.subarray(name * FIELDS, (name + 1) * FIELDS);
    if (completed === 0 && durations.length === 0) return undefined;
    const extremes = maxMs! < minMs! ? {} : { minMs: minMs!, maxMs: maxMs! };
    return { completed: completed!, failures: failures!, times: { totalMs: totalMs!, ...extremes, durations } };
  }

  get #names(): number {
    return this.#figures.length / FIELDS;
  }

  #pack(shift: number, addMore: (name: number) => void): void {
    const names = this.#names;
    const ends = new Uint32Array(names);
    for (let name = 0; name < names; name++) {
      this.#addTo(name, shift);
      addMore(name);
      sum.takePacked(writer);
      ends[name] = writer.size;
    }
    this.#packed = writer.take();
    this.#ends = ends;
    this.#shift = shift;
  }

  #addTo(name: number, shift: number): void {
    const from = name === 0 ? 0 : this.#ends[name - 1]!;
    const to = this.#ends[name]!;
    sum.shift = shift - this.#shift;
    if (to > from) sum.addPacked(this.#packed, { from, to });
    sum.shift = shift;
  }

  #reserve(names: number): void {
    if (names <= this.#names) return;
    const figures = new Float64Array(names * FIELDS);
    figures.set(this.#figures);
    for (let at = this.#figures.length; at < figures.length; at += FIELDS) {
      figures[at + LEAST] = Number.POSITIVE_INFINITY;
      figures[at + GREATEST] = Number.NEGATIVE_INFINITY;
    }
    this.#figures = figures;
  }
}

function widen(durations: BucketCounts, shift: number): void {
  if (shift === 0) return;
  const middle = 1 << (shift - 1);
  for (let at = 0; at < durations.length; at += 2) durations[at] = (durations[at]! << shift) + middle;
}
