import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LoadwrightError } from '../../../src/errors.js';
import { type DataFile, readDataFile, readFeederTables } from '../../../src/runtime/conductor/read-data.js';
import { type DataTable, TableReader } from '../../../src/runtime/data-table.js';
import { createTemporaryFolder } from '../../support/temporary-folder.js';

const CSV: DataFile = { format: 'csv', path: './rows.csv', separator: ',' };
const JSON_FILE: DataFile = { format: 'json', path: './rows.json', separator: ',' };

function rowsOf(table: DataTable): unknown[] {
  const reader = new TableReader(table);
  return Array.from({ length: reader.rows }, (_, index) => reader.row(index));
}

function read(file: DataFile, content: string | Uint8Array, folder = createTemporaryFolder()): unknown[] {
  writeFileSync(join(folder, file.path), content);
  return rowsOf(readDataFile(file, join(folder, 'scenario.ts')));
}

function refusalOf(attempt: () => unknown): LoadwrightError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof LoadwrightError) return error;
    throw error;
  }
  expect.fail('it was not refused');
}

describe('a CSV file', () => {
  const expected = [
    { user: 'a', word: 'one' },
    { user: 'b', word: 'two' },
  ];

  it.each([
    ['lines', 'user,word\na,one\nb,two\n'],
    ['no end of the last line', 'user,word\na,one\nb,two'],
    ['CRLF', 'user,word\r\na,one\r\nb,two\r\n'],
    ['CR', 'user,word\ra,one\rb,two\r'],
    ['several kinds of lines', 'user,word\na,one\r\nb,two'],
    ['blank lines', '\nuser,word\n\na,one\n\n\nb,two\n\n'],
    ['a byte order mark', '\uFEFFuser,word\na,one\nb,two\n'],
    ['quotes', '\uFEFF"user","word"\r\n"a",one\r\nb,"two"\r\n'],
  ])('has its rows: %s', (_what, content) => {
    expect(read(CSV, content)).toEqual(expected);
  });

  it('may have separators, quotes and line breaks in a field', () => {
    expect(read(CSV, 'a,b\n"1,2","he said ""no"""\n"two\nlines",\n" x ",\\\n')).toEqual([
      { a: '1,2', b: 'he said "no"' },
      { a: 'two\nlines', b: '' },
      { a: ' x ', b: '\\' },
    ]);
  });

  it('may be Korean, with other separators', () => {
    expect(read({ ...CSV, separator: ';' }, '이름;도시\n홍길동;서울, 종로\n🙂;부산\n')).toEqual([
      { 이름: '홍길동', 도시: '서울, 종로' },
      { 이름: '🙂', 도시: '부산' },
    ]);
    expect(read({ ...CSV, separator: '\t' }, 'a\tb\n1\t2\n')).toEqual([{ a: '1', b: '2' }]);
    expect(read({ ...CSV, separator: '||' }, 'a||b\n1||2|3\n')).toEqual([{ a: '1', b: '2|3' }]);
  });

  it('has texts, also of numbers, and columns of any name', () => {
    expect(read(CSV, 'id\n007\n')).toEqual([{ id: '007' }]);
    const [row] = read(CSV, '__proto__,constructor\n1,2\n');
    expect(Object.entries(row as object)).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });

  it('gives back what was written, whatever it is', () => {
    const folder = createTemporaryFolder();
    const anyField = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', '\\', '\u0001', '\t', '가', "'") }),
    );
    const anyTable = fc.integer({ min: 2, max: 5 }).chain((columns) =>
      fc.record({
        columns: fc.uniqueArray(anyField, { minLength: columns, maxLength: columns }),
        rows: fc.array(fc.array(anyField, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 20 }),
        ending: fc.constantFrom('\n', '\r\n', '\r'),
        separator: fc.constantFrom(',', ';', '\t', '|'),
      }),
    );
    const law = fc.property(anyTable, ({ columns, rows, ending, separator }) => {
      const text = stringify([columns, ...rows], { quoted: true, record_delimiter: ending, delimiter: separator });
      const found = read({ ...CSV, separator }, text, folder);
      expect(found).toEqual(rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]]))));
    });
    fc.assert(law, { numRuns: 200 });
  });

  it.each(['\\', '\u0001', '""', '\r\n', '\t', '', '가'])('has room for any number of %j', (content) => {
    const field = content.repeat(500);
    const rows = `"${field}","","${field}"\n,,\n`.repeat(20);
    const text = field.replaceAll('""', '"');
    const pair = [
      { a: text, b: '', c: text },
      { a: '', b: '', c: '' },
    ];
    expect(read(CSV, `a,b,c\n${rows}`)).toEqual(Array.from({ length: 20 }, () => pair).flat());
  });

  it('has room for any number of empty fields', () => {
    const names = Array.from({ length: 500 }, (_, column) => `${column}`);
    const empty = Object.fromEntries(names.map((name) => [name, '']));
    const text = [names.join(), ...Array.from({ length: 20 }, () => ','.repeat(499))].join('\n');
    expect(read(CSV, text)).toEqual(Array.from({ length: 20 }, () => empty));
  });

  it('may be longer than what is read at once, with line breaks in quotes anywhere', () => {
    const rows = Array.from({ length: 8000 }, (_, row) => [`${row}`, '가"\r\n,'.repeat(row % 7)]);
    const text = stringify([['id', 'text'], ...rows], { record_delimiter: '\r\n' });
    expect(Buffer.byteLength(text)).toBeGreaterThan(200_000);
    expect(read(CSV, text)).toEqual(rows.map(([id, text]) => ({ id, text })));
    const lines = text.split('\r\n').length;
    const refusals = ['x', '1,"2"x', '1,"2'].map((line) => refusalOf(() => read(CSV, `${text}${line}\r\n`)).message);
    for (const message of refusals) expect(message).toContain(`at line ${lines}: `);
  });

  it.each([
    ['a field too few', 'a,b,c\n1,2,3\n1,2\n', /at line 3: it has 2 fields, but the header has 3 \(a, b, c\)/],
    ['a field too many, behind quoted lines', 'a\n"1\r\n2"\r\n\r\n3,4\n', /at line 5: it has 2 fields/],
    ['a field too few, behind a byte order mark', '\uFEFFa,b\r\n1,2\r\n1\r\n', /at line 3: it has 1 field,/],
    ['an open quote', 'a,b\n1,2\n"3,4\n5,6\n', /at line 3: a quoted field is never closed/],
    ['something behind a quote', 'a,b\n"1"x,2\n', /at line 2: something follows the closing quote/],
    ['a quote in the middle', 'a,b\n1,2\nx"1",2\n', /at line 3: a quote stands inside a field/],
    ['two columns of one name', 'a,b,a\n1,2,3\n', /at line 1: two columns are called "a"/],
    ['a header alone', 'a,b\n', /has no rows/],
    ['nothing', '', /is empty/],
    ['nothing but lines', '\n\n', /has no rows/],
    ['another encoding', Buffer.from([0x61, 0x0a, 0xb0, 0xa1, 0x0a]), /is not text in UTF-8/],
  ])('is refused with %s', (_what, content, message) => {
    const refusal = refusalOf(() => read(CSV, content));
    expect(refusal).toMatchObject({ code: 'ERR_DATA_FILE', exitCode: 3 });
    expect(refusal.message).toContain('The data file ./rows.csv, which a feeder of the scenario reads, ');
    expect(refusal.message).toMatch(message);
    expect(refusal.hint).toBeTruthy();
  });
});

