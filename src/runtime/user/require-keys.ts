import { LoadwrightError } from '../../errors.js';

export interface KeyLists {
  known: readonly string[];
  /** Designed, but not part of this version. */
  later?: readonly string[];
}

/**
 * Makes sure that a definition has no misspelt key: it would be silently without effect.
 *
 * @throws LoadwrightError `ERR_SCENARIO_INVALID`, or `ERR_NOT_SUPPORTED` for a key of a later version
 */
export function requireKeys(where: string, given: object, { known, later = [] }: KeyLists): void {
  for (const key of Object.keys(given)) {
    if (known.includes(key)) continue;
    if (later.includes(key)) {
      throw new LoadwrightError('ERR_NOT_SUPPORTED', {
        message: `"${key}" in ${where} is not part of this version of Loadwright.`,
        hint: `Remove "${key}" from the scenario.`,
      });
    }
    throw new LoadwrightError('ERR_SCENARIO_INVALID', {
      message: `${where} has no key "${key}".`,
      hint: `It takes: ${known.join(', ')}.`,
    });
  }
}
