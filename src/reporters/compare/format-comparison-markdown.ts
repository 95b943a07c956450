import type { RowComparison } from '../../metrics/compare/compare-runs.js';
import { describeChange, formatTolerance, nameOf } from './change-words.js';
import type { ComparisonReport } from './comparison-report.js';
import { describeRun, sortRows, summarise } from './format-comparison.js';

/** Characters that mean something in Markdown, or in the HTML that may stand in it. */
const SPECIAL = /[\\`*_{}[\]<>()#+!|~&@-]/g;

/** A comparison as GitHub-flavoured Markdown, for a pull request or the summary of a job. */
export function formatComparisonMarkdown(report: ComparisonReport): string {
  const { baseline, candidate, comparison, notes } = report;
  const { total, names, confidence, tolerance, onlyInBaseline, onlyInCandidate } = comparison;
  const [verdict, ...reasons] = summarise(report);
  const rows = names.length > 1 ? [total, ...sortRows(names)] : [total];
  const lines = [
    `**${escapeMarkdown(verdict!)}**`,
    '',
    ...reasons.map((reason) => `- ${escapeMarkdown(reason.trim())}`),
    ...(reasons.length > 0 ? [''] : []),
    `- ${escapeMarkdown(describeRun('Baseline:', baseline))}`,
    `- ${escapeMarkdown(describeRun('Candidate:', candidate))}`,
    ...notes.map((note) => `- ${escapeMarkdown(note)}`),
    '',
    `| | | Baseline | Candidate | Change | ${confidence * 100} % interval | |`,
    '|---|---|---:|---:|---:|---:|---|',
    ...rows.flatMap((row) => formatRow(row, tolerance)),
    '',
    ...formatMissing('Only in the baseline', onlyInBaseline),
    ...formatMissing('Only in the candidate', onlyInCandidate),
    `Tolerance ${formatTolerance(tolerance)}. Intervals hold all figures of all requests at once, and again those of ` +
      `all names, ${confidence * 100} times in 100.`,
  ];
  return `${lines.join('\n')}\n`;
}

function formatRow(row: RowComparison, tolerance: number): string[] {
  return row.changes.map((change, index) => {
    const { label, baseline, candidate, change: size, interval, verdict } = describeChange(change, tolerance);
    const isClear = change.verdict !== 'same' && change.verdict !== 'unclear';
    const name = index === 0 ? escapeMarkdown(nameOf(row)) : '';
    return `| ${name} | ${label} | ${baseline} | ${candidate} | ${size} | ${interval} | ${isClear ? `**${verdict}**` : verdict} |`;
  });
}

function formatMissing(title: string, names: readonly { method: string; name: string }[]): string[] {
  if (names.length === 0) return [];
  return [`${title}: ${names.map((one) => escapeMarkdown(nameOf(one))).join(', ')}.`, ''];
}

function escapeMarkdown(text: string): string {
  return text.replace(SPECIAL, (character) => `\\${character}`);
}
