/**
 * Milliseconds in as few characters as say something: whole from 10 on, one decimal from 1 on, two below, and three
 * below 0.01, so that no measured time reads as 0.
 */
export function formatMs(ms: number | undefined): string {
  if (ms === undefined) return '-';
  const digits = ms < 0.01 ? 3 : ms < 1 ? 2 : ms < 10 ? 1 : 0;
  const text = ms.toFixed(digits);
  // 9.97 has one decimal by the rule and becomes "10.0" by rounding.
  return Number(text) >= 10 ? Number(text).toFixed(0) : text;
}

export function formatRate(perSecond: number): string {
  return perSecond.toFixed(2);
}

/** Between two digits, with threes of them up to the end. */
const BETWEEN_THREES = /\B(?=(?:\d{3})+$)/g;

/** A count in a sentence: 1,234,567. By hand, for the first number that `Intl` formats costs 10 ms as a run starts. */
export function formatCount(count: number): string {
  return Number.isSafeInteger(count) ? String(count).replace(BETWEEN_THREES, ',') : count.toLocaleString('en-US');
}

/** A number of any kind in a sentence: whole ones in full, others with about three digits that say something. */
export function formatQuantity(value: number): string {
  if (Number.isInteger(value)) return formatCount(value);
  const digits = digitsOf(Math.abs(value));
  if (Math.abs(value) < 0.1) return value.toLocaleString('en-US', { maximumSignificantDigits: 2 });
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

const MOST_DIGITS = 9;

/**
 * A number next to the limit it was held against, with so many digits behind the point, or as many more as it takes to
 * see on which side of the limit it is: 200.3 held against 200 is not shown as 200.
 */
export function formatAgainst(value: number, limit: number, digits: number): string {
  const isOnItsSide = (text: string) => Math.sign(Number(text) - limit) === Math.sign(value - limit);
  let text = value.toFixed(digits);
  for (let more = digits + 1; more <= MOST_DIGITS && !isOnItsSide(text); more++) text = value.toFixed(more);
  return text;
}

function digitsOf(value: number): number {
  if (value >= 100) return 0;
  return value >= 10 ? 1 : 2;
}

/** A count and its noun: `1 request`, `12 requests`. */
export function formatPlural(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** A share in a sentence; never rounded to nothing or to everything. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.0001) return 'under 0.01 %';
  if (share < 1 && share > 0.9999) return 'over 99.99 %';
  return `${(share * 100).toFixed(share === 0 || share === 1 ? 0 : 2)} %`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
