import { LoadwrightError } from '../errors.js';
import { LATER_FLAGS, notSupported } from './later-flags.js';
import { nearestName } from './nearest-name.js';
import { environmentName, OPTION_NAMES, OPTION_TABLE } from './option-table.js';
import type { OptionLayer, OptionName } from './resolved-options.js';

const PREFIX = 'LOADWRIGHT_';
const BEFORE_NEXT_PAIR = /\s+(?=[^=\s]+=)/;

/**
 * The layer of the environment: `LOADWRIGHT_USERS` and its like. A variable that is set and empty is a value like any
 * other, and mostly a wrong one.
 *
 * @throws LoadwrightError `ERR_OPTION_UNKNOWN` for any other variable that begins with `LOADWRIGHT_`
 */
export function readEnvironment(environment: Readonly<Record<string, string | undefined>>): OptionLayer {
  const names = new Map<string, OptionName>(OPTION_NAMES.map((name) => [environmentName(name), name]));
  const values: OptionLayer['values'] = {};
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || value === undefined) continue;
    const name = names.get(variable);
    if (name === undefined) throw refuseVariable(variable, [...names.keys()]);
    const isPairs = OPTION_TABLE[name].kind === 'pairs';
    values[name] = { value: isPairs ? value.trim().split(BEFORE_NEXT_PAIR) : value, origin: variable };
  }
  return { layer: 'environment', values };
}

function refuseVariable(variable: string, known: readonly string[]): LoadwrightError {
  const isLater = LATER_FLAGS.some(({ flag }) => PREFIX + flag.replaceAll('-', '_').toUpperCase() === variable);
  if (isLater) return notSupported(`The environment variable ${variable}`, `unset ${variable}`);
  const suffixes = known.map((name) => name.slice(PREFIX.length));
  const nearest = nearestName(variable.slice(PREFIX.length), suffixes);
  return new LoadwrightError('ERR_OPTION_UNKNOWN', {
    message: `The environment variable ${variable} names no option.`,
    hint: nearest === undefined ? `unset ${variable}` : `${PREFIX}${nearest}   or   unset ${variable}`,
  });
}
