import { expect, test } from 'vitest';
import { columnAt, perSecond } from '../../../src/web/page/charts/chart-spec.js';
import { statusColors } from '../../../src/web/page/charts/status-colors.js';

const PLACES = { second: [0, 4, 8], seconds: [4, 4, 2] };

test('an instant is in the column that covers it', () => {
  expect([0, 3.9, 4, 9.5, 10].map((instant) => columnAt(PLACES, instant))).toEqual([0, 0, 1, 2, 2]);
  expect([-1, 10.1, undefined].map((instant) => columnAt(PLACES, instant))).toEqual([undefined, undefined, undefined]);
});

test('rates are over what a column holds', () => {
  expect(perSecond([8, 4, 4], PLACES)).toEqual([2, 1, 2]);
});

test('a status has the colour of its hundred in every report', () => {
  expect(Object.fromEntries(statusColors(['503', '200', '201', '0', '500']))).toEqual({
    0: '--status-0-0',
    200: '--status-2-0',
    201: '--status-2-1',
    500: '--status-5-0',
    503: '--status-5-1',
  });
});
