import { compareRuns } from '../../src/metrics/compare/compare-runs.js';
import type { RowSeries } from '../../src/metrics/compare/measure-row.js';
import { type SimulatedTarget, simulateRun } from './simulated-runs.js';

export interface PairCounts {
  pairs: number;
  /** Pairs of the same thing of which anything was called different. */
  different: number;
  /** Pairs with a slower candidate whose p95 was called slower. */
  found: number;
}

const TOLERANCE = 0.1;

const toRun = (total: RowSeries) => ({ isReliable: true, total, names: [] });

/** Compares pairs of runs against the same target, and pairs whose candidate takes `slowdown` times as long. */
export function comparePairs(target: SimulatedTarget, pairs: number, slowdown = 1.1): PairCounts {
  const counts = { pairs, different: 0, found: 0 };
  for (let pair = 0; pair < pairs; pair++) {
    const [one, same] = [simulateRun(target, 3 * pair), simulateRun(target, 3 * pair + 1)];
    const slow = simulateRun({ ...target, slowdown }, 3 * pair + 2);
    const compare = (candidate: typeof one) => compareRuns(toRun(one), toRun(candidate), TOLERANCE).total;
    if (!['same', 'unclear'].includes(compare(same).verdict)) counts.different++;
    if (['worse', 'regression'].includes(compare(slow).changes[1]!.verdict)) counts.found++;
  }
  return counts;
}