describe('a JSON file', () => {
  it('has the members of its array as rows', () => {
    expect(read(JSON_FILE, '\uFEFF [ {"a": "]},[{\\""} , [1,[2]],"x\\\\",\n\tnull , -1.5e3 ] \r\n')).toEqual([
      { a: ']},[{"' },
      [1, [2]],
      'x\\',
      null,
      -1500,
    ]);
  });

  it('gives back what was written, whatever it is', () => {
    const folder = createTemporaryFolder();
    const law = fc.property(
      fc.array(fc.jsonValue({ stringUnit: 'grapheme' }), { minLength: 1, maxLength: 10 }),
      fc.constantFrom(undefined, 2, '\t'),
      (rows, indent) => {
        const text = JSON.stringify(rows, null, indent);
        expect(read(JSON_FILE, text, folder)).toEqual(JSON.parse(text));
      },
    );
    fc.assert(law, { numRuns: 200 });
  });

  it.each([
    ['an object', '{ "rows": [] }', /must hold an array of rows, but begins with \{ "rows": \[\]\.$/],
    ['no JSON', 'user,word\n1,2', /must hold an array of rows, but begins with user,word\.$/],
    ['an empty array', ' [ ] ', /has no rows/],
    ['nothing', '', /is empty/],
    ['blanks', ' \n', /is not JSON: the end of the file is unexpected at line 2, column 1/],
    ['a comma too many', '[1,\n2,]', /is not JSON: "]" is unexpected at line 2, column 3/],
    ['a comma at the beginning', '[,1]', /"," is unexpected at line 1, column 2/],
    ['no comma', '[1\n 2]', /"2" is unexpected at line 2, column 2/],
    ['a name without quotes', '[{"a":1},\n{b:2}]', /"b" is unexpected at line 2, column 2/],
    ['the wrong bracket', '[{"a":1]]', /"]" is unexpected at line 1, column 8/],
    ['no end', '[{"a":1}', /the end of the file is unexpected at line 1, column 9/],
    ['a text without end', '["a', /is not JSON/],
    ['more behind its end', '[1]\n[2]', /"\[" is unexpected at line 2, column 1/],
    ['a space that is none', '[1,\u00a02]', /is not JSON/],
  ])('is refused with %s', (_what, content, message) => {
    const refusal = refusalOf(() => read(JSON_FILE, content));
    expect(refusal.code).toBe('ERR_DATA_FILE');
    expect(refusal.message).toMatch(message);
    expect(refusal.hint).toBeTruthy();
  });
});

describe('the file', () => {
  it('is looked for beside the scenario', () => {
    const folder = createTemporaryFolder();
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data', 'rows.csv'), 'a\n1\n');
    const scenario = join(folder, 'data', 'scenario.ts');
    expect(readDataFile(CSV, scenario).rows).toBe(1);
    expect(readDataFile({ ...CSV, path: '../data/rows.csv' }, scenario).rows).toBe(1);
    expect(readDataFile({ ...CSV, path: join(folder, 'data', 'rows.csv') }).rows).toBe(1);
  });

  it('is refused if it is not there, or no file', () => {
    const folder = createTemporaryFolder();
    const missing = refusalOf(() => readDataFile(CSV, join(folder, 'scenario.ts')));
    expect(missing).toMatchObject({ code: 'ERR_DATA_FILE', exitCode: 3 });
    expect(missing.message).toContain(`./rows.csv, which a feeder of the scenario reads, does not exist`);
    expect(missing.message).toContain(join(folder, 'rows.csv'));
    expect(missing.hint).toContain("relative to the scenario's file");
    expect(refusalOf(() => readDataFile(CSV)).hint).toContain('relative to the current folder');
    const noFile = refusalOf(() => readDataFile({ ...CSV, path: '.' }, join(folder, 'scenario.ts')));
    expect(noFile.message).toContain('cannot be read (EISDIR)');
  });

  it('is held once for all feeders that read it alike', () => {
    const folder = createTemporaryFolder();
    writeFileSync(join(folder, 'rows.csv'), 'a;b\n1;2\n');
    const tables = readFeederTables(
      [
        { ...CSV, number: 0 },
        { ...CSV, number: 2, path: 'rows.csv' },
        { ...CSV, number: 3, separator: ';' },
      ],
      join(folder, 'scenario.ts'),
    );
    expect([...tables.keys()]).toEqual([0, 2, 3]);
    expect(tables.get(2)).toBe(tables.get(0));
    expect(rowsOf(tables.get(0)!)).toEqual([{ 'a;b': '1;2' }]);
    expect(rowsOf(tables.get(3)!)).toEqual([{ a: '1', b: '2' }]);
  });

  it('is the same memory in every thread', async () => {
    const folder = createTemporaryFolder();
    writeFileSync(join(folder, 'rows.csv'), 'a\n1\n');
    const table = readDataFile(CSV, join(folder, 'scenario.ts'));
    const code = `
      const { workerData, parentPort } = require('node:worker_threads');
      new Uint8Array(workerData.bytes)[2] = 0x39; parentPort.postMessage(workerData.rows);`;
    const worker = new Worker(code, { eval: true, workerData: table });
    expect(await new Promise((resolve) => worker.once('message', resolve))).toBe(1);
    await worker.terminate();
    expect(rowsOf(table)).toEqual([{ a: '9' }]);
  });
});
