import { LoadwrightError } from '../../errors.js';

export interface KeyLists {
  known: readonly string[];
}

/**
 * Makes sure that a definition has no misspelt key: it would be silently without effect.
 *
 * @throws LoadwrightError `ERR_SCENARIO_INVALID`
 */
export function requireKeys(where: string, given: object, { known }: KeyLists): void {
  for (const key of Object.keys(given)) {
    if (known.includes(key)) continue;
    throw new LoadwrightError('ERR_SCENARIO_INVALID', {
      message: `${where} has no key "${key}".`,
      hint: `It takes: ${known.join(', ')}.`,
    });
  }
}
