import { describeComparison } from './comparison-document.js';
import type { ComparisonReport } from './comparison-report.js';

/** A comparison for programs: docs/compare.md describes it. What is not known is null. */
export function formatComparisonJson(report: ComparisonReport): string {
  return `${JSON.stringify(describeComparison(report), undefined, 2)}\n`;
}
