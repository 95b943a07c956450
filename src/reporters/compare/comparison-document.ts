import type { Figure } from '../../metrics/compare/compare-rows.js';
import type { JudgedChange, RowComparison } from '../../metrics/compare/compare-runs.js';
import type { ChangeVerdict } from '../../metrics/compare/judge-change.js';
import { VERSION } from '../../runtime/version.js';
import type { ComparisonReport } from './comparison-report.js';
import { summarise } from './format-comparison.js';
import type { OpenedRun } from './open-run.js';

/** Raised when a field changes its meaning or goes; new fields alone do not raise it. */
const FORMAT_VERSION = 1;

/** One figure of one row. What is not known is null. */
export interface ComparedFigure {
  /** ms; requests a second; failures / completed. */
  baseline: number;
  candidate: number;
  /** candidate / baseline − 1; of failures the difference. */
  change: number;
  /** Ends of its interval. */
  low: number | null;
  high: number | null;
  verdict: ChangeVerdict;
}

export interface ComparedRow {
  verdict: ChangeVerdict;
  figures: Record<Figure, ComparedFigure>;
}

export interface ComparedRunHead {
  path: string;
  version: string;
  scenario: string;
  startedAt: string;
  durationMs: number;
  state: 'completed' | 'stopped' | 'incomplete';
  completed: number;
  failures: number;
}

/** A comparison for programs: docs/compare.md describes it. */
export interface ComparisonDocument {
  format: 'loadwright-comparison';
  formatVersion: number;
  /** Of Loadwright. */
  version: string;
  /** The worst of all requests together and of every name. */
  verdict: ChangeVerdict;
  /** The verdict in words, and what it rests on. */
  summary: string[];
  /** What may be worse, as a share. */
  tolerance: number;
  confidence: number;
  baseline: ComparedRunHead;
  candidate: ComparedRunHead;
  /** What else differs between the runs, or speaks against trusting one, in sentences. */
  notes: string[];
  total: ComparedRow;
  names: ({ method: string; name: string } & ComparedRow)[];
  onlyInBaseline: { method: string; name: string }[];
  onlyInCandidate: { method: string; name: string }[];
}

export function describeComparison(report: ComparisonReport): ComparisonDocument {
  const { baseline, candidate, comparison, notes } = report;
  const { tolerance, confidence, verdict, total, names, onlyInBaseline, onlyInCandidate } = comparison;
  return {
    format: 'loadwright-comparison',
    formatVersion: FORMAT_VERSION,
    version: VERSION,
    verdict,
    summary: summarise(report).map((line) => line.trim()),
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
}

function describeRun({ path, document }: OpenedRun): ComparedRunHead {
  const { version, scenario, startedAt, durationMs, state, total } = document;
  const { completed, failures } = total;
  return { path, version, scenario, startedAt, durationMs, state, completed, failures };
}

function describeRow({ verdict, changes }: RowComparison): ComparedRow {
  const figures = changes.map(({ figure, ...change }) => [figure, describeFigure(change)] as const);
  return { verdict, figures: Object.fromEntries(figures) as ComparedRow['figures'] };
}

function describeFigure({ low, high, ...change }: Omit<JudgedChange, 'figure'>): ComparedFigure {
  return { ...change, low: finite(low), high: finite(high) };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
