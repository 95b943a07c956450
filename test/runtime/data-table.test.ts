import { describe, expect, it } from 'vitest';
import { type DataTable, TableReader } from '../../src/runtime/data-table.js';

function createTable(texts: readonly string[], columns?: readonly string[]): DataTable {
  const rows = texts.map((text) => Buffer.from(text));
  const bytes = new SharedArrayBuffer(rows.reduce((sum, row) => sum + row.length, 0));
  const offsets = new SharedArrayBuffer((rows.length + 1) * 4);
  let end = 0;
  for (const [index, row] of rows.entries()) {
    row.copy(Buffer.from(bytes), end);
    end += row.length;
    new Uint32Array(offsets)[index + 1] = end;
  }
  return { rows: rows.length, bytes, offsets, ...(columns === undefined ? {} : { columns }) };
}

describe('a table', () => {
  it('gives each row as the value that it is the text of', () => {
    const rows = [{ user: '가나다', age: 7 }, ['🙂'], 'x', null, 0.5];
    const reader = new TableReader(createTable(rows.map((row) => JSON.stringify(row))));
    expect(reader.rows).toBe(5);
    expect([4, 0, 1, 3, 2].map((index) => reader.row(index))).toEqual([0.5, rows[0], rows[1], null, 'x']);
  });

  it('names the fields of rows that are kept without names', () => {
    const reader = new TableReader(createTable(['["a","1"]', '["b","2"]'], ['name', '__proto__']));
    const row = reader.row(1) as object;
    expect(Object.entries(row)).toEqual([
      ['name', 'b'],
      ['__proto__', '2'],
    ]);
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
  });

  it('gives rows that one user can change without another seeing it', () => {
    const table = createTable(['{"tags":["a"]}']);
    const reader = new TableReader(table);
    (reader.row(0) as { tags: string[] }).tags.push('b');
    expect(reader.row(0)).toEqual({ tags: ['a'] });
    expect(new TableReader(table).row(0)).toEqual({ tags: ['a'] });
  });

  it('has no rows beside its own', () => {
    const reader = new TableReader(createTable(['1']));
    for (const index of [-1, 1, 0.5, Number.NaN]) expect(() => reader.row(index)).toThrow(RangeError);
  });
});
