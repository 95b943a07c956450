import { type Comparison, compareRuns } from '../../metrics/compare/compare-runs.js';
import type { OpenedRun } from './open-run.js';
import { toComparedRun } from './to-compared-run.js';

/** A comparison, and the runs it is of. */
export interface ComparisonReport {
  baseline: OpenedRun;
  candidate: OpenedRun;
  comparison: Comparison;
  /** What else differs between the runs, or speaks against trusting one, in sentences. */
  notes: string[];
}

/** @param tolerance how much slower, or less, is still accepted, as a share: 0.1 */
export function compareOpened(baseline: OpenedRun, candidate: OpenedRun, tolerance: number): ComparisonReport {
  const comparison = compareRuns(toComparedRun(baseline.document), toComparedRun(candidate.document), tolerance);
  return { baseline, candidate, comparison, notes: findNotes(baseline, candidate) };
}

function findNotes(baseline: OpenedRun, candidate: OpenedRun): string[] {
  const runs = [
    { side: 'baseline', document: baseline.document },
    { side: 'candidate', document: candidate.document },
  ] as const;
  const [one, other] = [baseline.document, candidate.document];
  return [
    ...(one.scenario === other.scenario ? [] : [`The scenarios differ: ${one.scenario} and ${other.scenario}.`]),
    ...(describeLoads(one) === describeLoads(other) ? [] : ['The loads differ: the figures are of different tests.']),
    ...runs.flatMap(({ side, document: { state } }) => (state === 'completed' ? [] : [`The ${side} is ${state}.`])),
    ...runs.flatMap(({ side, document: { generator } }) =>
      generator.verdict === 'saturated' ? [`In the ${side} Loadwright itself did not keep up with the load.`] : [],
    ),
  ];
}

function describeLoads({ loads }: OpenedRun['document']): string {
  return JSON.stringify(
    loads.map(({ name, executor, model, startAtMs, after, endMs, line, kinds }) => {
      return [name, executor, model, startAtMs, after, endMs, line, kinds.map(({ kind }) => kind)];
    }),
  );
}
