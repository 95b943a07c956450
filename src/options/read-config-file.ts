import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LoadwrightError } from '../errors.js';
import { isLaterFlag, notSupported } from './later-flags.js';
import { locateJsonError } from './locate-json-error.js';
import { nearestName } from './nearest-name.js';
import { OPTION_NAMES, OPTION_TABLE } from './option-table.js';
import type { OptionLayer, OptionName } from './resolved-options.js';

/** The configuration file that is read when none is named. */
export const CONFIG_FILE_NAME = 'loadwright.json';

/**
 * The layer of the configuration file: a JSON object whose keys are option names, `spawnRate` or `spawn-rate`.
 * Without `path` it is `loadwright.json` in `folder`; then no file is no values.
 *
 * @throws LoadwrightError `ERR_OPTION_INVALID` if the file cannot be read or is no such object, `ERR_OPTION_UNKNOWN`
 * for a key that is no option, `ERR_OPTION_CONFLICT` for one that is there twice, `ERR_NOT_SUPPORTED` for a later one
 */
export function readConfigFile(where: { path?: string; folder: string }): OptionLayer {
  const origin = where.path ?? CONFIG_FILE_NAME;
  const text = readText(join(where.path === undefined ? where.folder : '', origin), origin, where.path !== undefined);
  const values: OptionLayer['values'] = {};
  if (text === undefined) return { layer: 'config', values };
  for (const [key, value] of Object.entries(parseObject(text, origin))) {
    const name = nameOfKey(key);
    if (name === undefined) throw refuseKey(key, origin);
    if (values[name] !== undefined) {
      throw new LoadwrightError('ERR_OPTION_CONFLICT', {
        message: `"${name}" is in ${origin} twice, in two spellings.`,
        hint: `Remove "${key}" from ${origin}.`,
      });
    }
    values[name] = { value, origin };
  }
  return { layer: 'config', values };
}

function readText(path: string, origin: string, isRequired: boolean): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (code === 'ENOENT' && !isRequired) return undefined;
    throw new LoadwrightError('ERR_OPTION_INVALID', {
      message: `The configuration file ${origin} cannot be read (${code}).`,
      hint: `--config ${CONFIG_FILE_NAME}, with a file that exists`,
      cause: error,
    });
  }
}

function parseObject(text: string, origin: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const { line, column, found } = locateJsonError(text);
    throw new LoadwrightError('ERR_OPTION_INVALID', {
      message: `${origin} is not JSON: ${found} is unexpected at line ${line}, column ${column}.`,
      hint: 'a JSON object such as { "users": 10, "runTime": "5m" }',
      cause: error,
    });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new LoadwrightError('ERR_OPTION_INVALID', {
    message: `${origin} must be a JSON object of options, but it holds ${JSON.stringify(value).slice(0, 40)}.`,
    hint: '{ "users": 10, "runTime": "5m" }',
  });
}

function nameOfKey(key: string): OptionName | undefined {
  return OPTION_NAMES.find((name) => name === key || OPTION_TABLE[name].flag === key);
}

function refuseKey(key: string, origin: string): LoadwrightError {
  const flag = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (isLaterFlag(flag)) return notSupported(`"${key}" in ${origin}`, `Remove "${key}" from ${origin}.`);
  const nearest = nearestName(key, OPTION_NAMES);
  return new LoadwrightError('ERR_OPTION_UNKNOWN', {
    message: `"${key}" in ${origin} is not an option.`,
    hint: nearest === undefined ? `Remove "${key}" from ${origin}; docs/options.md lists all keys.` : `"${nearest}"`,
  });
}
