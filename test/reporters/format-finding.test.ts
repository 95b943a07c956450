import { expect, test } from 'vitest';
import type { LimitFinding } from '../../src/metrics/find-limit.js';
import { formatFinding } from '../../src/reporters/format/format-finding.js';

const BROKE: LimitFinding = {
  state: 'broke',
  brokeAtMs: 42_000,
  usersAtBreak: 60,
  windowFromMs: 32_000,
  criterion: { key: 'http_req_duration{name:상품 목록}', expression: 'p(95)<500', value: 812.2 },
  recovery: 'held-again',
  fellAtMs: 120_000,
  heldAgainAfterMs: 12_000,
};

const say = (finding: LimitFinding, durationMs = 180_000) =>
  formatFinding(finding, { mostUsers: 100, durationMs, typeOf: () => undefined });

test('at how many users the target broke, on what, when, and how soon it was well again', () => {
  expect(say(BROKE)).toEqual([
    'First broken at 60 users: http_req_duration{name:상품 목록} p(95)<500 was 812 ms from 0:32 to 0:42.',
    'Kept to again 12.0 s after the load had fallen at 2:00.',
  ]);
  expect(say({ ...BROKE, heldAgainAfterMs: 0 })[1]).toBe('Kept to again at once when the load had fallen at 2:00.');
  expect(say({ ...BROKE, recovery: 'never-held-again' })[1]).toBe(
    'After the load had fallen at 2:00, the criteria were not kept to again.',
  );
  expect(say({ ...BROKE, recovery: 'load-never-fell' })[1]).toBe(
    'The load never fell, so how soon the target recovers was not seen.',
  );
});

test('a frozen target has no value to show', () => {
  const criterion = { key: 'http_req_duration', expression: 'p(95)<500', value: undefined };
  expect(say({ ...BROKE, criterion })[0]).toBe(
    'First broken at 60 users: requests were under way, and none was answered from 0:32 to 0:42.',
  );
});

test('what kept to its criteria did so up to the most users there were', () => {
  expect(say({ state: 'never-broke' })).toEqual(['All criteria were kept to, up to 100 users.']);
});

test('nothing is claimed that was not looked at', () => {
  expect(say({ state: 'never-broke' }, 9_900)[0]).toMatch(/shorter than the ten seconds/);
  expect(say({ state: 'no-criteria' })[0]).toMatch(/^No threshold is an upper bound/);
});

test('keys are made safe to print', () => {
  const criterion = { key: 'http_reqs{name:"http://kim:secret@a\u001b[2J"}', expression: 'p(95)<500', value: 812 };
  expect(say({ ...BROKE, criterion })[0]).toContain('http://***@a\\x1b[2J');
});
