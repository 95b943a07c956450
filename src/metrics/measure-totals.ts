import { Measure, type MeasureCounts } from './measure.js';

/** Combinations of labels of one metric beyond this many are counted as one, `OTHER_LABELS`. */
export const MAX_COMBINATIONS = 10_000;

/** Adds up what books took, over shares and time. */
export class MeasureTotals {
  readonly #measures = new Map<string, Measure>();
  readonly #combinations = new Map<string, number>();
  readonly #maxCombinations: number;

  constructor(options: { maxCombinations?: number } = {}) {
    this.#maxCombinations = options.maxCombinations ?? MAX_COMBINATIONS;
  }

  merge(counts: readonly MeasureCounts[]): void {
    for (const part of counts) this.#measureOf(part).merge(part);
  }

  /** Everything counted so far, by key. */
  read(): MeasureCounts[] {
    return [...this.#measures.values()].map((measure) => measure.read()).sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  get(key: string): MeasureCounts | undefined {
    return this.#measures.get(key)?.read();
  }

  reset(): void {
    this.#measures.clear();
    this.#combinations.clear();
  }

  #measureOf(part: MeasureCounts): Measure {
    const known = this.#measures.get(part.key);
    if (known !== undefined) return known;
    const count = this.#combinations.get(part.metric) ?? 0;
    if (part.others !== undefined && count >= this.#maxCombinations) {
      const { others, ...identity } = part;
      return this.#measureOf({ ...identity, key: others });
    }
    if (part.others !== undefined) this.#combinations.set(part.metric, count + 1);
    const measure = new Measure(part);
    this.#measures.set(part.key, measure);
    return measure;
  }
}
