import { padEnd, padStart, widthOf, wrapText } from '../reporters/format/pad-text.js';

const MAX_WIDTH = 80;
const MOST_FIRST_WIDTH = 30;
/** What the last column has at least, however wide the others are. */
const LEAST_LAST_WIDTH = 16;
const GAP = '   ';
const MAX_LINES = 1000;

export interface RowOptions {
  /** Columns whose cells end together. */
  right?: readonly number[];
  /** A first cell that is wider stands on a line of its own. */
  mostFirstWidth?: number;
}

/**
 * Rows as lines of 80 columns with aligned cells. What is too long in the last column goes on below itself.
 */
export function alignRows(rows: readonly string[][], options: RowOptions = {}): string[] {
  const { right = [], mostFirstWidth = MOST_FIRST_WIDTH } = options;
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    rows.reduce((most, row) => Math.max(most, widthIn(row, column, mostFirstWidth)), 0),
  );
  const before = widths.slice(0, -1).reduce((sum, width) => sum + (width > 0 ? width + GAP.length : 0), 0);
  const lastWidth = Math.max(LEAST_LAST_WIDTH, MAX_WIDTH - before);
  return rows.flatMap((row) => {
    const [first = '', ...rest] = row;
    if (columns === 1 || rest.every((cell) => cell === '')) return wrapIndented(first);
    if (widthOf(first) > widths[0]!) return [...wrapIndented(first), ...alignRow(['', ...rest])];
    return alignRow(row);
  });

  function alignRow(row: readonly string[]): string[] {
    const cells = widths.slice(0, -1).flatMap((width, column) => {
      if (width === 0) return [];
      return [(right.includes(column) ? padStart : padEnd)(row[column] ?? '', width) + GAP];
    });
    const [head = '', ...more] = wrapText(row[columns - 1] ?? '', lastWidth, MAX_LINES);
    return [cells.join('') + head, ...more.map((line) => ' '.repeat(before) + line)].map((line) => line.trimEnd());
  }
}

function widthIn(row: readonly string[], column: number, mostFirstWidth: number): number {
  const width = widthOf(row[column] ?? '');
  return column === 0 && (width > mostFirstWidth || row.length === 1) ? 0 : width;
}

function wrapIndented(text: string): string[] {
  const indent = /^ */.exec(text)![0];
  return wrapText(text.slice(indent.length), MAX_WIDTH - indent.length, MAX_LINES).map((line) => indent + line);
}
