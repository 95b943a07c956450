import { padEnd, padStart, truncateText, widthOf } from './pad-text.js';

export interface Column {
  header: string;
  /** Used where the column is narrower than its header. */
  shortHeader?: string;
  align: 'left' | 'right';
  /** Its width where there is room. */
  width: number;
  /** A bar follows instead of a space. */
  endsGroup?: boolean;
  /** Takes what the others leave, but at least this much if its cells need it; longer cells end with `…`. */
  leastFlexibleWidth?: number;
  /** Where there is too little room, the column with the lowest rank goes first; absent: it stays. */
  dropRank?: number;
}

export interface TableLines {
  header: string;
  rule: string;
  rows: string[];
}

/** A name is never shown longer than this, however wide the terminal. */
const MAX_FLEXIBLE_WIDTH = 100;

/**
 * Lays out a table no wider than `maxWidth`: as wide as its columns like where there is room, else every column as
 * narrow as what is in it, else with fewer columns. All lines have the same width.
 */
export function layoutTable(columns: readonly Column[], rows: readonly string[][], maxWidth: number): TableLines {
  const widths = planWidths(columns, rows, maxWidth);
  const dropped = widths === undefined ? findDropped(columns) : -1;
  if (dropped >= 0) {
    return layoutTable(
      columns.filter((_, index) => index !== dropped),
      rows.map((row) => row.filter((_, index) => index !== dropped)),
      maxWidth,
    );
  }
  return renderTable(columns, rows, widths ?? columns.map((column) => column.width)).clip(maxWidth);
}

function planWidths(columns: readonly Column[], rows: readonly string[][], maxWidth: number): number[] | undefined {
  const longest = columns.map((_, index) => rows.reduce((max, row) => Math.max(max, widthOf(row[index] ?? '')), 0));
  const wide = columns.map((column, index) => {
    const content = Math.max(widthOf(column.header), longest[index]!) + barSpace(column);
    return Math.max(column.width, isFlexible(column) ? Math.min(content, MAX_FLEXIBLE_WIDTH) : content);
  });
  if (totalOf(wide) <= maxWidth) return wide;
  const widths = columns.map((column, index) => {
    const content = Math.max(widthOf(column.shortHeader ?? column.header), longest[index]!) + barSpace(column);
    return isFlexible(column) ? Math.min(content, column.leastFlexibleWidth!) : content;
  });
  const slack = maxWidth - totalOf(widths);
  return slack < 0 ? undefined : spread(widths, { columns, longest, wide, slack });
}

/** Room that is left goes to the names first, and then to all columns in turn until each is as wide as it likes. */
function spread(
  widths: number[],
  room: { columns: readonly Column[]; longest: number[]; wide: number[]; slack: number },
): number[] {
  let { slack } = room;
  const result = widths.map((width, index) => {
    const column = room.columns[index]!;
    if (!isFlexible(column)) return width;
    const gain = Math.min(slack, Math.max(0, Math.min(room.longest[index]!, MAX_FLEXIBLE_WIDTH) - width));
    slack -= gain;
    return width + gain;
  });
  const isNarrow = (width: number, index: number) => width < room.wide[index]!;
  while (slack > 0 && result.some(isNarrow)) {
    for (let index = result.length - 1; index >= 0 && slack > 0; index--) {
      if (!isNarrow(result[index]!, index)) continue;
      result[index]!++;
      slack--;
    }
  }
  return result;
}

function renderTable(columns: readonly Column[], rows: readonly string[][], widths: readonly number[]) {
  const join = (cells: string[], bar: string) =>
    cells.map((cell, index) => (index === 0 ? cell : separatorBefore(columns, index, bar) + cell)).join('');
  const line = (cells: readonly string[]) =>
    join(
      columns.map((column, index) => renderCell(column, cells[index] ?? '', widths[index]!)),
      ' ',
    );
  const header = columns.map((column, index) =>
    widthOf(column.header) + barSpace(column) <= widths[index]! ? column.header : (column.shortHeader ?? column.header),
  );
  const rule = join(
    widths.map((width) => '-'.repeat(width)),
    '|',
  );
  return {
    clip: (maxWidth: number): TableLines => ({
      header: truncateText(line(header), maxWidth),
      rule: truncateText(rule, maxWidth),
      rows: rows.map((row) => truncateText(line(row), maxWidth)),
    }),
  };
}

function renderCell(column: Column, text: string, width: number): string {
  const room = width - barSpace(column);
  const shown = isFlexible(column) ? truncateText(text, room) : text;
  return (column.align === 'left' ? padEnd(shown, room) : padStart(shown, room)) + ' '.repeat(barSpace(column));
}

function separatorBefore(columns: readonly Column[], index: number, plain: string): string {
  return columns[index - 1]?.endsGroup === true ? '|' : plain;
}

function findDropped(columns: readonly Column[]): number {
  let found = -1;
  for (const [index, { dropRank }] of columns.entries()) {
    if (dropRank !== undefined && (found < 0 || dropRank < columns[found]!.dropRank!)) found = index;
  }
  return found;
}

function totalOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, widths.length - 1);
}

function isFlexible(column: Column): boolean {
  return column.leastFlexibleWidth !== undefined;
}

function barSpace(column: Column): number {
  return column.endsGroup === true ? 1 : 0;
}
