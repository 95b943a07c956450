import { describe, expect, it } from 'vitest';
import { createRandom, RandomStream } from '../../../src/runtime/user/random.js';

function draw(words: readonly number[], count: number): number[] {
  const stream = new RandomStream(words);
  return Array.from({ length: count }, () => stream.next());
}

/** Pearson's statistic over equal cells. */
function chiSquare(cells: readonly number[], expected: number): number {
  return cells.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('a stream', () => {
  it('is the same for the same words, on every machine', () => {
    expect(draw([1, 2, 3], 50)).toEqual(draw([1, 2, 3], 50));
    const first = draw([0, 0, 0, 0, 1], 3).map((value) => value * 2 ** 32);
    expect(first).toEqual([57935500, 3363022042, 999149926]);
  });

  it.each([
    [[1], [2]],
    [
      [1, 2],
      [2, 1],
    ],
    [[0], [0, 0]],
    [
      [7, 0, 0, 0, 1],
      [7, 0, 0, 0, 2],
    ],
    [
      [7, 0, 1, 0, 1],
      [7, 0, 2, 0, 1],
    ],
    [[5], [5 + 2 ** 32]],
    [[0], [1 + 2 ** 32]],
    [[3 + 3 * 2 ** 32], [4 + 4 * 2 ** 32]],
  ])('of %j is another one than of %j', (one, other) => {
    const [a, b] = [draw(one, 100), draw(other, 100)];
    expect(a.filter((value, index) => value === b[index])).toEqual([]);
  });

  it('is even in [0, 1)', () => {
    const cells = Array.from({ length: 100 }, () => 0);
    const values = draw([42], 100_000);
    for (const value of values) cells[Math.floor(value * 100)]!++;
    expect(Math.min(...values.slice(0, 50_000))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values.slice(50_000))).toBeLessThan(1);
    // 99 degrees of freedom: 99 on average; 1 of 10,000 streams is beyond 158.
    expect(chiSquare(cells, 1000)).toBeLessThan(158);
    expect(chiSquare(cells, 1000)).toBeGreaterThan(52);
  });

  it('is even over users too: the first numbers of neighbouring streams', () => {
    const cells = Array.from({ length: 100 }, () => 0);
    for (let id = 0; id < 20_000; id++) cells[Math.floor(draw([1, 0, id, 0, 1], 1)[0]! * 100)]!++;
    expect(chiSquare(cells, 200)).toBeLessThan(158);
  });

  it('has pairs without a pattern', () => {
    const cells = Array.from({ length: 256 }, () => 0);
    const values = draw([9], 100_000);
    for (let at = 0; at < values.length; at += 2) {
      cells[Math.floor(values[at]! * 16) * 16 + Math.floor(values[at + 1]! * 16)]!++;
    }
    expect(chiSquare(cells, 50_000 / 256)).toBeLessThan(340);
  });
});

describe('random', () => {
  it('called is the stream', () => {
    const random = createRandom(new RandomStream([3]));
    expect([random(), random()]).toEqual(draw([3], 2));
  });

  it('gives whole numbers with both ends, evenly', () => {
    const random = createRandom(new RandomStream([4]));
    const counts = new Map<number, number>();
    for (let round = 0; round < 60_000; round++) {
      const value = random.integer(-2, 3);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2, 3]);
    expect(chiSquare([...counts.values()], 10_000)).toBeLessThan(26);
    expect(random.integer(7, 7)).toBe(7);
  });

  it.each([
    [3, 1],
    [0.5, 2],
    [0, Number.NaN],
    [0, Number.POSITIVE_INFINITY],
  ])('refuses integer(%d, %d)', (min, max) => {
    expect(() => createRandom(new RandomStream([4])).integer(min, max)).toThrow(RangeError);
  });

  it('picks every member of a list, and refuses an empty one', () => {
    const random = createRandom(new RandomStream([6]));
    const list = ['a', 'b', 'c'] as const;
    expect(new Set(Array.from({ length: 100 }, () => random.pick(list)))).toEqual(new Set(list));
    expect(() => random.pick([])).toThrow(RangeError);
  });
});
