import { expect, test } from 'vitest';
import { matchesFilter, sortRows } from '../../../src/web/page/parts/sort-rows.js';

test('numbers are sorted by size, texts as people count, and what is missing stands last', () => {
  expect(sortRows([10, 9, undefined, 100], (value) => value, false)).toEqual([9, 10, 100, undefined]);
  expect(sortRows([10, 9, undefined, 100], (value) => value, true)).toEqual([100, 10, 9, undefined]);
  expect(sortRows(['item 10', 'item 9', '나', '가'], (value) => value, false)).toEqual([
    'item 9',
    'item 10',
    '가',
    '나',
  ]);
});

test('a filter finds all its words, in any case and however Korean is composed', () => {
  expect(matchesFilter('GET /api/Products', 'products get')).toBe(true);
  expect(matchesFilter('GET /api/Products', 'products post')).toBe(false);
  expect(matchesFilter('02_상품_목록', '상품'.normalize('NFD'))).toBe(true);
  expect(matchesFilter('anything', '')).toBe(true);
});
