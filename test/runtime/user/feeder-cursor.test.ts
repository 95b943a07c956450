import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LoadwrightError } from '../../../src/errors.js';
import type { DataTable } from '../../../src/runtime/data-table.js';
import { type AnyFeeder, type FeederOptions, feeder, requireFeederKinds } from '../../../src/runtime/user/feeder.js';
import { FeederCursors, type RowTaker, shuffleRows } from '../../../src/runtime/user/feeder-cursor.js';
import { RandomStream } from '../../../src/runtime/user/random.js';

const numbers = (rows: number) => Array.from({ length: rows }, (_, row) => row);
const sorted = (rows: readonly unknown[]) => [...(rows as number[])].sort((a, b) => a - b);

function createTaker(given: Partial<RowTaker> & { userId?: number } = {}): RowTaker {
  const { userId = 0, ...rest } = given;
  const turnOfUser = () => userId;
  return { kind: 'Buyer', turnOfUser, startIndex: undefined, takesInIteration: new Map(), random: () => 0, ...rest };
}

function createShares(count: number, seed = 1): FeederCursors[] {
  return numbers(count).map((index) => new FeederCursors({ share: { index, count }, seed, tables: new Map() }));
}

/** Rows until the feeder is at its end, each for another iteration. */
function takeAll(share: FeederCursors, rows: AnyFeeder): unknown[] {
  const taken: unknown[] = [];
  for (;;) {
    const next = share.next(rows, createTaker());
    if (next.isExhausted) return taken;
    taken.push(next.row);
  }
}

function take(share: FeederCursors, rows: AnyFeeder, who: RowTaker = createTaker()): unknown {
  const next = share.next(rows, who);
  return next.isExhausted ? 'exhausted' : next.row;
}

function refusalOf(attempt: () => unknown): LoadwrightError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof LoadwrightError) return error;
    throw error;
  }
  expect.fail('it was not refused');
}

const anyCount = fc.integer({ min: 1, max: 8 });
const anyRows = fc.integer({ min: 1, max: 60 });
const anyOptions: fc.Arbitrary<FeederOptions> = fc.record({ shuffle: fc.boolean() });

