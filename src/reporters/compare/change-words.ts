import type { Change, Figure } from '../../metrics/compare/compare-rows.js';
import type { JudgedChange, RowComparison } from '../../metrics/compare/compare-runs.js';
import { SAME_FAILURES } from '../../metrics/compare/judge-change.js';
import { escapeText } from '../format/escape-text.js';
import { formatQuantity } from '../format/format-number.js';

const LABELS: Readonly<Record<Figure, string>> = {
  p50: 'p50 ms',
  p95: 'p95 ms',
  p99: 'p99 ms',
  mean: 'mean ms',
  throughput: 'req/s',
  failures: 'failed %',
};

/** A change as texts, for a row of a table. */
export interface ChangeCells {
  label: string;
  baseline: string;
  candidate: string;
  change: string;
  interval: string;
  verdict: string;
}

/** @param tolerance as a share */
export function describeChange(change: JudgedChange, tolerance: number): ChangeCells {
  const { figure, baseline, candidate } = change;
  const scale = figure === 'failures' ? 100 : 1;
  return {
    label: LABELS[figure],
    baseline: formatQuantity(baseline * scale),
    candidate: formatQuantity(candidate * scale),
    change: `${formatSigned(change.change, figure)} ${unitOf(change)}`,
    interval: formatInterval(change),
    verdict: describeVerdict(change, tolerance),
  };
}

export function describeVerdict({ figure, change, verdict }: JudgedChange, tolerance: number): string {
  const near = figure === 'failures' ? `${SAME_FAILURES * 100} pt` : formatTolerance(tolerance);
  if (verdict === 'same') return `within ${near}`;
  if (verdict === 'not-judged') return 'not judged';
  if (verdict === 'unclear') return `not enough data for ${near}`;
  if (figure === 'failures') return change > 0 ? 'more failures' : 'fewer failures';
  const [up, down] = figure === 'throughput' ? ['more', 'less'] : ['slower', 'faster'];
  return `${change > 0 ? up : down}${verdict === 'regression' ? `, over ${near}` : ''}`;
}

export function formatTolerance(tolerance: number): string {
  return `${formatQuantity(Number((tolerance * 100).toPrecision(12)))} %`;
}

export function nameOf({ method, name }: Pick<RowComparison, 'method' | 'name'>): string {
  return method === '' && name === '' ? 'All requests' : escapeText([method, name].filter(Boolean).join(' '));
}

/** An end that nothing is known of is a question mark. */
function formatInterval(change: Change): string {
  const { figure, low, high } = change;
  const isKnown = [Number.isFinite(low) && (figure === 'failures' || low > -1), Number.isFinite(high)];
  if (!isKnown.some(Boolean)) return '?';
  const [from, to] = [low, high].map((end, index) => (isKnown[index] === true ? formatSigned(end, figure) : '?'));
  return `${from} to ${to}`;
}

/** In percent, of failures in percentage points; 0 has no sign. */
function formatSigned(share: number, figure: Figure): string {
  const percent = Math.abs(share * 100);
  const digits = figure === 'failures' ? 2 : percent < 99.95 ? 1 : 0;
  const text = percent.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return Number(percent.toFixed(digits)) === 0 ? text : `${share > 0 ? '+' : '-'}${text}`;
}

function unitOf({ figure }: Change): string {
  return figure === 'failures' ? 'pt' : '%';
}
