import type { SeriesCounts } from './aggregate.js';
import { sumSeries } from './statistics.js';

const known = new WeakMap<readonly SeriesCounts[], SeriesCounts>();

/** One row of all names of a second: worked out once, whoever asks for it. The list must not change afterwards. */
export function sumOnce(series: readonly SeriesCounts[]): SeriesCounts {
  let sum = known.get(series);
  if (sum === undefined) {
    sum = sumSeries(series);
    known.set(series, sum);
  }
  return sum;
}
