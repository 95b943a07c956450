import { RefusedRequest } from './problem.js';

const DEFAULT_PERCENT = 10;

/** How much worse is still accepted, in percent as `--tolerance` has it; a share. */
export function readTolerance(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PERCENT / 100;
  const percent = /^\d{1,3}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (percent >= 1 && percent <= 100) return percent / 100;
  throw new RefusedRequest('BODY_INVALID', '"tolerance" is a number of percent from 1 to 100.', {
    hint: 'tolerance=10',
  });
}
