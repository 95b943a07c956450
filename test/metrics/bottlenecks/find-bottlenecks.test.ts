import { describe, expect, it } from 'vitest';
import { noCounts } from '../../../src/metrics/aggregate.js';
import { MAX_BOTTLENECKS } from '../../../src/metrics/bottlenecks/find-bottlenecks.js';
import { but, find, RISE, type ToldName, tellRise, tellWindows, WELL } from '../../support/evidence.js';
import { generatorSummary } from '../../support/generator-health.js';

describe('a run that is well', () => {
  it('has no bottleneck, steady or rising', () => {
    expect(find(tellRise(RISE, () => WELL))).toEqual([]);
    expect(find(tellWindows(Array.from({ length: 10 }, () => ({ users: 100, names: WELL }))))).toEqual([]);
  });

  it('has none where nothing is known', () => {
    expect(find([])).toEqual([]);
    expect(find(tellRise(RISE, () => WELL.map(({ timings: _, ...row }) => ({ ...row, ms: 900 }))))).toEqual([]);
  });

  it('has none in a handful of requests, whatever they say', () => {
    const slow = WELL.map((row) => ({
      ...row,
      times: 1,
      ms: 900,
      timings: { lock: 850, db: [40, '90 queries'] as const },
    }));
    expect(find(tellRise({ users: 3 }, () => slow))).toEqual([]);
  });
});

describe('waiting for a lock', () => {
  const lockOf = (users: number) => users;
  const rising = (users: number): ToldName[] =>
    but({
      name: '04_stock_reserve',
      method: 'POST',
      ms: lockOf(users) * 1.4 + 4,
      timings: { db: [3, '4 queries'], lock: lockOf(users), auth: 0.1 },
    });

  it('is told with its share, and how it grows with users while db stays flat', () => {
    const [first, ...rest] = find(tellRise(RISE, rising));
    expect(first).toMatchObject({ rule: 'lock-wait', requestName: '04_stock_reserve', method: 'POST' });
    expect(first!.title).toBe(
      '04_stock_reserve: 70 % of the time waits for a lock; it grows with users while db stays flat',
    );
    expect(first!.evidence).toContain('lock takes 42 ms with 42 users and 175 ms with 175.');
    expect(first!.evidence).toContain('db takes 3.0 ms with 42 users and 3.0 ms with 175.');
    expect(first!.weight).toBeCloseTo(0.64, 1);
    expect(rest).toEqual([]);
  });

  it('is not compared with what is still answered when nobody is at work any more', () => {
    const during = tellRise(RISE, rising);
    const [after] = tellWindows([{ users: 0, names: rising(200) }]);
    const [first] = find([...during, { ...after!, fromMs: 12_000, toMs: 13_000 }]);
    expect(first!.evidence).toContain('lock takes 42 ms with 42 users and 175 ms with 175.');
    const short = tellRise({ users: 24, seconds: 5 }, rising);
    const [grown] = find([...short, { ...after!, fromMs: 5000, toMs: 6000 }]);
    expect(grown!.title).toMatch(/it grows with users while db stays flat$/);
  });

  it('does not grow where it does not', () => {
    const steady = but({ name: '04_stock_reserve', method: 'POST', ms: 100, timings: { db: 10, lock: 80 } });
    const [first] = find(tellRise(RISE, () => steady));
    expect(first!.title).toBe('04_stock_reserve: 80 % of the time waits for a lock');
  });

  it('comes before the full pool that it brings about', () => {
    const held = (users: number) =>
      rising(users).map((row) => ({
        ...row,
        ms: row.ms + 4 * users,
        timings: { ...row.timings, pool: [4 * users, '20 of 20'] as const },
      }));
    expect(find(tellRise(RISE, held)).map(({ rule }) => rule)).toEqual(['lock-wait', 'pool-full']);
  });

  it('tells of retries', () => {
    const retried = but({ name: '04_stock_reserve', ms: 200, timings: { db: 10, lock: [180, '2 retries'] } });
    expect(find(tellRise(RISE, () => retried))[0]!.evidence).toContain(
      '600 requests say how often they tried again: 2.0 times on average.',
    );
  });
});

