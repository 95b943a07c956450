import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { poolSlots, shareQuota } from '../../../src/runtime/load/share-out.js';
import { mostUsers } from '../../../src/runtime/load/slots.js';
import { anyKindsOfLoad, kindOf, sharesOf, spread, startsLoad } from './any-load.js';

describe('shareQuota', () => {
  it('goes round, from the offset on', () => {
    const quotas = (total: number, offset?: number) =>
      sharesOf(4).map((share) => shareQuota(total, share, ...(offset === undefined ? [] : [offset])));
    expect(quotas(100)).toEqual([25, 25, 25, 25]);
    expect(quotas(6)).toEqual([2, 2, 1, 1]);
    expect(quotas(6, 1)).toEqual([1, 2, 2, 1]);
    expect(quotas(2, 3)).toEqual([1, 0, 0, 1]);
    expect(quotas(0)).toEqual([0, 0, 0, 0]);
  });

  it('counts what it says, and adds up', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.integer({ min: 1, max: 9 }), fc.nat(30), (total, count, offset) => {
        const quotas = sharesOf(count).map((share) => shareQuota(total, share, offset));
        const counted = sharesOf(count).map(() => 0);
        for (let k = 0; k < total; k++) counted[(k + offset) % count]!++;
        expect(quotas).toEqual(counted);
      }),
    );
  });
});

describe('poolSlots', () => {
  it('share out a pool kind by kind, and keep who is there as it grows', () => {
    const anyCount = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(anyKindsOfLoad, anyCount, fc.nat(60), fc.nat(60), ({ kinds, own, loadIndex }, count, users, more) => {
        const load = startsLoad({ kinds: own });
        const poolOf = (size: number) =>
          sharesOf(count).map((share) => poolSlots({ load, loadIndex, kinds, share, users: size }));
        const pools = poolOf(users);
        const grown = poolOf(users + more);
        const all = poolSlots({ load, loadIndex, kinds, share: { index: 0, count: 1 }, users });
        expect(pools.flat().sort((one, other) => one.slot - other.slot)).toEqual(all);
        for (const kind of own)
          expect(spread(pools.map((pool) => pool.filter((user) => user.kind === kind).length))).toBeLessThan(2);
        const possible = Math.min(users + more, mostUsers(load, kinds));
        expect(grown.flat()).toHaveLength(possible);
        for (const [index, pool] of pools.entries()) expect(grown[index]!.slice(0, pool.length)).toEqual(pool);
      }),
    );
  });

  it('is of the load: other kinds, another position and another plan have pools of their own', () => {
    const load = startsLoad({ kinds: [0, 1] });
    const part = { load, kinds: [kindOf(1), kindOf(1)], share: { index: 0, count: 2 }, users: 4 };
    expect(poolSlots({ ...part, loadIndex: 0 }).map(({ slot }) => slot)).toEqual([0, 3]);
    expect(poolSlots({ ...part, loadIndex: 0, kinds: [kindOf(1), kindOf(1, 3)] })).toEqual([
      { slot: 1, kind: 1 },
      { slot: 3, kind: 0 },
    ]);
    expect(poolSlots({ ...part, loadIndex: 1 }).map(({ slot }) => slot)).toEqual([1, 2]);
  });
});
