import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { formatCount } from '../../src/reporters/format/format-number.js';
import { truncateText, widthOf, wrapText } from '../../src/reporters/format/pad-text.js';

/** What is found without a segmenter, and what is not: wide letters, marks, joined emoji, what another sign changes. */
const PIECES = [
  'a',
  ' ',
  '~',
  '·',
  '×',
  '→',
  '…',
  '—',
  '–',
  '✓',
  '✗',
  '가',
  '한',
  'é',
  '\u0301',
  '👩‍👩‍👧',
  '\ufe0f',
  '\u200d',
];

function* textsOf(count: number): Generator<string> {
  let state = 1;
  const next = (limit: number) => {
    state = (state * 48271) % 2147483647;
    return state % limit;
  };
  for (let at = 0; at < count; at++) {
    // Half of them of our own signs alone.
    const kinds = at % 2 === 0 ? 11 : PIECES.length;
    yield Array.from({ length: next(12) }, () => PIECES[next(kinds)]).join('');
  }
}

describe('text in columns', () => {
  test('is as wide as the terminal makes it, whichever way that is found', () => {
    for (const text of textsOf(2000)) expect(widthOf(text), JSON.stringify(text)).toBe(stringWidth(text));
  });

  test('is cut to a width, at whole characters, with a sign of it', () => {
    for (const text of textsOf(2000)) {
      for (const width of [-1, 0, 1, 3, 7]) {
        const cut = truncateText(text, width);
        expect(widthOf(cut), JSON.stringify([text, width])).toBeLessThanOrEqual(Math.max(0, width));
        if (stringWidth(text) <= width) expect(cut).toBe(text);
        else if (width > 0) expect(cut.endsWith('…')).toBe(true);
      }
    }
    expect(truncateText('a → b · c', 6)).toBe('a → b…');
    expect(wrapText('up to 10000 starts/s · 10.0 s · 1 worker', 22, 3)).toEqual([
      'up to 10000 starts/s ·',
      '10.0 s · 1 worker',
    ]);
  });
});

describe('counts', () => {
  test('are grouped by threes as in English', () => {
    for (const count of [0, 1, 12, 999, 1000, 12_345, 999_999, 1_000_000, 9_007_199_254_740_991, -1, -1234, 0.5]) {
      expect(formatCount(count)).toBe(count.toLocaleString('en-US'));
    }
  });
});
