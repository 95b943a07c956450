import fc from 'fast-check';
import type { LinePiece, PlannedKind, Share, StartsLoad, UsersLoad } from '../../../src/runtime/plan.js';

const base = { name: 'default', startAtMs: 0, gracefulStopMs: 0, env: {}, labels: {} };

export function usersLoad(changes: Partial<UsersLoad> = {}): UsersLoad {
  return {
    ...base,
    executor: 'stages',
    model: 'users',
    kinds: [0],
    line: [],
    falling: 'floor',
    gracefulRampDownMs: 0,
    ...changes,
  };
}

export function startsLoad(changes: Partial<StartsLoad> = {}): StartsLoad {
  return {
    ...base,
    executor: 'ramping-arrival-rate',
    model: 'starts',
    kinds: [0],
    line: [],
    preAllocatedUsers: 0,
    maxUsers: 0,
    ...changes,
  };
}

export function kindOf(weight: number, fixedCount?: number): PlannedKind {
  return { name: `Kind${weight}`, weight, fixedCount, host: undefined };
}

/** Everything an iterator of the plan has, up to a limit. */
export function drain<Item>(source: { next(): Item | undefined }, limit = 1_000_000): Item[] {
  const items: Item[] = [];
  for (let item = source.next(); item !== undefined && items.length < limit; item = source.next()) items.push(item);
  return items;
}

export function sharesOf(count: number): Share[] {
  return Array.from({ length: count }, (_, index) => ({ index, count }));
}

export function spread(counts: readonly number[]): number {
  return Math.max(...counts) - Math.min(...counts);
}

/** Lines with ramps, plateaus and jumps, gaps excepted; whole and broken values, and times that are not round. */
export function anyLine(most: number): fc.Arbitrary<LinePiece[]> {
  const value = fc.oneof(
    { weight: 3, arbitrary: fc.nat(most) },
    { weight: 1, arbitrary: fc.double({ min: 0, max: most, noNaN: true }).map((one) => Math.round(one * 1e3) / 1e3) },
  );
  const durationMs = fc.oneof(
    fc.constant(0),
    fc.integer({ min: 1, max: 6000 }),
    fc.double({ min: 0.5, max: 3000, noNaN: true }),
  );
  const piece = fc.record({ durationMs, from: fc.option(value, { nil: undefined }), to: value });
  return fc.tuple(value, fc.array(piece, { maxLength: 6 })).map(([start, pieces]) => {
    const line: LinePiece[] = [];
    let fromMs = 0;
    let last = start;
    for (const { durationMs: lengthMs, from = last, to } of pieces) {
      const toMs = fromMs + lengthMs;
      line.push({ fromMs, toMs, from: lengthMs === 0 ? to : from, to });
      fromMs = toMs;
      last = to;
    }
    return line;
  });
}

export const anyEnd = fc.option(fc.integer({ min: 1, max: 15_000 }), { nil: undefined });

export const anyKinds = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 5 }).map((weight) => kindOf(weight)) },
    { weight: 1, arbitrary: fc.nat(9).map((count) => kindOf(1, count)) },
  ),
  { minLength: 1, maxLength: 5 },
);

/** Kinds of a plan, and those of them that a load is of. */
export const anyKindsOfLoad = anyKinds.chain((kinds) =>
  fc.record({
    kinds: fc.constant(kinds),
    own: fc.shuffledSubarray(
      kinds.map((_, index) => index),
      { minLength: 1 },
    ),
    loadIndex: fc.nat(5),
  }),
);

export const anyUsersLoad: fc.Arbitrary<UsersLoad> = fc
  .record({ line: anyLine(40), endMs: anyEnd, falling: fc.constantFrom('floor' as const, 'ceiling' as const) })
  .map(({ endMs, ...rest }) => usersLoad({ ...rest, ...(endMs === undefined ? {} : { endMs }) }));
