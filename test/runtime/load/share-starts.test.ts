import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amendLine, lineFromStages } from '../../../src/runtime/load/line.js';
import { ShareStarts, StartTimes } from '../../../src/runtime/load/starts.js';
import type { PlannedKind, StartsLoad } from '../../../src/runtime/plan.js';
import { anyKindsOfLoad, anyLine, drain, kindOf, sharesOf, spread, startsLoad } from './any-load.js';

const whole = { index: 0, count: 1 };
const constant = (rate: number) => lineFromStages(rate, []);

describe('ShareStarts', () => {
  const anyCount = fc.integer({ min: 1, max: 9 });
  const anyStarts = fc
    .record({ line: anyLine(60), endMs: fc.integer({ min: 1, max: 12_000 }) })
    .map((changes) => startsLoad(changes));

  function startsOf(load: StartsLoad, kinds: readonly PlannedKind[]) {
    return drain(new ShareStarts({ load, loadIndex: 0, kinds, share: whole }));
  }

  it('follow the weights, whatever the fixed counts of users are', () => {
    const load = startsLoad({ line: constant(8), endMs: 1000, kinds: [1, 2] });
    const starts = startsOf(load, [kindOf(9), kindOf(3, 1), kindOf(1)]);
    expect(starts.map(({ kind }) => kind)).toEqual([1, 1, 2, 1, 1, 1, 2, 1]);
    expect(starts.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('have none when no kind has a weight', () => {
    expect(startsOf(startsLoad({ line: constant(8) }), [kindOf(0)])).toEqual([]);
  });

  it('begin with another share in each load', () => {
    const load = startsLoad({ line: constant(4), endMs: 1000 });
    const indexesOf = (loadIndex: number) =>
      drain(new ShareStarts({ load, loadIndex, kinds: [kindOf(1)], share: { index: 0, count: 3 } })).map(
        ({ index }) => index,
      );
    expect([0, 1, 2].map(indexesOf)).toEqual([[0, 3], [2], [1]]);
  });

  it.each([2, 4, 8])('divide kinds of 3 to 1 over %d workers', (count) => {
    const kinds = [kindOf(3), kindOf(1)];
    const load = startsLoad({ line: constant(64), endMs: 10_000, kinds: [0, 1] });
    for (const share of sharesOf(count)) {
      const own = drain(new ShareStarts({ load, loadIndex: 2, kinds, share }));
      expect(own.filter(({ kind }) => kind === 0)).toHaveLength(480 / count);
      expect(own.filter(({ kind }) => kind === 1)).toHaveLength(160 / count);
    }
  });

  it('of all shares are the whole load, at every instant; each kind differs by at most 1', () => {
    fc.assert(
      fc.property(
        anyStarts,
        anyKindsOfLoad,
        anyCount,
        fc.nat(12_000),
        (planned, { kinds, own, loadIndex }, count, atMs) => {
          const load = { ...planned, kinds: own };
          const all = drain(new ShareStarts({ load, loadIndex, kinds, share: whole }));
          const shares = sharesOf(count).map((share) => drain(new ShareStarts({ load, loadIndex, kinds, share })));
          expect(shares.flat().sort((one, other) => one.index - other.index)).toEqual(all);
          const isAnyoneWeighted = own.some((kind) => kinds[kind]!.weight > 0);
          expect(all).toHaveLength(isAnyoneWeighted ? new StartTimes(load.line, load.endMs).count : 0);
          for (const starts of shares)
            expect(starts).toEqual([...starts].sort((one, other) => one.index - other.index));
          for (const kind of own) {
            const counts = shares.map(
              (starts) => starts.filter((start) => start.kind === kind && start.atMs <= atMs).length,
            );
            expect(spread(counts)).toBeLessThan(2);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('from an instant on have those at it and after it, the same ones', () => {
    fc.assert(
      fc.property(
        anyStarts,
        anyKindsOfLoad,
        anyCount,
        fc.nat(12_000),
        (planned, { kinds, own, loadIndex }, count, atMs) => {
          const load = { ...planned, kinds: own };
          for (const share of sharesOf(count)) {
            const all = drain(new ShareStarts({ load, loadIndex, kinds, share }));
            for (const fromMs of [atMs, ...all.slice(3, 6).map((start) => start.atMs)])
              expect(drain(new ShareStarts({ load, loadIndex, kinds, share, fromMs }))).toEqual(
                all.filter((start) => start.atMs >= fromMs),
              );
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('after an amendment carry on with the next number, in every share', () => {
    fc.assert(
      fc.property(
        anyStarts,
        anyLine(60),
        fc.nat(12_000),
        anyCount,
        anyKindsOfLoad,
        (planned, other, cutMs, count, { kinds, own, loadIndex }) => {
          const tail = other.map((piece) => ({ ...piece, fromMs: piece.fromMs + cutMs, toMs: piece.toMs + cutMs }));
          const before = { ...planned, kinds: own, endMs: 15_000 };
          const after = { ...before, line: amendLine(before.line, cutMs, tail) };
          const run = sharesOf(count).map((share) => [
            ...drain(new ShareStarts({ load: before, loadIndex, kinds, share })).filter(({ atMs }) => atMs < cutMs),
            ...drain(new ShareStarts({ load: after, loadIndex, kinds, share, fromMs: cutMs })),
          ]);
          const merged = run.flat().sort((one, two) => one.index - two.index);
          const expected = drain(new ShareStarts({ load: after, loadIndex, kinds, share: whole }));
          expect(merged.map(({ index, kind }) => `${index} ${kind}`)).toEqual(
            expected.map(({ index, kind }) => `${index} ${kind}`),
          );
          expect(merged.filter(({ atMs }, k) => Math.abs(atMs - expected[k]!.atMs) > 1e-5)).toEqual([]);
          for (const kind of own)
            expect(spread(run.map((starts) => starts.filter((start) => start.kind === kind).length))).toBeLessThan(2);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('cost little: a minute of 10,000 a second for one of two workers', () => {
    const kinds = [kindOf(5), kindOf(3), kindOf(2)];
    const load = startsLoad({ line: constant(10_000), endMs: 60_000, kinds: [0, 1, 2] });
    let bestMs = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < 3; attempt++) {
      const beforeMs = performance.now();
      const starts = new ShareStarts({ load, loadIndex: 0, kinds, share: { index: 1, count: 2 } });
      let count = 0;
      while (starts.next() !== undefined) count++;
      bestMs = Math.min(bestMs, performance.now() - beforeMs);
      expect(count).toBe(300_000);
    }
    expect(bestMs).toBeLessThan(600);
  });

  it('begin late without walking through all that was before', () => {
    const load = startsLoad({ line: constant(10_000), kinds: [0, 1] });
    const beforeMs = performance.now();
    const day = 86_400_000;
    const starts = new ShareStarts({
      load,
      loadIndex: 0,
      kinds: [kindOf(3), kindOf(1)],
      share: whole,
      fromMs: 30 * day,
    });
    expect(starts.next()).toEqual({ index: 25_920_000_000, atMs: 30 * day, kind: 0 });
    expect(performance.now() - beforeMs).toBeLessThan(100);
  });
});
