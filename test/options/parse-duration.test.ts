import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration } from '../../src/options/format-duration.js';
import { LONGEST_DURATION_MS, looksLikeMilliseconds, parseDuration } from '../../src/options/parse-duration.js';

describe('parseDuration', () => {
  it.each([
    ['7', 7_000],
    ['20', 20_000],
    ['20s', 20_000],
    ['1m', 60_000],
    ['3m', 180_000],
    ['2h', 7_200_000],
    ['1h20m', 4_800_000],
    ['1h3m7s', 3_787_000],
    ['400ms', 400],
    ['1.5s', 1_500],
    ['0.5h', 1_800_000],
    ['1s500ms', 1_500],
    ['1m400ms', 60_400],
    [' 5m ', 300_000],
    ['0', 0],
    [7, 7_000],
    [0.25, 250],
    [1.1, 1_100],
  ])('reads %j as %d ms', (value, expected) => {
    expect(parseDuration(value)).toBe(expected);
  });

  it.each([
    '',
    ' ',
    'q',
    '1h2m3',
    '1h30',
    '30m45',
    '-5',
    '-5s',
    '5s3m',
    '3m1h',
    '5 s',
    '5S',
    's',
    '1.s',
    '1e3',
    '+5',
    '5d',
    '1h1h',
    '999999h',
    'NaN',
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    true,
    null,
    undefined,
    ['5s'],
  ])('refuses %j', (value) => {
    expect(parseDuration(value)).toBeUndefined();
  });

  it('reads back what formatDuration writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: LONGEST_DURATION_MS }), (durationMs) => {
        expect(parseDuration(formatDuration(durationMs))).toBe(durationMs);
      }),
    );
  });

  it('reads any parts in falling order', () => {
    const count = fc.integer({ min: 0, max: 99 });
    fc.assert(
      fc.property(count, count, count, count, (hours, minutes, seconds, milliseconds) => {
        const text = `${hours}h${minutes}m${seconds}s${milliseconds}ms`;
        expect(parseDuration(text)).toBe(((hours * 60 + minutes) * 60 + seconds) * 1_000 + milliseconds);
      }),
    );
  });
});

describe('looksLikeMilliseconds', () => {
  it.each([601, '601', '60000', 5_000])('accuses the bare number %j', (value) => {
    expect(looksLikeMilliseconds(value)).toBe(true);
  });

  it.each([600, '600', '11m', '5000ms', '', 'x'])('lets %j pass', (value) => {
    expect(looksLikeMilliseconds(value)).toBe(false);
  });
});
