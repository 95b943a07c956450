import { LoadwrightError } from '../errors.js';

/** Flags of the design that this version does not have yet: refused by name, never ignored. */
export const LATER_FLAGS: readonly { flag: string; short?: string }[] = [
  { flag: 'nats' },
  { flag: 'agents' },
  { flag: 'expect-agents' },
];

const LATER_NAMES = new Set(LATER_FLAGS.map(({ flag }) => flag));

export function isLaterFlag(flag: string): boolean {
  return LATER_NAMES.has(flag);
}

/** The refusal of something that is designed and not built. `written` is how it was spelled. */
export function notSupported(written: string, hint: string): LoadwrightError {
  return new LoadwrightError('ERR_NOT_SUPPORTED', {
    message: `${written} is not part of this version of Loadwright.`,
    hint,
  });
}
