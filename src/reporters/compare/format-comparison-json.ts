import type { RowComparison } from '../../metrics/compare/compare-runs.js';
import { VERSION } from '../../runtime/version.js';
import type { ComparisonReport } from './comparison-report.js';
import type { OpenedRun } from './open-run.js';

/** Raised when a field changes its meaning or goes; new fields alone do not raise it. */
const FORMAT_VERSION = 1;

/** A comparison for programs: docs/compare.md describes it. What is not known is null. */
export function formatComparisonJson({ baseline, candidate, comparison, notes }: ComparisonReport): string {
  const { tolerance, confidence, verdict, total, names, onlyInBaseline, onlyInCandidate } = comparison;
  const document = {
    format: 'loadwright-comparison',
    formatVersion: FORMAT_VERSION,
    version: VERSION,
    verdict,
    tolerance,
    confidence,
    baseline: describeRun(baseline),
    candidate: describeRun(candidate),
    notes,
    total: describeRow(total),
    names: names.map((row) => ({ method: row.method, name: row.name, ...describeRow(row) })),
    onlyInBaseline,
    onlyInCandidate,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function describeRun({ path, document }: OpenedRun) {
  const { version, scenario, startedAt, durationMs, state, total } = document;
  return {
    path,
    version,
    scenario,
    startedAt,
    durationMs,
    state,
    completed: total.completed,
    failures: total.failures,
  };
}

function describeRow({ verdict, changes }: RowComparison) {
  return { verdict, figures: Object.fromEntries(changes.map(({ figure, ...change }) => [figure, change])) };
}
