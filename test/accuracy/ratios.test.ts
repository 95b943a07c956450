import { expect, it } from 'vitest';
import { compareRounds, median } from '../../bench/ratios.mjs';

it('takes the middle of an odd number of rounds, and the mean of the two in the middle of an even one', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([7])).toBe(7);
});

it('compares each round with that of the same time, and bounds the median from above', () => {
  const base = [10, 20, 10, 20, 10, 20, 10, 20, 10, 20];
  const same = compareRounds(
    base.map((figure) => figure * 1.1),
    base,
  );
  for (const figure of Object.values(same)) expect(figure).toBeCloseTo(1.1, 10);

  const spread = compareRounds([11, 24, 13, 22, 11, 22, 12, 26, 9, 22], base);
  expect(spread).toMatchObject({ median: expect.closeTo(1.1, 10), least: 0.9, most: 1.3 });
  expect(spread.bound).toBeGreaterThan(1.1);
  expect(spread.bound).toBeLessThan(1.3);
});
