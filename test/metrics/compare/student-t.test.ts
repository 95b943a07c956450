import { describe, expect, test } from 'vitest';
import { studentTCritical } from '../../../src/metrics/compare/student-t.js';

describe('studentTCritical', () => {
  // Printed tables of t, and scipy 1.x for the rest.
  test.each([
    [0.025, 10, 2.228138851986274],
    [0.005, 1, 63.656741162871526],
    [0.0005, 5, 6.868826625881276],
    [0.025, 30.5, 2.04086944518632],
    [0.01 / 12, 55, 3.306811662005616],
    [1e-6, 3, 103.29946777942898],
    [1e-6, 200, 4.897302102820449],
  ])('for a tail of %d and %d degrees of freedom is %d', (tail, degrees, value) => {
    expect(studentTCritical(tail, degrees) / value).toBeCloseTo(1, 8);
  });

  test('comes near the normal distribution for many degrees of freedom', () => {
    expect(studentTCritical(0.025, 1e5)).toBeCloseTo(1.95999, 4);
  });
});
