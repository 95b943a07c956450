/** Spans of time as people write them, `1h20m` or `400ms`, in milliseconds. */

const UNITS_MS = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
const SPAN = /^(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/;
const BARE_NUMBER = /^\d+(?:\.\d+)?$/;

/** Timers of Node.js hold no more than this. */
export const LONGEST_DURATION_MS = 2_147_483_647;

/** What a bare number for a request timeout may be at most, in seconds. */
export const LARGEST_BARE_TIMEOUT_SECONDS = 600;

/**
 * A span of time in milliseconds, or `undefined` if the value is none.
 *
 * Text is a bare number of seconds (`20`) or numbers with units in falling order (`1h20m`, `1h3m7s`, `400ms`, `1.5s`);
 * a unit that is left out at the end is an error, not a guess: `1h30` is refused. A number is seconds.
 *
 * @example
 * ```ts
 * parseDuration('1h3m7s'); // 3_787_000
 * parseDuration(1.5); // 1_500
 * parseDuration('1h30'); // undefined
 * ```
 */
export function parseDuration(value: unknown): number | undefined {
  if (typeof value === 'number') return acceptMs(value * UNITS_MS.s);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (BARE_NUMBER.test(text)) return acceptMs(Number(text) * UNITS_MS.s);
  const match = SPAN.exec(text);
  if (text === '' || match === null) return undefined;
  const [, hours, minutes, seconds, milliseconds] = match;
  return acceptMs(
    Number(hours ?? 0) * UNITS_MS.h +
      Number(minutes ?? 0) * UNITS_MS.m +
      Number(seconds ?? 0) * UNITS_MS.s +
      Number(milliseconds ?? 0) * UNITS_MS.ms,
  );
}

/**
 * Whether a request timeout was written in milliseconds by mistake: a bare number over 600, which would be ten minutes
 * of seconds. Somebody who means that writes `11m`.
 */
export function looksLikeMilliseconds(value: unknown): boolean {
  const isBare = typeof value === 'number' || (typeof value === 'string' && BARE_NUMBER.test(value.trim()));
  return isBare && Number(value) > LARGEST_BARE_TIMEOUT_SECONDS;
}

function acceptMs(durationMs: number): number | undefined {
  if (!Number.isFinite(durationMs) || durationMs < 0 || durationMs > LONGEST_DURATION_MS) return undefined;
  return Math.round(durationMs * 1_000) / 1_000;
}
