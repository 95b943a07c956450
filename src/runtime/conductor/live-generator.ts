import type { GeneratorHealth, GeneratorSummary } from '../../metrics/generator-health.js';
import { GeneratorTotals } from '../../metrics/generator-totals.js';
import { isLongEnough, judgeInterval } from '../../metrics/judge-generator.js';
import type { MeasureSelector } from '../../metrics/measure-selector.js';
import { MeasureBook, type MeasureCounts } from '../../metrics/measures.js';
import type { MergedInterval } from './collector.js';
import { ProcessWatch } from './process-watch.js';

/** Values of the generator's metrics are nobody's in particular. */
const DETAILS = { who: { load: '', user: '', group: undefined, labels: {} }, atMs: 0 };

/** Judges the generator itself while the run goes on, second by second, and over the run. */
export class LiveGenerator {
  readonly #process = new ProcessWatch();
  readonly #book: MeasureBook;
  #totals = new GeneratorTotals();

  constructor(measures: readonly MeasureSelector[]) {
    this.#book = new MeasureBook(
      measures.filter(({ metric }) => metric.startsWith('generator_')),
      0,
    );
  }

  /** How it kept up in an interval, and what thresholds asked of that. */
  close({ signs: shares, missingShares }: MergedInterval): { health: GeneratorHealth; counts: MeasureCounts[] } {
    const signs = { shares, missingShares, machine: this.#process.take() };
    const judged = judgeInterval(signs);
    this.#totals.add(signs, judged);
    const { health } = judged;
    if (isLongEnough(signs)) {
      this.#book.record('generator_utilisation', health.utilisation, DETAILS);
      this.#book.record('generator_added_latency', health.addedLatency.meanMs, DETAILS);
      this.#book.record('generator_saturated', health.verdict === 'saturated', DETAILS);
    }
    return { health, counts: this.#book.take() };
  }

  /** `--reset-stats`: what was before no longer counts. */
  reset(): void {
    this.#totals = new GeneratorTotals();
  }

  read(): GeneratorSummary {
    return this.#totals.read();
  }
}
