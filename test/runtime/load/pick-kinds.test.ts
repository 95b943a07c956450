import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KindPicker, type KindWeight, pickKinds } from '../../../src/runtime/load/pick-kinds.js';

const weighted = (weight: number): KindWeight => ({ weight, fixedCount: undefined });
const fixed = (fixedCount: number, weight = 1): KindWeight => ({ weight, fixedCount });

function countKinds(kinds: readonly KindWeight[], users: number): number[] {
  const counts = kinds.map(() => 0);
  for (const kind of pickKinds(kinds, users)) counts[kind]!++;
  return counts;
}

const anyKind = fc.oneof(
  { weight: 4, arbitrary: fc.nat(20).map(weighted) },
  { weight: 1, arbitrary: fc.nat(5).map((count) => fixed(count)) },
);

describe('pickKinds', () => {
  it.each([
    { kinds: [fixed(9), fixed(1), weighted(5), weighted(3), weighted(2)], users: 20, expected: [9, 1, 5, 3, 2] },
    { kinds: [weighted(1), weighted(2)], users: 75, expected: [25, 50] },
    { kinds: [weighted(4), weighted(5)], users: 9, expected: [4, 5] },
    { kinds: [weighted(1)], users: 0, expected: [0] },
    { kinds: [weighted(0), weighted(1)], users: 5, expected: [0, 5] },
    { kinds: [weighted(0.5), weighted(0.25)], users: 30, expected: [20, 10] },
  ])('gives $users users as $expected', ({ kinds, users, expected }) => {
    expect(countKinds(kinds, users)).toEqual(expected);
  });

  it('starts the fixed ones first, in the order declared, and only as many as there are users', () => {
    const kinds = [weighted(1), fixed(2), fixed(3)];
    expect([...pickKinds(kinds, 7)]).toEqual([1, 1, 2, 2, 2, 0, 0]);
    expect([...pickKinds(kinds, 3)]).toEqual([1, 1, 2]);
  });

  it('has nobody to start beyond fixed counts when no kind has a weight', () => {
    expect([...pickKinds([fixed(2), weighted(0)], 10)]).toEqual([0, 0]);
    expect([...pickKinds([weighted(0)], 10)]).toEqual([]);
  });

  it('lets the earlier declared win a tie, so that equal kinds take turns', () => {
    expect([...pickKinds([weighted(1), weighted(1), weighted(1)], 7)]).toEqual([0, 1, 2, 0, 1, 2, 0]);
  });

  it('spreads kinds instead of starting one after the other', () => {
    expect([...pickKinds([weighted(3), weighted(1)], 8)]).toEqual([0, 0, 1, 0, 0, 0, 1, 0]);
  });

  it('begins with every shorter list, so ramping down and up brings the same kinds back', () => {
    fc.assert(
      fc.property(fc.array(anyKind, { minLength: 1, maxLength: 6 }), fc.nat(120), fc.nat(120), (kinds, one, other) => {
        const [short, long] = one < other ? [one, other] : [other, one];
        const list = pickKinds(kinds, long);
        expect([...pickKinds(kinds, short)]).toEqual([...list.slice(0, short)]);
      }),
    );
  });

  it('is in proportion at every moment, and exact whenever the weights divide the number of users', () => {
    const weight = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(fc.array(weight, { minLength: 2, maxLength: 6 }), (weights) => {
        const total = weights.reduce((sum, one) => sum + one, 0);
        // Nobody is ever a user ahead; behind, a kind can be 1/2 + 1/3 + … + 1/kinds at most.
        const mostBehind = weights.slice(1).reduce((sum, _, at) => sum + 1 / (at + 2), 1e-9);
        const counts = weights.map(() => 0);
        for (const [index, kind] of pickKinds(weights.map(weighted), 2 * total).entries()) {
          counts[kind]!++;
          const behind = weights.map((one, at) => ((index + 1) * one) / total - counts[at]!);
          if (Math.min(...behind) <= -1) expect.fail(`ahead by ${-Math.min(...behind)} after ${index + 1}`);
          if (Math.max(...behind) >= mostBehind) expect.fail(`behind after ${index + 1}`);
        }
        expect(counts).toEqual(weights.map((one) => 2 * one));
      }),
      { numRuns: 150 },
    );
  });
});

describe('KindPicker', () => {
  const anyKinds = fc.array(anyKind, { minLength: 1, maxLength: 6 });

  it('picks one by one what the list has', () => {
    fc.assert(
      fc.property(anyKinds, fc.nat(120), (kinds, users) => {
        const picker = new KindPicker(kinds);
        const list = pickKinds(kinds, users);
        expect(Array.from(list, () => picker.next())).toEqual([...list]);
        if (list.length < users) expect(picker.next()).toBeUndefined();
      }),
    );
  });

  it('counts what it picked', () => {
    const picker = new KindPicker([weighted(3), fixed(2), weighted(1)]);
    for (let pick = 0; pick < 10; pick++) picker.next();
    expect([...picker.picked]).toEqual([6, 2, 2]);
  });

  it('skips to where so many picks would have led, also with broken weights and at an end', () => {
    const kinds = fc.oneof(
      anyKinds,
      fc.constantFrom([weighted(0.5), weighted(0.3)], [fixed(4), weighted(0)], [weighted(0)]),
    );
    fc.assert(
      fc.property(kinds, fc.nat(40), fc.nat(300), (described, first, skipped) => {
        const [skipping, stepping] = [new KindPicker(described), new KindPicker(described)];
        for (let pick = 0; pick < first; pick++) skipping.next();
        skipping.skipAhead(skipped);
        for (let pick = 0; pick < first + skipped; pick++) stepping.next();
        expect([...skipping.picked]).toEqual([...stepping.picked]);
        for (let pick = 0; pick < 30; pick++) expect(skipping.next()).toBe(stepping.next());
      }),
    );
  });

  it.each([
    [0.3, 0.1],
    [0.75, 0.25],
    [1.5, 0.5],
  ])('skips a year of starts at once where weights are fractions: %d, %d', (most, least) => {
    const picker = new KindPicker([weighted(most), weighted(least)]);
    picker.skipAhead(10_000 * 86_400 * 365 + 2);
    expect(picker.next()).toBe(1);
  });

  it('picks by fractions as by the whole numbers that they are parts of, ties too', () => {
    const picks = (weights: number[]) => [
      ...pickKinds(
        weights.map((weight) => weighted(weight)),
        500,
      ),
    ];
    expect(picks([0.1, 0.2, 0.3, 0.1])).toEqual(picks([1, 2, 3, 1]));
    expect(picks([1.25, 2.5])).toEqual(picks([1, 2]));
    const counts = [0, 1].map((kind) => picks([1 / 3, 2 / 3]).filter((one) => one === kind).length);
    expect(counts).toEqual([167, 333]);
  });

  it('skips a year of starts at once where weights are whole', () => {
    const picker = new KindPicker([weighted(3), weighted(1)]);
    picker.skipAhead(10_000 * 86_400 * 365 + 2);
    expect(picker.next()).toBe(1);
  });
});