describe('sequential rows', () => {
  it('are in the order of the file with one worker', () => {
    const [share] = createShares(1);
    expect(takeAll(share!, feeder(['a', 'b', 'c'], { atEnd: 'stop' }))).toEqual(['a', 'b', 'c']);
  });

  it.each([undefined, 'iteration'] as const)('are given once each over all workers (unique: %s)', (unique) => {
    const law = (count: number, rows: number, options: FeederOptions) => {
      const source = feeder(numbers(rows), { ...options, atEnd: 'stop', ...(unique ? { unique } : {}) });
      const taken = createShares(count).map((share) => takeAll(share, source));
      expect(sorted(taken.flat())).toEqual(numbers(rows));
      const sizes = taken.map(({ length }) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    };
    fc.assert(fc.property(anyCount, anyRows, anyOptions, law));
  });

  it('begin again behind the end, each as often as any other', () => {
    const law = (count: number, rows: number, passes: number) => {
      const source = feeder(numbers(rows), { order: 'circular' });
      const shares = createShares(count);
      const turns = numbers(rows * passes).map((turn) => take(shares[turn % count]!, source));
      expect(turns).toEqual(numbers(rows * passes).map((turn) => turn % rows));
    };
    fc.assert(fc.property(anyCount, anyRows, fc.integer({ min: 1, max: 4 }), law));
  });

  it('of one feeder do not move another one', () => {
    const [share] = createShares(1);
    const [left, right] = [feeder(['a', 'b']), feeder(['c', 'd'])];
    expect([left, right, right, left].map((source) => take(share!, source))).toEqual(['a', 'c', 'd', 'b']);
  });
});

describe('a row for each user', () => {
  it('is that of the user’s number in any worker, and stays the same', () => {
    const law = (count: number, rows: number, options: FeederOptions) => {
      const source = feeder(numbers(rows), { ...options, unique: 'user', atEnd: 'stop' });
      const [alone] = createShares(1);
      const shares = createShares(count);
      const taken = numbers(rows).map((userId) => {
        const share = shares[userId % count]!;
        const who = createTaker({ userId });
        const row = take(share, source, who);
        expect(take(share, source, who)).toBe(row);
        expect(take(alone!, source, createTaker({ userId }))).toBe(row);
        return row;
      });
      expect(sorted(taken)).toEqual(numbers(rows));
      expect(take(shares[0]!, source, createTaker({ userId: rows }))).toBe('exhausted');
    };
    fc.assert(fc.property(anyCount, anyRows, anyOptions, law));
  });

  it('is another user’s too only where the rows begin again', () => {
    const [share] = createShares(1);
    const source = feeder(['a', 'b'], { unique: 'user', atEnd: 'wrap' });
    expect([0, 1, 2, 5].map((userId) => take(share!, source, createTaker({ userId })))).toEqual(['a', 'b', 'a', 'b']);
  });
});

describe('a row for each iteration', () => {
  it('is that of the start, where starts are numbered', () => {
    const law = (count: number, rows: number, options: FeederOptions) => {
      const source = feeder(numbers(rows), { ...options, unique: 'iteration', atEnd: 'stop' });
      const shares = createShares(count);
      const [alone] = createShares(1);
      const lastFirst = numbers(rows).reverse();
      const taken = lastFirst.map((startIndex) => {
        const row = take(shares[startIndex % count]!, source, createTaker({ startIndex }));
        expect(take(alone!, source, createTaker({ startIndex }))).toBe(row);
        return row;
      });
      expect(sorted(taken)).toEqual(numbers(rows));
      expect(take(shares[0]!, source, createTaker({ startIndex: rows }))).toBe('exhausted');
    };
    fc.assert(fc.property(anyCount, anyRows, anyOptions, law));
  });

  it('stays the same within it, and is the next one when another begins', () => {
    const [, share] = createShares(2);
    const source = feeder(numbers(10), { unique: 'iteration' });
    const [left, right] = [createTaker(), createTaker()];
    expect([left, right, left, right].map((who) => take(share!, source, who))).toEqual([1, 3, 1, 3]);
    left.takesInIteration.clear();
    expect([left, right].map((who) => take(share!, source, who))).toEqual([5, 3]);
  });

  it('is refused where iterations with and without a number ask for the same rows', () => {
    const [share] = createShares(1);
    const source = feeder(numbers(10), { unique: 'iteration' });
    take(share!, source);
    const refusal = refusalOf(() => take(share!, source, createTaker({ startIndex: 0 })));
    expect(refusal.code).toBe('ERR_SCENARIO_INVALID');
    expect(refusal.message).toContain('cannot give each row to one iteration');
  });
});

describe('random rows', () => {
  it('are drawn from the user’s own numbers', () => {
    const draw = (count: number) => {
      const stream = new RandomStream([7]);
      const who = createTaker({ random: () => stream.next() });
      const source = feeder(numbers(5), { order: 'random' });
      return numbers(500).map((turn) => take(createShares(count)[turn % count]!, source, who));
    };
    const drawn = draw(1);
    expect(draw(4)).toEqual(drawn);
    for (const row of numbers(5)) {
      const times = drawn.filter((one) => one === row).length;
      expect(times).toBeGreaterThan(60);
      expect(times).toBeLessThan(140);
    }
  });
});

describe('the shuffle', () => {
  const order = (seed: number, count: number, source: AnyFeeder) => {
    const shares = createShares(count, seed);
    return numbers(40).map((turn) => take(shares[turn % count]!, source));
  };

  it('is the same in every worker, and another one for each seed and feeder', () => {
    const source = feeder(numbers(40), { shuffle: true });
    const alone = order(5, 1, source);
    expect(sorted(alone)).toEqual(numbers(40));
    expect(alone).not.toEqual(numbers(40));
    for (const count of [2, 3, 8]) expect(order(5, count, source)).toEqual(alone);
    expect(order(6, 1, source)).not.toEqual(alone);
    expect(order(5, 1, feeder(numbers(40), { shuffle: true }))).not.toEqual(alone);
  });

  it('has every row once, in four bytes a row', () => {
    const law = (rows: number, words: number[]) => {
      const shuffled = shuffleRows(rows, words);
      expect(shuffled).toBeInstanceOf(Uint32Array);
      expect([...shuffled].sort((a, b) => a - b)).toEqual(numbers(rows));
    };
    fc.assert(fc.property(fc.nat(300), fc.array(fc.nat(), { maxLength: 4 }), law));
  });

  it('makes every order as likely as any other', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 6000; seed++) {
      const key = shuffleRows(3, [seed]).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const times of counts.values()) expect(Math.abs(times - 1000)).toBeLessThan(150);
  });
});

