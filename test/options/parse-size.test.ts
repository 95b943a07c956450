import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatSize, parseSize } from '../../src/options/parse-size.js';

it.each([
  ['64MiB', 67_108_864],
  ['64 MiB', 67_108_864],
  ['10MB', 10_000_000],
  ['1.5KiB', 1_536],
  ['2gib', 2_147_483_648],
  ['100B', 100],
  ['100', 100],
  [100, 100],
])('reads %j as %d bytes', (value, expected) => {
  expect(parseSize(value)).toBe(expected);
});

it.each(['', 'MiB', '-1', '1.5B', '5 apples', -1, Number.NaN, true, null, [64]])('refuses %j', (value) => {
  expect(parseSize(value)).toBeUndefined();
});

it('reads back what formatSize writes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (bytes) => {
      expect(parseSize(formatSize(bytes))).toBe(bytes);
    }),
  );
});
