import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { formatFigures } from '../../src/reporters/format/format-figures.js';
import { formatProgress, formatProgressText, type Progress } from '../../src/reporters/format/format-progress.js';
import { formatSparkline } from '../../src/reporters/format/format-sparkline.js';
import { RecentMinute } from '../../src/reporters/recent-minute.js';
import { createPart } from '../support/run-events.js';

describe('progress', () => {
  const progress: Progress = {
    elapsedMs: 30_000,
    runTimeMs: 120_000,
    planEnd: 'until stopped',
    pausedMs: 0,
    isPaused: false,
    iterations: 250,
    iterationGoal: undefined,
  };
  const lineOf = (changes: Partial<Progress>, columns = 46) => {
    const { before, done, toCome, after } = formatProgress({ ...progress, ...changes }, columns);
    return before + done + toCome + after;
  };

  test('is a bar as wide as the time allows, and the time that is left', () => {
    expect(lineOf({})).toBe(`0:30 / 2:00 ${'━'.repeat(6)}${'─'.repeat(18)} 1:30 left`);
    expect(lineOf({ elapsedMs: 120_000 })).toBe(`2:00 / 2:00 ${'━'.repeat(24)} 0:00 left`);
    expect(lineOf({ elapsedMs: 125_000 })).toBe(`2:05 / 2:00 ${'━'.repeat(24)} 0:00 left`);
  });

  test('stands still while the run is paused', () => {
    expect(lineOf({ elapsedMs: 50_000, pausedMs: 20_000, isPaused: true }, 50)).toBe(
      `0:50 / 2:00 ${'━'.repeat(5)}${'─'.repeat(15)} paused, 1:30 left`,
    );
  });

  test('is of iterations where the run ends with those', () => {
    expect(lineOf({ iterationGoal: 1000 })).toBe(`0:30 ${'━'.repeat(4)}${'─'.repeat(13)} 250 of 1,000 iterations`);
  });

  test('is words where there is no end, or no room', () => {
    expect(lineOf({ runTimeMs: undefined })).toBe('0:30, until stopped');
    expect(lineOf({}, 24)).toBe('0:30 / 2:00, 1:30 left');
    expect(formatProgressText(progress)).toBe('0:30 / 2:00, 1:30 left');
  });
});

describe('a sparkline', () => {
  const points = (...values: (number | undefined)[]) => values.map((value, second) => ({ second, value }));

  test('begins at 0 and leaves a gap where nothing was measured', () => {
    expect(formatSparkline(points(0, 1, 2, 3, 4, 5, 6, 7, 8), { maxWidth: 60, join: 'mean' })).toBe('▁▂▃▄▅▆▇██');
    expect(formatSparkline(points(8, undefined, 8), { maxWidth: 60, join: 'mean' })).toBe('█ █');
    expect(
      formatSparkline(
        [
          { second: 4, value: 8 },
          { second: 6, value: 8 },
        ],
        { maxWidth: 60, join: 'mean' },
      ),
    ).toBe('█ █');
    expect(formatSparkline(points(0, 0), { maxWidth: 60, join: 'mean' })).toBe('▁▁');
    expect(formatSparkline([], { maxWidth: 60, join: 'mean' })).toBe('');
  });

  test('of rates joins seconds by their mean, of percentiles by the greatest', () => {
    const minute = points(...Array.from({ length: 60 }, (_, second) => (second % 2 === 0 ? 8 : 0)));
    expect(formatSparkline(minute, { maxWidth: 31, join: 'mean' })).toBe('█'.repeat(30));
    const uneven = points(8, 0, 4, 0);
    expect(formatSparkline(uneven, { maxWidth: 3, join: 'greatest' })).toBe('█▅');
    expect(formatSparkline([...uneven, { second: 4, value: 8 }], { maxWidth: 3, join: 'mean' })).toBe('▅▃█');
  });

  test('joins the same seconds whenever it is drawn', () => {
    const all = Array.from({ length: 90 }, (_, second) => ({ second, value: second === 45 ? 9 : 1 }));
    for (let end = 62; end < 90; end++) {
      const text = formatSparkline(all.slice(end - 60, end), { maxWidth: 30, join: 'greatest' });
      expect(text.length).toBeLessThanOrEqual(30);
      expect(text.indexOf('█')).toBe(Math.floor(45 / 3) - Math.floor((end - 60) / 3));
    }
  });
});

describe('the last minute', () => {
  test('keeps sixty seconds, and adds what comes late to its own', () => {
    const minute = new RecentMinute();
    const add = (second: number, ms: number, times: number) =>
      minute.add(second, createPart(second, [{ name: 'a', ms, times }]).series);
    for (let second = 0; second < 70; second++) add(second, 10, 5);
    add(3, 900, 100);
    add(68, 500, 95);
    const rates = minute.readRates();
    expect(rates).toHaveLength(60);
    expect(rates[0]).toEqual({ second: 10, value: 5 });
    expect(rates.find(({ second }) => second === 68)).toEqual({ second: 68, value: 100 });
    const p95 = minute.readP95Ms();
    expect(p95.find(({ second }) => second === 68)?.value).toBeCloseTo(500, -1);
    expect(p95.at(-1)?.value).toBeCloseTo(10, 1);
  });

  test('of a second without an answer there is no percentile', () => {
    const minute = new RecentMinute();
    minute.add(0, []);
    expect(minute.readRates()).toEqual([{ second: 0, value: 0 }]);
    expect(minute.readP95Ms()).toEqual([{ second: 0, value: undefined }]);
  });
});

describe('figures', () => {
  const figures = Array.from({ length: 8 }, (_, index) => ({ label: `label ${index}`, value: String(10 ** index) }));
  const grid = (maxWidth: number, changed = figures) =>
    formatFigures(changed, { maxWidth, paintLabel: (text) => text });

  test.each([20, 40, 60, 80, 120, 200])('fit into %i columns', (columns) => {
    for (const line of grid(columns)) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    expect(grid(columns).join(' ').match(/label/g)).toHaveLength(8);
  });

  test('stay in their places while digits come and go', () => {
    const placesOf = (values: string[]) =>
      grid(
        80,
        figures.map((figure, index) => ({ ...figure, value: values[index % values.length]! })),
      ).map((line) => [...line.matchAll(/label/g)].map(({ index }) => index));
    expect(placesOf(['1', '2'])).toEqual(placesOf(['123,456', '9.9 ms', '0']));
    expect(placesOf(['1'])).toHaveLength(2);
  });
});
