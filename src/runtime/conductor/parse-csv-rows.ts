import { CsvError, type InfoRecord } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import type { DataTable } from '../data-table.js';

export interface CsvRules {
  separator: string;
  /** Makes the error to throw, of what is wrong and the line, from 1. */
  refuse(problem: string, line: number): Error;
}

const LF = 10;
const CR = 13;
const QUOTE = 34;
const BACKSLASH = 92;
/** Records are objects only while their piece of the text is being read. */
const PIECE_BYTES = 1 << 16;

const PROBLEMS: Partial<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quoted field is never closed',
  CSV_INVALID_CLOSING_QUOTE: 'something follows the closing quote of a field (a quote inside one is written twice: "")',
  INVALID_OPENING_QUOTE: 'a quote stands inside a field that does not begin with one',
};

/**
 * The rows of a CSV text in UTF-8 whose first line names the columns. Blank lines are skipped; a line ends with LF, CRLF or
 * CR. Rows are kept as arrays, since the names of columns in every row would be most of the memory.
 */
export function parseCsvRows(bytes: Buffer, { separator, refuse }: CsvRules): DataTable {
  const writer = new RowWriter(findLimits(bytes, separator));
  let columns: string[] | undefined;
  for (let from = 0, to = 0; from < bytes.length; from = to) {
    to = findPieceEnd(bytes, from);
    const piece = bytes.subarray(from, to);
    const refuseRecord = (problem: string, index: number) =>
      refuse(problem, countLines(bytes, from + findRecord(piece, separator, index)));
    const records = parsePiece(piece, separator, refuseRecord);
    for (const [index, record] of records.entries()) {
      if (columns !== undefined && record.length !== columns.length) {
        throw refuseRecord(formatFieldCount(record, columns), index);
      }
      if (columns !== undefined) {
        writer.add(record);
        continue;
      }
      columns = record;
      const twice = columns.find((name, column) => record.indexOf(name) !== column);
      if (twice !== undefined) throw refuseRecord(`two columns are called ${JSON.stringify(twice)}`, index);
    }
  }
  return writer.finish(columns ?? []);
}

/** Rows into memory that threads share. What is not written to the system never gives, so limits may be generous. */
class RowWriter {
  readonly #bytes: Buffer;
  readonly #offsets: Uint32Array;
  #rows = 0;
  #end = 0;

  constructor(limits: { rows: number; bytes: number }) {
    this.#bytes = Buffer.from(new SharedArrayBuffer(limits.bytes));
    this.#offsets = new Uint32Array(new SharedArrayBuffer((limits.rows + 1) * Uint32Array.BYTES_PER_ELEMENT));
  }

  add(record: readonly string[]): void {
    this.#end += this.#bytes.write(JSON.stringify(record), this.#end);
    this.#offsets[++this.#rows] = this.#end;
  }

  finish(columns: readonly string[]): DataTable {
    const bytes = this.#bytes.buffer as unknown as SharedArrayBuffer;
    return { rows: this.#rows, bytes, offsets: this.#offsets.buffer as SharedArrayBuffer, columns };
  }
}

/** How many rows there may be, and bytes of JSON text. */
function findLimits(bytes: Buffer, separator: string): { rows: number; bytes: number } {
  const counts = new Float64Array(256);
  for (let index = 0; index < bytes.length; index++) counts[bytes[index]!]!++;
  const lines = counts[LF]! + counts[CR]! + 1;
  const separators = counts[Buffer.from(separator)[0]!]!;
  // Two quotes for every field and two brackets for every row; in JSON a backslash is two bytes, a control character up to six.
  const marks = 2 * (separators + lines) + 2 * lines;
  let escapes = counts[BACKSLASH]!;
  for (let control = 0; control < 32; control++) escapes += 5 * counts[control]!;
  return { rows: lines, bytes: bytes.length + marks + escapes };
}

/** Behind the first line end after a piece's length that is not within quotes. Wrong quotes are found by reading it. */
function findPieceEnd(bytes: Buffer, from: number): number {
  let isQuoted = false;
  for (let index = from; index < bytes.length; index++) {
    if (bytes[index] === QUOTE) isQuoted = !isQuoted;
    if (index - from >= PIECE_BYTES && !isQuoted && isLineEnd(bytes, index)) return index + 1;
  }
  return bytes.length;
}

function parsePiece(piece: Buffer, separator: string, refuse: (problem: string, index: number) => Error): string[][] {
  try {
    return parse(piece, createOptions(separator));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw refuse(PROBLEMS[error.code] ?? error.message, Number.POSITIVE_INFINITY);
  }
}

/** Where a record begins: slower than reading without looking, and only for a message. Infinity: the first wrong one. */
function findRecord(piece: Buffer, separator: string, index: number): number {
  const ends = [0];
  const onRecord = (_record: string[], { bytes }: InfoRecord): null => {
    ends.push(bytes);
    return null;
  };
  try {
    parse(piece, { ...createOptions(separator), on_record: onRecord as never });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
  }
  return ends[Math.min(index, ends.length - 1)]!;
}

function createOptions(separator: string) {
  return {
    delimiter: separator,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
  };
}

/** The line, from 1, in which the record after `position` begins. */
function countLines(bytes: Buffer, position: number): number {
  let start = position;
  while (bytes[start] === LF || bytes[start] === CR) start++;
  let line = 1;
  for (let index = 0; index < start; index++) if (isLineEnd(bytes, index)) line++;
  return line;
}

function isLineEnd(bytes: Buffer, index: number): boolean {
  return bytes[index] === LF || (bytes[index] === CR && bytes[index + 1] !== LF);
}

function formatFieldCount(record: readonly string[], columns: readonly string[]): string {
  const fields = record.length === 1 ? '1 field' : `${record.length} fields`;
  const names = columns.length <= 8 ? ` (${columns.join(', ')})` : '';
  return `it has ${fields}, but the header has ${columns.length}${names}`;
}