describe('a pool', () => {
  const poolOf = (users: number): ToldName[] =>
    WELL.map((row) => {
      const isFull = users > 100;
      const pool = isFull ? ([60, '20 of 20'] as const) : ([0.2, '12 of 20'] as const);
      return { ...row, ms: row.ms + pool[0], timings: { ...row.timings, pool } };
    });

  it('is full from so many users on', () => {
    const [first, ...rest] = find(tellRise(RISE, poolOf));
    expect(first).toMatchObject({ rule: 'pool-full', fromUsers: 117, fromMs: 6000 });
    expect(first!.title).toBe('connection pool full (20 of 20) from 117 users on');
    expect(first).not.toHaveProperty('requestName');
    expect(rest).toEqual([]);
  });

  it('that is full without anybody waiting is none', () => {
    const full = WELL.map((row) => ({ ...row, timings: { ...row.timings, pool: [0.1, '20 of 20'] as const } }));
    expect(find(tellRise(RISE, () => full))).toEqual([]);
  });

  it('is full from a second on, where users did not rise', () => {
    const seconds = Array.from({ length: 12 }, (_, second) => ({ users: 150, names: poolOf(second < 4 ? 50 : 150) }));
    expect(find(tellWindows(seconds))[0]!.title).toBe('connection pool full (20 of 20) from second 4 on');
  });
});

describe('the database', () => {
  it('that is asked once for each row', () => {
    const list = { name: '02_product_list', ms: 60, timings: { db: [50, '101 queries'] as const, auth: 0.1 } };
    const [first, ...rest] = find(tellRise(RISE, () => but(list)));
    expect(first).toMatchObject({ rule: 'many-queries', title: '02_product_list: 101 queries a request' });
    expect(first!.evidence.join(' ')).toContain('A query takes 0.5 ms');
    expect(rest).toEqual([]);
  });

  it('that gets slower with users', () => {
    const list = (users: number) => ({
      name: '02_product_list',
      ms: users + 5,
      timings: { db: [users, '2 queries'] as const },
    });
    const [first, ...rest] = find(tellRise(RISE, (users) => but(list(users))));
    expect(first!.rule).toBe('slow-database');
    expect(first!.title).toBe('02_product_list: the database takes 96 % of the time, 108 ms a request');
    expect(rest).toEqual([]);
  });

  it('whose every query is slow', () => {
    const list = { name: '02_product_list', ms: 130, timings: { db: [120, '2 queries'] as const } };
    expect(find(tellRise(RISE, () => but(list))).map(({ rule }) => rule)).toEqual(['slow-database']);
  });

  it('that takes a steady and short time is well', () => {
    const list = { name: '02_product_list', ms: 40, timings: { db: [30, '3 queries'] as const } };
    expect(find(tellRise(RISE, () => but(list)))).toEqual([]);
  });
});

