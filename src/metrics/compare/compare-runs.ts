import { type Change, compareRows, FIGURES } from './compare-rows.js';
import { CHANGE_VERDICTS, type ChangeVerdict, judgeChange } from './judge-change.js';
import type { RowSeries } from './measure-row.js';

/** A run as it is compared. */
export interface ComparedRun {
  /** Loadwright itself kept up with the load: it measured the target, and not itself. */
  isReliable: boolean;
  total: RowSeries;
  /** Names that completed something. */
  names: readonly ComparedName[];
}

export interface ComparedName {
  method: string;
  name: string;
  /** Its series, made when it is asked for: all names of a long run at once would fill the memory. */
  read(): RowSeries;
}

export type JudgedChange = Change & { verdict: ChangeVerdict };

export interface RowComparison {
  /** Empty for all requests together. */
  method: string;
  name: string;
  verdict: ChangeVerdict;
  changes: JudgedChange[];
}

export interface Comparison {
  /** What may be worse, as a share. */
  tolerance: number;
  /** How sure it is, of all figures of all requests together, and again of all figures of all names, that they are in their intervals. */
  confidence: number;
  /** The worst of all requests together and of every name; what is unclear of a name alone does not count. */
  verdict: ChangeVerdict;
  total: RowComparison;
  /** Names that both runs have. */
  names: RowComparison[];
  onlyInBaseline: { method: string; name: string }[];
  onlyInCandidate: { method: string; name: string }[];
}

const CONFIDENCE = 0.99;

/**
 * What changed from one run to another. All requests together are one family of figures, all names another: in each, the
 * chance of even one interval that misses the truth is 1 %, split evenly (Bonferroni), however many names there are.
 *
 * @param tolerance how much slower, or less, is still accepted, as a share: 0.1
 */
export function compareRuns(baseline: ComparedRun, candidate: ComparedRun, tolerance: number): Comparison {
  const isReliable = baseline.isReliable && candidate.isReliable;
  const judgeRow = (row: { method: string; name: string }, changes: readonly Change[]): RowComparison => {
    const judged = changes.map((change): JudgedChange => {
      return { ...change, verdict: isReliable ? judgeChange(change, tolerance) : 'not-judged' };
    });
    return { method: row.method, name: row.name, verdict: worstOf(judged), changes: judged };
  };
  const others = new Map(candidate.names.map((one) => [keyOf(one), one]));
  const shared = baseline.names.filter((one) => others.has(keyOf(one)));
  const names = shared.map((one) => {
    return judgeRow(one, compareRows(one.read(), others.get(keyOf(one))!.read(), tailOf(shared.length)));
  });
  const total = judgeRow({ method: '', name: '' }, compareRows(baseline.total, candidate.total, tailOf(1)));
  const sharedKeys = new Set(shared.map(keyOf));
  const onlyIn = (run: ComparedRun) =>
    run.names.filter((one) => !sharedKeys.has(keyOf(one))).map(({ method, name }) => ({ method, name }));
  return {
    tolerance,
    confidence: CONFIDENCE,
    verdict: worstOf([total, ...names.filter(({ verdict }) => verdict !== 'unclear')]),
    total,
    names,
    onlyInBaseline: onlyIn(baseline),
    onlyInCandidate: onlyIn(candidate),
  };
}

/** How much of one end of the distribution is left to each figure of so many rows. */
function tailOf(rows: number): number {
  return (1 - CONFIDENCE) / (2 * FIGURES.length * rows);
}

function worstOf(judged: readonly { verdict: ChangeVerdict }[]): ChangeVerdict {
  return CHANGE_VERDICTS.find((verdict) => judged.some((one) => one.verdict === verdict)) ?? 'same';
}

function keyOf({ method, name }: { method: string; name: string }): string {
  return `${method}\n${name}`;
}
