import { readFileSync } from 'node:fs';
import { LoadwrightError } from '../../errors.js';
import { RESULT_FORMAT, RESULT_VERSION } from './result-format.js';
import type { ResultDocument } from './result-schema.js';

/**
 * Reads a result that `--json` wrote, and checks every field that is known; what a later version added is left out.
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
  if (value.formatVersion > RESULT_VERSION) {
    throw invalid(
      `${path} was written by Loadwright ${String(value.version)} in format ${value.formatVersion}, but this version ` +
        `reads formats up to ${RESULT_VERSION}.`,
    );
  }
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
