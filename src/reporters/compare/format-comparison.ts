import type { JudgedChange, RowComparison } from '../../metrics/compare/compare-runs.js';
import { CHANGE_VERDICTS, type ChangeVerdict } from '../../metrics/compare/judge-change.js';
import type { Palette } from '../color.js';
import { escapeText } from '../format/escape-text.js';
import { formatDuration } from '../format/format-duration.js';
import { formatPlural } from '../format/format-number.js';
import { padEnd, padStart, truncateText, wrapText } from '../format/pad-text.js';
import { type ChangeCells, describeChange, describeVerdict, formatTolerance, nameOf } from './change-words.js';
import type { ComparisonReport } from './comparison-report.js';
import type { OpenedRun } from './open-run.js';

/** Clear changes are listed at the top up to this many. */
const MAX_LISTED = 10;
const MAX_LINES = 4;

/** A comparison for a terminal, as lines no wider than `maxWidth` and best at 80: what changed first, then all figures. */
export function formatComparison(report: ComparisonReport, maxWidth: number, palette: Palette): string[] {
  const { baseline, candidate, comparison, notes } = report;
  const { total, names, tolerance, onlyInBaseline, onlyInCandidate } = comparison;
  const paint = painter(palette);
  const block = (row: RowComparison) => ['', ...formatRow(row, report, palette)];
  const lines = [
    describeRun('Baseline', baseline),
    describeRun('Candidate', candidate),
    ...notes.map((note) => palette.warning(escapeText(note))),
    '',
    ...summarise(report).map((line) => paint(comparison.verdict, line)),
    ...block(total),
    // A single name did what all requests together did.
    ...(names.length > 1 ? sortRows(names) : []).flatMap(block),
    ...formatMissing('Only in the baseline', onlyInBaseline),
    ...formatMissing('Only in the candidate', onlyInCandidate),
    '',
    `Intervals hold all figures ${names.length > 1 ? 'of all requests, and again of all names, ' : ''}at once, ` +
      `${comparison.confidence * 100} times in 100. Tolerance ${formatTolerance(tolerance)}.`,
  ];
  return lines.flatMap((line) => (line === '' ? [''] : wrapText(line, maxWidth, MAX_LINES)));
}

/** The verdict, and what it rests on. */
export function summarise({ comparison }: ComparisonReport): string[] {
  const { verdict, total, names, tolerance } = comparison;
  const near = formatTolerance(tolerance);
  if (verdict === 'not-judged') return ['Nothing is judged: a generator that does not keep up measures itself.'];
  if (verdict === 'same') return [`No change over ${near}.`];
  if (verdict === 'unclear') {
    const unclear = total.changes.filter((change) => change.verdict === 'unclear');
    return [
      `No change found, but not enough data for ${near}: ${unclear.map(({ figure }) => figure).join(', ')}. ` +
        'Four times as many requests halve the intervals.',
    ];
  }
  const rows = names.length > 1 ? [total, ...names] : [total];
  const clear = rows.flatMap((row) => row.changes.map((change) => ({ row, change })));
  const listed = clear.filter(({ change }) => change.verdict === verdict);
  const title = {
    regression: 'REGRESSION',
    worse: `Worse, but no more than ${near}`,
    better: 'Better, and nothing is worse',
  }[verdict];
  return [
    `${title}:`,
    ...listed.slice(0, MAX_LISTED).map(({ row, change }) => `  ${describeInWords(row, change, tolerance)}`),
    ...(listed.length > MAX_LISTED ? [`  and ${listed.length - MAX_LISTED} more, below.`] : []),
  ];
}

function describeInWords(row: RowComparison, change: JudgedChange, tolerance: number): string {
  const { change: size, interval } = describeChange(change, tolerance);
  return `${nameOf(row)}: ${change.figure} ${size} (${interval}), ${describeVerdict(change, tolerance)}`;
}

/** What matters most comes first. */
export function sortRows(rows: readonly RowComparison[]): RowComparison[] {
  const rank = ({ verdict }: RowComparison) => (verdict === 'same' ? 'unclear' : verdict);
  return [...rows].sort((a, b) => CHANGE_VERDICTS.indexOf(rank(a)) - CHANGE_VERDICTS.indexOf(rank(b)));
}

export function describeRun(title: string, { path, document }: OpenedRun): string {
  const { scenario, startedAt, durationMs, total } = document;
  const started = startedAt.slice(0, 16).replace('T', ' ');
  const size = `${formatPlural(total.completed, 'request')} in ${formatDuration(durationMs)}`;
  return `${title.padEnd(9)}  ${escapeText(scenario)}, ${started}, ${size}: ${escapeText(path)}`;
}

function formatRow(row: RowComparison, { comparison }: ComparisonReport, palette: Palette): string[] {
  const { tolerance, confidence } = comparison;
  const head = {
    label: '',
    baseline: 'baseline',
    candidate: 'candidate',
    change: 'change',
    interval: `${confidence * 100} % interval`,
    verdict: '',
  };
  const paint = painter(palette);
  return [
    palette.heading(truncateText(nameOf(row), 80)),
    palette.faint(layOut(head)),
    ...row.changes.map((change) => paint(change.verdict, layOut(describeChange(change, tolerance)))),
  ];
}

function layOut({ label, baseline, candidate, change, interval, verdict }: ChangeCells): string {
  const cells = [padEnd(` ${label}`, 9), padStart(baseline, 9), padStart(candidate, 10), padStart(change, 10)];
  return `${cells.join('')}${padStart(interval, 16)}  ${verdict}`.trimEnd();
}

function formatMissing(title: string, names: readonly { method: string; name: string }[]): string[] {
  return names.length === 0 ? [] : ['', `${title}:`, ...names.map((one) => `  ${nameOf(one)}`)];
}

function painter(palette: Palette): (verdict: ChangeVerdict, text: string) => string {
  return (verdict, text) => {
    if (verdict === 'regression') return palette.bad(text);
    if (verdict === 'worse') return palette.warning(text);
    return verdict === 'better' ? palette.good(text) : text;
  };
}
