import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LoadwrightError } from '../../errors.js';
import { locateJsonError } from '../../options/locate-json-error.js';
import type { DataTable, FeederFile } from '../data-table.js';
import { parseCsvRows } from './parse-csv-rows.js';
import { JsonRowsError, parseJsonRows } from './parse-json-rows.js';

/** What is read: a feeder's file, whichever feeder it is of. */
export type DataFile = Omit<FeederFile, 'number'>;

const EXAMPLES = {
  csv: 'a first line with the names of the columns, such as   username,password   and then a line for each row',
  json: '[{ "username": "a", "password": "b" }]',
};
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * The files of a scenario's feeders, by the feeder's number. A file that several feeders read is read, and held, once.
 *
 * @param scenarioPath what paths are relative to; without it the current folder
 * @throws LoadwrightError `ERR_DATA_FILE`
 */
export function readFeederTables(files: readonly FeederFile[], scenarioPath?: string): Map<number, DataTable> {
  const tables = new Map<string, DataTable>();
  const byFeeder = new Map<number, DataTable>();
  for (const { number, ...file } of files) {
    const key = JSON.stringify([resolvePath(file, scenarioPath), file.format, file.separator]);
    const table = tables.get(key) ?? readDataFile(file, scenarioPath);
    tables.set(key, table);
    byFeeder.set(number, table);
  }
  return byFeeder;
}

/**
 * Reads the rows of a CSV or JSON file into memory that threads share. Needs, while it reads, the file and the rows; no row
 * is held as an object.
 *
 * @param scenarioPath the file that `path` is relative to; without it `path` is relative to the current folder
 * @throws LoadwrightError `ERR_DATA_FILE` if there is no such file, it cannot be read, has no rows, or is not what it is
 * said to be; with the line
 */
export function readDataFile(file: DataFile, scenarioPath?: string): DataTable {
  const bytes = readBytes(file, scenarioPath);
  if (bytes.length === 0) throw refuse(file, 'is empty');
  if (!isUtf8(bytes)) {
    const hint = `iconv -f CP949 -t UTF-8 ${file.path}   writes Korean text of a spreadsheet as UTF-8`;
    throw refuse(file, 'is not text in UTF-8', { hint });
  }
  const table = file.format === 'csv' ? readCsv(file, bytes) : readJson(file, bytes);
  if (table.rows === 0) throw refuse(file, 'has no rows');
  return table;
}

function resolvePath({ path }: DataFile, scenarioPath: string | undefined): string {
  return resolve(scenarioPath === undefined ? '' : dirname(scenarioPath), path);
}

function readBytes(file: DataFile, scenarioPath: string | undefined): Buffer {
  const path = resolvePath(file, scenarioPath);
  try {
    const bytes = readFileSync(path);
    return bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const problem = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    const place = scenarioPath === undefined ? 'the current folder' : "the scenario's file";
    const hint = `a path relative to ${place}, or a whole one`;
    throw refuse(file, `${problem}: looked for ${path}`, { hint, cause: error });
  }
}

function readCsv(file: DataFile, bytes: Buffer): DataTable {
  const hint = 'a field with a separator, a quote or a line break in it in quotes:   "Seoul, the ""old"" town"';
  return parseCsvRows(bytes, {
    separator: file.separator,
    refuse: (problem, line) => refuse(file, `is wrong at line ${line}: ${problem}`, { hint }),
  });
}

function readJson(file: DataFile, bytes: Buffer): DataTable {
  try {
    return parseJsonRows(bytes);
  } catch (error) {
    if (!(error instanceof JsonRowsError)) throw error;
    if (error.found !== undefined) throw refuse(file, `must hold an array of rows, but begins with ${error.found}`);
    const { line, column, found } = locateJsonError(bytes.toString('utf8'));
    throw refuse(file, `is not JSON: ${found} is unexpected at line ${line}, column ${column}`);
  }
}

function refuse(file: DataFile, problem: string, more: { hint?: string; cause?: unknown } = {}): LoadwrightError {
  return new LoadwrightError('ERR_DATA_FILE', {
    message: `The data file ${file.path}, which a feeder of the scenario reads, ${problem}.`,
    hint: EXAMPLES[file.format],
    ...more,
  });
}
