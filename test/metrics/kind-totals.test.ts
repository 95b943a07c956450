import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type KindCounts, KindTotals } from '../../src/metrics/kind-totals.js';
import { RunTotals } from '../../src/metrics/run-totals.js';
import { createPart } from '../support/run-events.js';

const counts = fc.record({
  kind: fc.constantFrom('A', 'B', '구경꾼'),
  userMs: fc.nat(1000),
  rounds: fc.nat(5),
  tasks: fc.array(fc.record({ task: fc.constantFrom('x', 'y', 'x > y'), started: fc.nat(9) }), { maxLength: 4 }),
});

/** Every number by what it is of. */
function flatten(all: readonly KindCounts[]): Record<string, number> {
  const sums: Record<string, number> = {};
  const add = (key: string, value: number) => {
    sums[key] = (sums[key] ?? 0) + value;
  };
  for (const { kind, userMs, rounds, tasks } of all) {
    add(`${kind} ms`, userMs);
    add(`${kind} rounds`, rounds);
    for (const { task, started } of tasks) add(`${kind} task ${task}`, started);
  }
  return sums;
}

test('what shares counted adds up, in any order and in any pieces', () => {
  fc.assert(
    fc.property(fc.array(counts), fc.nat(20), (all, at) => {
      const totals = new KindTotals();
      totals.merge(all.slice(at));
      totals.merge(all.slice(0, at));
      expect(flatten(totals.read())).toEqual(flatten(all));
      const again = new KindTotals();
      again.merge(totals.read());
      expect(again.read()).toEqual(totals.read());
    }),
  );
});

test('a reset forgets what began before it, also what of that comes late; parts of earlier versions have none', () => {
  const part = (started: number) => {
    return { ...createPart(0, []), kinds: [{ kind: 'A', userMs: 1000, rounds: 2, tasks: [{ task: 'x', started }] }] };
  };
  const totals = new RunTotals();
  const { kinds, ...earlier } = createPart(0, []);
  totals.add(0, earlier);
  totals.add(0, part(1));
  totals.add(1, part(10));
  totals.reset(1);
  totals.add(0, part(100));
  totals.add(2, part(1000));
  expect(totals.read().kinds).toEqual([{ kind: 'A', userMs: 2000, rounds: 4, tasks: [{ task: 'x', started: 1010 }] }]);
});