describe('a cache', () => {
  const mixed = (ms: number) => (_users: number, second: number) =>
    but({
      name: '03_stock_availability',
      ms: ms + 4,
      timings: { db: [ms, '1 query'], cache: second % 8 === 0 ? 'hit' : 'miss' },
    });

  it('that hardly hits, where that costs something', () => {
    const [first, ...rest] = find(tellRise({ users: 200, seconds: 16 }, mixed(12)));
    expect(first).toMatchObject({ rule: 'cache-misses', requestName: '03_stock_availability' });
    expect(first!.title).toBe('03_stock_availability: cache hit rate 13 %');
    expect(rest).toEqual([]);
    // Of 27.8 ms for one request of each name db has 12, and a cache that always hit would have saved seven eighths of it.
    expect(first!.weight).toBeCloseTo((12 / 27.8) * (7 / 8), 3);
  });

  const pool = [50, '20 of 20'] as const;
  /** So many of eight seconds hit. */
  const waiting = (hits: number, reserveMs: number) => (_users: number, second: number) => {
    const cache = second % 8 < hits ? 'hit' : 'miss';
    const rows = but(
      { name: '03_stock_availability', ms: 14, timings: { db: [10, '1 query'], cache } },
      { name: '04_stock_reserve', method: 'POST', ms: reserveMs + 1, timings: { db: [reserveMs, '2 queries'] } },
    );
    return rows.map((row) => ({ ...row, ms: row.ms + 50, timings: { ...row.timings, pool } }));
  };

  it('that hardly hits, before the connections that wait for its misses', () => {
    const found = find(tellRise({ users: 200, seconds: 16 }, waiting(1, 2)));
    expect(found.map(({ rule }) => rule)).toEqual(['cache-misses', 'pool-full']);
    expect(found[0]!.evidence.join(' ')).toMatch(
      /db and waiting for connections that misses hold are 7\d % of the time, 4\d ms/,
    );
    // One that hits as often as it can, with stock that changes all the time, is no reason for it.
    const often = find(tellRise({ users: 200, seconds: 16 }, waiting(3, 2)));
    expect(often.map(({ rule }) => rule)).toEqual(['pool-full']);
  });

  it('that hardly hits is no reason for a wait for connections that others hold', () => {
    const found = find(tellRise({ users: 200, seconds: 16 }, waiting(1, 200)));
    expect(found.map(({ rule }) => rule)).toEqual(['slow-database', 'pool-full']);
  });

  it('that hardly hits is none where a miss costs nothing', () => {
    expect(find(tellRise({ users: 200, seconds: 16 }, mixed(0.6)))).toEqual([]);
  });
});

describe('several', () => {
  it('are five at most, and a generator that did not keep up comes first', () => {
    const everything = WELL.map((row) => ({
      ...row,
      ms: 530,
      timings: { db: [140, '50 queries'] as const, lock: 130, pool: [100, '20 of 20'] as const, auth: 160 },
    }));
    const reason = { sign: 'late-answers' as const, message: 'worker 0 was busy', advice: 'more workers' };
    const addedLatency = { meanMs: 520, p99Ms: 900 };
    const generator = generatorSummary({ verdict: 'saturated', reasons: [reason], addedLatency });
    const series = [{ ...noCounts('GET', 'a'), completed: 100, failures: 90 }];
    const found = find(
      tellRise(RISE, () => everything),
      { generator, series },
    );
    expect(found.map(({ rule }) => rule)).toEqual([
      'generator-saturated',
      'failures',
      'token-checking',
      'many-queries',
      'lock-wait',
    ]);
    expect(found).toHaveLength(MAX_BOTTLENECKS);
    expect(found[0]).toMatchObject({
      title: 'the generator itself was the bottleneck',
      evidence: ['It added about 520 ms to a request, of 530 ms on average.', 'worker 0 was busy.'],
    });
    const little = { ...generator, addedLatency: { meanMs: 0.2, p99Ms: 5 } };
    for (const hardly of [{ ...generator, verdict: 'strained' as const }, little]) {
      const alone = find(
        tellRise(RISE, () => WELL),
        { generator: hardly },
      );
      expect(alone).toEqual([]);
    }
  });

  it('of one rule are one, with the others in its evidence', () => {
    const lock = (name: string, ms: number) => ({ name, ms: ms + 10, timings: { lock: ms } });
    const [first, ...rest] = find(tellRise(RISE, () => [...WELL, lock('a', 100), lock('b', 300)]));
    expect(first!.title).toContain('b: 97 % of the time');
    expect(first!.evidence.at(-1)).toBe('The same holds for a (23 % of all time).');
    expect(rest).toEqual([]);
  });
});
