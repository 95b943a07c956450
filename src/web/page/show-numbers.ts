import { formatElapsed } from '../../reporters/format/format-duration.js';
import { formatBytes, formatMs } from '../../reporters/format/format-number.js';
import type { Places } from './charts/chart-spec.js';

/** For values that were not measured. */
export const NOTHING = '–';

/** Milliseconds, as other reports show them, with commas from a thousand on. */
export function showMs(ms: number | undefined): string {
  if (ms === undefined) return NOTHING;
  return ms < 1000 ? formatMs(ms) : Math.round(ms).toLocaleString('en-US');
}

/** Something a second, with as many digits as say something. */
export function showRate(perSecond: number): string {
  const digits = perSecond >= 100 || perSecond === 0 ? 0 : perSecond >= 10 ? 1 : 2;
  return perSecond.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** On an axis: no digits that say nothing. */
export function showTick(value: number): string {
  if (value >= 1e6) return `${trim(value / 1e6)} M`;
  return value >= 1e4 ? `${trim(value / 1e3)} k` : trim(value);
}

export function showBytes(bytes: number): string {
  return formatBytes(Math.round(bytes));
}

/** The stretch of a column: `0:12`, or `1:04–1:08`, and what time of day that was. */
export function formatColumn({ second, seconds }: Places, column: number, startedAtMs: number): string {
  const [from, length] = [second[column]!, seconds[column]!];
  const clock = new Date(startedAtMs + from * 1000).toLocaleTimeString('en-GB');
  const until = length > 1 ? `–${formatElapsed((from + length) * 1000)}` : '';
  return `${formatElapsed(from * 1000)}${until} · ${clock}`;
}

function trim(value: number): string {
  return Number(value.toPrecision(4)).toLocaleString('en-US', { maximumFractionDigits: 6 });
}
