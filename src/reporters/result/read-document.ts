import { readFileSync } from 'node:fs';
import { LoadwrightError } from '../../errors.js';
import { RESULT_FORMAT, RESULT_VERSION } from './result-format.js';
import type { ResultDocument } from './result-schema.js';

const VERSION = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;

/**
 * Reads a result that `--json` wrote, and checks every field that is known. What a later version added is left out; what
 * an earlier one did not write yet is absent, or has the value that is true of it.
 *
 * What people get wrong: percentiles of several results are not averaged. Add up their distributions with
 * `mergeBuckets`, and read the percentiles of the sum with `percentilesOf`.
 *
 * @param path the file
 * @throws LoadwrightError `ERR_RESULT_INVALID` for a file that cannot be read or is no result, with what is wrong in it
 * @example
 * ```ts
 * import { mergeBuckets, percentilesOf, readResultDocument } from 'loadwright/node';
 * const runs = await Promise.all(['monday.json', 'tuesday.json'].map((path) => readResultDocument(path)));
 * console.log(percentilesOf(mergeBuckets(runs.map(({ total }) => total.durations)), [50, 95, 99]));
 * ```
 */
export async function readResultDocument(path: string): Promise<ResultDocument> {
  const value = parse(path, readText(path)) as { format?: unknown; formatVersion?: unknown; version?: unknown } | null;
  if (value?.format !== RESULT_FORMAT || typeof value.formatVersion !== 'number') {
    throw invalid(`${path} is no result of a run: it does not begin with "format": "${RESULT_FORMAT}".`);
  }
  if (value.formatVersion > RESULT_VERSION) throw tooNew(path, value.formatVersion, value.version);
  // Whoever only runs tests never loads zod.
  const { resultSchema } = await import('./result-schema.js');
  const { success, data, error } = resultSchema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  throw invalid(`${path} is no result of a run: at ${issue?.path.join('.')}: ${issue?.message}.`);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw invalid(`The result ${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`);
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`${path} is no JSON: ${(error as Error).message}.`);
  }
}

function invalid(message: string): LoadwrightError {
  return new LoadwrightError('ERR_RESULT_INVALID', { message, hint: 'results/<run>/result.json' });
}

/** Only the version that wrote it, or a later one, can read it. */
function tooNew(path: string, formatVersion: number, version: unknown): LoadwrightError {
  const writer = typeof version === 'string' && VERSION.test(version) ? version : undefined;
  return new LoadwrightError('ERR_RESULT_INVALID', {
    message:
      `${path} was written by Loadwright ${writer ?? 'of a later version'} in format ${formatVersion}, but this version ` +
      `reads formats up to ${RESULT_VERSION}.`,
    hint: `npm install --save-dev loadwright@${writer ?? 'latest'}`,
  });
}
