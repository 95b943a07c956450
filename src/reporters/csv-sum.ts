import type { SeriesCounts } from '../metrics/aggregate.js';
import { sumSeries } from '../metrics/statistics.js';

const known = new WeakMap<readonly SeriesCounts[], SeriesCounts>();

/** One row of all names of a second: worked out once for both histories. */
export function sumOnce(series: readonly SeriesCounts[]): SeriesCounts {
  let sum = known.get(series);
  if (sum === undefined) {
    sum = sumSeries(series);
    known.set(series, sum);
  }
  return sum;
}
