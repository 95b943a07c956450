import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Aggregate } from '../../src/metrics/aggregate.js';
import {
  MOST_DESCRIPTIONS,
  MOST_ENTRIES,
  OTHER_DESCRIPTIONS,
  OTHER_ENTRIES,
  ServerTiming,
} from '../../src/metrics/server-timing.js';
import { SlowestRequests, type SlowRequest } from '../../src/metrics/slowest-requests.js';
import { computeStatistics } from '../../src/metrics/statistics.js';
import { addAll, sampleOf } from '../support/samples.js';

function read(...responses: [header: string, serviceMs: number][]) {
  const timing = new ServerTiming();
  for (const [header, serviceMs] of responses) timing.add(header, serviceMs);
  return timing.read();
}

describe('what is counted of an entry', () => {
  test('responses, times, the share of their service time, descriptions, numbers', () => {
    const [db, cache] = read(
      ['db;dur=10;desc="3 queries", cache;desc=hit', 20],
      ['db;dur=30;desc="5 queries", cache;desc=miss', 60],
      ['db;desc="x", cache;desc=hit', 1_000],
      ['other', 5_000],
    );
    expect(db).toMatchObject({
      entry: 'db',
      count: 3,
      timed: 2,
      totalMs: 40,
      minMs: 10,
      maxMs: 30,
      serviceMs: 80,
      numbered: 2,
      numberSum: 8,
      full: 0,
    });
    expect(cache).toMatchObject({ count: 3, timed: 0, totalMs: 0, durations: [] });
    expect(cache!.descriptions).toEqual([
      { description: 'hit', count: 2 },
      { description: 'miss', count: 1 },
    ]);
    expect(cache).not.toHaveProperty('minMs');
  });

  test('a response that has it several times counts once, with the sum', () => {
    const [db] = read(['db;dur=3;desc="1 query", db, db;dur=4;desc="2 queries"', 10]);
    expect(db).toMatchObject({ count: 1, timed: 1, totalMs: 7, minMs: 7, maxMs: 7, serviceMs: 10, numberSum: 3 });
  });

  test('a pool of which nothing is left', () => {
    const [pool] = read(
      ['pool;desc="19 of 20"', 1],
      ['pool;desc="20 of 20"', 1],
      ['pool;desc="0 of 0"', 1],
      ['pool;desc="20 of 20 used"', 1],
    );
    expect(pool).toMatchObject({ numbered: 4, numberSum: 59, full: 1 });
  });

  test('names of objects are names like others', () => {
    const names = read(['__proto__;dur=1;desc=constructor, toString;dur=2;desc="__proto__"', 1]);
    expect(names.map(({ entry, totalMs }) => [entry, totalMs])).toEqual([
      ['__proto__', 1],
      ['toString', 2],
    ]);
  });

  test('past twenty, entries and descriptions are counted as one', () => {
    const all = read(
      ...Array.from({ length: 30 }, (_, index): [string, number] => [
        `e${index};dur=1, sql;desc="SELECT ${index}"`,
        10,
      ]),
    );
    expect(all).toHaveLength(MOST_ENTRIES + 1);
    expect(all.at(-1)).toMatchObject({ entry: OTHER_ENTRIES, count: 11, totalMs: 11 });
    const { descriptions } = all.find(({ entry }) => entry === 'sql')!;
    expect(descriptions).toHaveLength(MOST_DESCRIPTIONS + 1);
    expect(descriptions.at(-1)).toEqual({ description: OTHER_DESCRIPTIONS, count: 10 });
  });
});

describe('adding up', () => {
  const header = fc
    .array(
      fc.record({
        entry: fc.constantFrom('db', 'auth', 'cache', 'lock'),
        dur: fc.option(fc.nat({ max: 500 })),
        desc: fc.option(fc.constantFrom('hit', 'miss', '3 queries', '20 of 20')),
      }),
      { maxLength: 6 },
    )
    .map((entries) =>
      entries
        .map(
          ({ entry, dur, desc }) =>
            `${entry}${dur === null ? '' : `;dur=${dur}`}${desc === null ? '' : `;desc="${desc}"`}`,
        )
        .join(', '),
    );
  const sort = (counts: ReturnType<ServerTiming['read']>) =>
    [...counts]
      .sort((a, b) => (a.entry < b.entry ? -1 : 1))
      .map((one) => ({
        ...one,
        descriptions: [...one.descriptions].sort((a, b) => (a.description < b.description ? -1 : 1)),
      }));

  test('of workers and seconds gives the same as counting in one place', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(header, fc.nat({ max: 900 }), fc.nat({ max: 3 }))), (responses) => {
        const whole = new ServerTiming();
        const parts = [0, 1, 2, 3].map(() => new ServerTiming());
        for (const [text, serviceMs, part] of responses) {
          whole.add(text, serviceMs);
          parts[part]!.add(text, serviceMs);
        }
        const merged = new ServerTiming();
        for (const part of parts) merged.merge(part.read());
        expect(sort(merged.read())).toEqual(sort(whole.read()));
      }),
    );
  });

  test('a snapshot holds what came since the last one', () => {
    const aggregate = new Aggregate();
    addAll(aggregate, [sampleOf({ serverTiming: 'db;dur=1', traceId: 'a' })]);
    expect(aggregate.takeSnapshot()[0]).toMatchObject({ serverTiming: [{ count: 1 }], slowest: [{ traceId: 'a' }] });
    addAll(aggregate, [sampleOf()]);
    const [next] = aggregate.takeSnapshot();
    expect(next).not.toHaveProperty('serverTiming');
    expect(next).not.toHaveProperty('slowest');
  });

  test('statistics say what part of the time, and in which order', () => {
    const aggregate = addAll(new Aggregate(), [
      sampleOf({ serviceMs: 100, serverTiming: 'auth;dur=20, db;dur=60;desc="4 queries"' }),
      sampleOf({ serviceMs: 100, serverTiming: 'db;dur=20;desc="2 queries"' }),
      sampleOf({ serviceMs: 999 }),
    ]);
    const { serverTiming } = computeStatistics(aggregate.read()[0]!, 1000);
    expect(serverTiming!.map(({ entry }) => entry)).toEqual(['db', 'auth']);
    expect(serverTiming![0]).toMatchObject({ timeShare: 0.4, meanMs: 40, maxMs: 60, meanNumber: 3 });
    expect(serverTiming![0]!.countShare).toBeCloseTo(2 / 3);
    expect(serverTiming![1]).toMatchObject({ timeShare: 0.2, countShare: 1 / 3 });
  });
});

describe('the slowest', () => {
  const requests = fc.array(
    fc.record({
      traceId: fc.stringMatching(/^[0-9a-f]{6}$/),
      serviceMs: fc.nat({ max: 20 }),
      status: fc.constant(200),
      finishedAtMs: fc.nat({ max: 5 }),
    }),
  );

  test('of all parts together are the slowest of all, whoever is told first', () => {
    const worst = (all: SlowRequest[]) =>
      [...all]
        .sort(
          (a, b) => b.serviceMs - a.serviceMs || a.finishedAtMs - b.finishedAtMs || (a.traceId < b.traceId ? -1 : 1),
        )
        .slice(0, 5);
    fc.assert(
      fc.property(requests, requests, (one, other) => {
        const keep = (all: SlowRequest[]) => {
          const kept = new SlowestRequests();
          kept.merge(all);
          return kept.read();
        };
        const merged = keep([...keep(other), ...keep(one)]);
        expect(merged).toEqual(worst([...one, ...other]));
      }),
    );
  });
});
