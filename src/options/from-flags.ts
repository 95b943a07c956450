import { LoadwrightError } from '../errors.js';
import { isLaterFlag, LATER_FLAGS, notSupported } from './later-flags.js';
import { nearestName } from './nearest-name.js';
import { OPTION_NAMES, OPTION_TABLE } from './option-table.js';
import type { OptionLayer, OptionName } from './resolved-options.js';

/** A flag as it stood on the command line. */
export interface GivenFlag {
  /** Long name without dashes and without `no-`. */
  flag: string;
  /** As it was written, without its value: `-u`, `--no-preflight`. */
  written: string;
  value: string | boolean;
}

const NAMES_BY_FLAG = new Map<string, OptionName>(OPTION_NAMES.map((name) => [OPTION_TABLE[name].flag, name]));

/** The option a flag sets. */
export function optionOfFlag(flag: string): OptionName | undefined {
  return NAMES_BY_FLAG.get(flag);
}

/**
 * The layer of the command line. A flag given twice counts once, the last time; repeatable ones are collected.
 *
 * @throws LoadwrightError `ERR_OPTION_UNKNOWN` with the nearest flag, `ERR_NOT_SUPPORTED` for one that comes later
 */
export function fromFlags(given: readonly GivenFlag[]): OptionLayer {
  const values: OptionLayer['values'] = {};
  for (const { flag, written, value } of given) {
    const name = optionOfFlag(flag);
    if (name === undefined) throw refuseFlag(flag, written, []);
    const before = values[name]?.value;
    const isCollected = OPTION_TABLE[name].isRepeatable === true;
    values[name] = { value: isCollected ? [...(Array.isArray(before) ? before : []), value] : value, origin: written };
  }
  return { layer: 'flag', values };
}

/** Why a flag is not taken; `more` are flags of the command besides those of a run. */
export function refuseFlag(flag: string, written: string, more: readonly string[]): LoadwrightError {
  if (isLaterFlag(flag)) return notSupported(written, `Run without ${written}.`);
  const isNegatable = (name: OptionName) => OPTION_TABLE[name].kind === 'boolean' || OPTION_TABLE[name].isNegatable;
  const negated = OPTION_NAMES.filter((name) => isNegatable(name) && flag.startsWith('no-'));
  const known = [...NAMES_BY_FLAG.keys(), ...more, ...negated.map((name) => `no-${OPTION_TABLE[name].flag}`)];
  const nearest = nearestName(flag, [...known, ...LATER_FLAGS.map((later) => later.flag)]);
  return new LoadwrightError('ERR_OPTION_UNKNOWN', {
    message: `There is no flag ${written}.`,
    hint: nearest === undefined || flag.length < 2 ? 'loadwright --help' : `--${nearest}`,
  });
}