describe('the end of the rows', () => {
  it.each([
    [{}, 1, 'all 2 rows have been given.'],
    [{}, 2, "all 2 rows have, as far as they are this worker's, 1 of 2, been given."],
    [{ unique: 'user' }, 4, 'all 2 rows have been given, each to one user.'],
    [{ unique: 'iteration' }, 1, 'all 2 rows have been given, each to one iteration.'],
  ] as const)('without a choice of what then is an error (%j, %i workers)', (options, count, message) => {
    const source = feeder(['a', 'b'], options);
    const share = createShares(count)[0]!;
    const who = () => createTaker({ userId: 2 });
    const refusal = refusalOf(() => [
      take(share, source, who()),
      take(share, source, who()),
      take(share, source, who()),
    ]);
    expect(refusal).toMatchObject({ code: 'ERR_DATA_EXHAUSTED', exitCode: 1 });
    expect(refusal.message).toBe(`The feeder of an array has run out: ${message}`);
    expect(refusal.hint).toMatch(/atEnd: 'stop' .* atEnd: 'wrap'/);
  });

  it('is said again to everybody who asks', () => {
    const [share] = createShares(1);
    const source = feeder(['a'], { atEnd: 'stop' });
    expect(numbers(3).map(() => take(share!, source))).toEqual(['a', 'exhausted', 'exhausted']);
  });
});

describe('rows for users of some kinds', () => {
  it('are numbered by those kinds, and refused to others', () => {
    const source = feeder(['a', 'b'], { unique: 'user', kinds: ['Buyer', 'Admin'] });
    const [share] = createShares(1);
    const asked: unknown[] = [];
    const turnOfUser = (kinds: readonly string[] | undefined) => {
      asked.push(kinds);
      return 1;
    };
    expect(take(share!, source, createTaker({ kind: 'Admin', turnOfUser }))).toBe('b');
    expect(asked).toEqual([['Buyer', 'Admin']]);
    const refusal = refusalOf(() => take(share!, source, createTaker({ kind: 'Reader' })));
    expect(refusal.code).toBe('ERR_SCENARIO_INVALID');
    expect(refusal.message).toBe('The feeder of an array is for users of Buyer, Admin, but one of Reader asked.');
    expect(refusal.hint).toBe("kinds: ['Buyer', 'Admin', 'Reader']");
  });

  it('are checked before the run', () => {
    const source = feeder(['a'], { unique: 'user', kinds: ['Buyr'] });
    const refusal = refusalOf(() => requireFeederKinds([source], ['Reader', 'Buyer']));
    expect([refusal.message, refusal.hint]).toEqual([
      'The feeder of an array is for users of "Buyr", which is no kind of the scenario.',
      'Buyer',
    ]);
    expect(refusalOf(() => feeder(['a'], { kinds: ['Buyer'] })).message).toContain('goes with unique: "user"');
    expect(refusalOf(() => feeder(['a'], { unique: 'user', kinds: [] })).message).toContain('must be a list');
  });
});

describe('rows of files', () => {
  const table: DataTable = { rows: 2, bytes: new SharedArrayBuffer(2), offsets: new SharedArrayBuffer(12) };
  Buffer.from(table.bytes).write('78');
  new Uint32Array(table.offsets).set([0, 1, 2]);
  const create = (tables: Map<number, DataTable>) =>
    new FeederCursors({ share: { index: 0, count: 1 }, seed: 1, tables });

  it('come from the table with the feeder’s number', () => {
    const source = feeder({ json: './rows.json' }, { atEnd: 'stop' });
    const share = create(new Map([[source.number, table]]));
    share.prepare([source]);
    expect(takeAll(share, source)).toEqual([7, 8]);
  });

  it('are refused for a feeder that is made too late, and for what is none', () => {
    const late = refusalOf(() => take(create(new Map()), feeder({ csv: './late.csv' })));
    expect(late.code).toBe('ERR_SCENARIO_INVALID');
    expect(late.message).toContain('The feeder of ./late.csv was made while the run was on');
    const none = refusalOf(() => take(create(new Map()), './accounts.csv' as never));
    expect(none.message).toContain('next() takes a feeder, but the scenario gave ./accounts.csv');
  });
});
