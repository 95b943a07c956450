import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leadingNumber, parseServerTiming, type ServerTimingEntry } from '../../src/metrics/parse-server-timing.js';

function parse(header: string): ServerTimingEntry[] {
  const entries: ServerTimingEntry[] = [];
  parseServerTiming(header, (entry) => entries.push(entry));
  return entries;
}

const entry = (name: string, durationMs?: number, description?: string) => ({ entry: name, durationMs, description });

describe('the header', () => {
  test.each<[string, ServerTimingEntry[]]>([
    ['db;dur=12.5', [entry('db', 12.5)]],
    ['db', [entry('db')]],
    ['db;dur=0', [entry('db', 0)]],
    ['db;desc="3 queries";dur=12', [entry('db', 12, '3 queries')]],
    ['cache;desc=hit', [entry('cache', undefined, 'hit')]],
    ['a;dur=1, b;dur=2,c;dur=3', [entry('a', 1), entry('b', 2), entry('c', 3)]],
    ['  a \t ; dur = 1 ; desc = "x y" ,\tb', [entry('a', 1, 'x y'), entry('b')]],
    ['a;DUR=1;Desc=x', [entry('a', 1, 'x')]],
    ['DB;dur=1, db;dur=2', [entry('DB', 1), entry('db', 2)]],
    // Quoted text holds anything.
    ['a;desc="x, y; dur=9";dur=1', [entry('a', 1, 'x, y; dur=9')]],
    ['a;desc="say \\"hi\\" \\\\";dur=1', [entry('a', 1, 'say "hi" \\')]],
    ['a;dur="2.5"', [entry('a', 2.5)]],
    ['a;desc=""', [entry('a', undefined, '')]],
    // The first parameter of a name holds, also where it is none.
    ['a;dur=1;dur=2;desc=x;desc=y', [entry('a', 1, 'x')]],
    ['a;dur=x;dur=2', [entry('a')]],
    // What is unknown is passed over.
    ['a;start=4;dur=1;flag;=3;;', [entry('a', 1)]],
    ['a;dur=1 garbage;desc=x', [entry('a', 1, 'x')]],
    ['a;other="dur=9;,";dur=1', [entry('a', 1)]],
    // Not times.
    ['a;dur=-1', [entry('a')]],
    ['a;dur=', [entry('a')]],
    ['a;dur=1e400', [entry('a')]],
    ['a;dur=NaN', [entry('a')]],
    ['a;dur=1e2', [entry('a', 100)]],
    // Not entries.
    ['', []],
    [',, ,', []],
    ['=5, a;dur=1', [entry('a', 1)]],
    ['"quoted, name", a;dur=1', [entry('a', 1)]],
    ['@@@;dur=1, b', [entry('b')]],
    ['a;desc="never ends, b;dur=1', [entry('a', undefined, 'never ends, b;dur=1')]],
    ['a;desc="ends with \\', [entry('a', undefined, 'ends with ')]],
    ['a b;dur=1', [entry('a', 1)]],
  ])('%s', (header, expected) => {
    expect(parse(header)).toEqual(expected);
  });

  test('a description that is no ASCII is UTF-8, or Latin-1 if it cannot be', () => {
    const utf8 = Buffer.from('캐시 적중').toString('latin1');
    expect(parse(`cache;desc="${utf8}"`)).toEqual([entry('cache', undefined, '캐시 적중')]);
    expect(parse('cache;desc="caf\xe9"')).toEqual([entry('cache', undefined, 'caf\xe9')]);
  });

  test('long names and descriptions are cut', () => {
    const [found] = parse(`${'n'.repeat(500)};desc=${'d'.repeat(500)};dur=1`);
    expect(found).toEqual(entry(`${'n'.repeat(99)}…`, 1, `${'d'.repeat(99)}…`));
  });
});

describe('whatever comes', () => {
  const piece = fc.constantFrom(
    ...';,="\\ \tab',
    'dur',
    'desc',
    '=1',
    '=2.5',
    '="x"',
    'é',
    '\0',
    '🎉',
    '-1',
    '__proto__',
  );
  const garbage = fc.oneof(
    fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary', maxLength: 200 }),
  );

  test('nothing throws, and what is told is a name with times and texts that can be counted', () => {
    fc.assert(
      fc.property(garbage, (header) => {
        for (const { entry: name, durationMs, description } of parse(header)) {
          expect(name).toMatch(/^[!#$%&'*+\-.^_`|~\w]+…?$/);
          expect(durationMs === undefined || (durationMs >= 0 && Number.isFinite(durationMs))).toBe(true);
          expect((description ?? '').length).toBeLessThanOrEqual(100);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test('what was written by the grammar is read back, with blanks wherever they may be', () => {
    const name = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,20}$/);
    const text = fc.stringMatching(/^[\x20-\x7e]{0,30}$/);
    const blank = fc.constantFrom('', ' ', '\t ');
    const dur = fc.double({ min: 0, max: 1e6, noNaN: true });
    const written = fc.record({ name, text: fc.option(text), dur: fc.option(dur), blank });
    fc.assert(
      fc.property(fc.array(written, { maxLength: 8 }), (all) => {
        const header = all.map((one) => {
          const quoted = one.text?.replace(/[\\"]/g, '\\$&');
          const parameters = [
            ...(quoted === undefined ? [] : [`desc${one.blank}=${one.blank}"${quoted}"`]),
            ...(one.dur === null ? [] : [`dur=${one.dur}`]),
          ];
          return `${one.blank}${[one.name, ...parameters].join(`${one.blank};${one.blank}`)}${one.blank}`;
        });
        expect(parse(header.join(','))).toEqual(
          all.map((one) => ({
            entry: one.name,
            durationMs: one.dur === null ? undefined : Number(String(one.dur)),
            description: one.text ?? undefined,
          })),
        );
      }),
    );
  });
});

test.each([
  ['3 queries', 3],
  ['20 of 20', 20],
  ['1.5 MB', 1.5],
  ['7', 7],
  ['7.', 7],
  ['12%', 12],
  ['hit', undefined],
  ['', undefined],
  ['-3', undefined],
  ['.5', undefined],
  ['1234567890123456', undefined],
])('the number that "%s" begins with', (description, number) => {
  expect(leadingNumber(description)).toBe(number);
});
