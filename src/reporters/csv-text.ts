import { renameSync, writeFileSync } from 'node:fs';
import { stringify } from 'csv-stringify/sync';

export type CsvCell = string | number;

/**
 * Rows as comma-separated text after RFC 4180: CRLF, and quotes where a cell has a comma, a quote or a line break.
 * Cells are written as they are, one that begins with `=` too: a mark against spreadsheets' formulas would change names
 * for every other reader. Open files of untrusted origin as text.
 */
export function formatCsv(rows: readonly (readonly CsvCell[])[]): string {
  // With CRLF between records, a lone CR or LF in a cell would otherwise go unquoted, which many readers break at.
  return stringify(rows as CsvCell[][], { record_delimiter: '\r\n', quoted_match: /[\r\n]/ });
}

/** Replaces a file as a whole: a reader sees the old one or the new one, and a crash leaves one of them. */
export function writeCsvFile(path: string, rows: readonly (readonly CsvCell[])[]): void {
  const unfinished = `${path}.tmp`;
  writeFileSync(unfinished, formatCsv(rows));
  renameSync(unfinished, path);
}
