import type { Change, Figure } from './compare-rows.js';

/**
 * What an interval says of a figure: `regression` is worse beyond the tolerance, `worse` and `better` are clear but
 * small or welcome, `same` is within the tolerance for sure, and of `unclear` nothing can be said. `not-judged` is what was
 * measured where Loadwright itself did not keep up.
 */
export type ChangeVerdict = 'regression' | 'worse' | 'better' | 'same' | 'unclear' | 'not-judged';

/** From the worst to the best news. */
export const CHANGE_VERDICTS: readonly ChangeVerdict[] = [
  'regression',
  'worse',
  'better',
  'unclear',
  'same',
  'not-judged',
];

/** No change that is smaller is ever called one: clocks, neighbours and the order of runs do as much. */
const LEAST_CHANGE = 0.01;
/** The same of failures, as a difference of shares. */
const LEAST_FAILURES = 0.001;
/** Failures whose share is this near are the same; more of them are a regression, however few. */
export const SAME_FAILURES = 0.01;

/** @param tolerance how much worse may be, as a share; of failures no more is tolerated, whatever it says */
export function judgeChange(change: Change, tolerance: number): ChangeVerdict {
  const isFailures = change.figure === 'failures';
  const least = isFailures ? LEAST_FAILURES : LEAST_CHANGE;
  const { low, high } = change;
  if (low > least || high < (isFailures ? -least : 1 / (1 + least) - 1)) {
    if (isBetter(change)) return 'better';
    return isFailures || Math.abs(change.change) > tolerance ? 'regression' : 'worse';
  }
  const near = isFailures ? SAME_FAILURES : tolerance;
  return low >= -near && high <= near ? 'same' : 'unclear';
}

function isBetter({ figure, change }: { figure: Figure; change: number }): boolean {
  return figure === 'throughput' ? change > 0 : change < 0;
}
