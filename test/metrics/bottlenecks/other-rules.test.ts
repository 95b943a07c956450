import { describe, expect, it } from 'vitest';
import { noCounts } from '../../../src/metrics/aggregate.js';
import { but, find, RISE, type ToldName, tellRise, tellWatched, WELL } from '../../support/evidence.js';

describe('auth', () => {
  it('of every request is the checking of tokens', () => {
    const checked = WELL.map((row) => ({ ...row, ms: row.ms + 40, timings: { ...row.timings, auth: 30 } }));
    const [first, ...rest] = find(tellRise(RISE, () => checked));
    expect(first!.rule).toBe('token-checking');
    expect(first!.title).toMatch(/^checking tokens takes 30 ms a request, \d+ % of what the target does$/);
    expect(rest).toEqual([]);
  });

  it('of the login alone is the hashing of passwords', () => {
    const login = { name: '01_jwt_auth', method: 'POST', times: 10, ms: 900, timings: { db: 1, auth: 800 } };
    const [first, ...rest] = find(tellRise(RISE, () => but(login)));
    expect(first).toMatchObject({ rule: 'password-hashing', requestName: '01_jwt_auth' });
    expect(first!.title).toBe('01_jwt_auth: 89 % of the time is hashing passwords');
    expect(rest).toEqual([]);
  });
});

describe('jobs', () => {
  const queue = (waiting: number) => but({ name: '04_stock_reserve', ms: 3, timings: { queue: `${waiting} waiting` } });

  it('that pile up', () => {
    const [first, ...rest] = find(tellRise(RISE, (_, second) => queue(second * 100)));
    expect(first).toMatchObject({ rule: 'job-queue', title: 'jobs pile up: 1,100 were waiting at the end' });
    expect(rest).toEqual([]);
  });

  it('that pile up where only a monitor sees them', () => {
    const watched = [tellWatched('redis', 'jobs waiting', [0, 1, 40, 80, 120, 160])];
    const [first] = find(
      tellRise(RISE, () => WELL),
      { watched },
    );
    expect(first!.title).toBe('jobs pile up: 160 were waiting at the end');
  });

  it('that are done as they come are none', () => {
    expect(find(tellRise(RISE, (_, second) => queue(second % 3 === 0 ? 25 : 30)))).toEqual([]);
  });
});

describe('monitors', () => {
  const seconds = (count: number, read: (second: number) => number) =>
    Array.from({ length: count }, (_, at) => read(at));

  it('tell of a processor that is full, and since when', () => {
    const watched = [
      tellWatched(
        'process',
        'cpu',
        seconds(60, (second) => (second < 42 ? second : 100)),
      ),
    ];
    const [first, ...rest] = find(
      tellRise({ users: 200, seconds: 60 }, () => WELL),
      { watched },
    );
    expect(first).toMatchObject({
      rule: 'target-cpu',
      title: 'target’s CPU at 100 % from second 42 on',
      fromMs: 42_000,
    });
    expect(rest).toEqual([]);
  });

  it('tell of the busiest of several processes, and not of two that share what one could do', () => {
    const told = (all: number, busiest: number) =>
      find(
        tellRise(RISE, () => WELL),
        {
          watched: [
            tellWatched(
              'process',
              'cpu',
              seconds(20, () => all),
            ),
            tellWatched(
              'process',
              'cpu_busiest',
              seconds(20, () => busiest),
            ),
          ],
        },
      );
    expect(told(110, 60)).toEqual([]);
    const [first] = told(190, 97);
    expect(first).toMatchObject({ rule: 'target-cpu', title: 'target’s CPU at 97 %' });
    expect(first!.evidence[0]).toBe('the process, its busiest process: 97 % of a core, and cannot use another.');
  });

  it('tell of a machine that is full, where the target is on it', () => {
    const host = tellWatched(
      'host',
      'cpu',
      seconds(20, () => 99),
    );
    const process = tellWatched(
      'process',
      'cpu',
      seconds(20, () => 60),
    );
    const found = (watched: (typeof host)[]) =>
      find(
        tellRise(RISE, () => WELL),
        { watched },
      ).map(({ title }) => title);
    expect(found([process, host])).toEqual(['CPU of the target’s machine at 99 %']);
    expect(found([host])).toEqual([]);
  });

  it('do not where it is full for a moment, or can use more cores', () => {
    const short = tellWatched(
      'process',
      'cpu',
      seconds(60, (second) => (second > 40 && second < 50 ? 100 : 30)),
    );
    const several = tellWatched(
      'process',
      'cpu',
      seconds(60, (second) => (second < 20 ? 160 : 99)),
    );
    const late = tellWatched(
      'host',
      'cpu',
      seconds(60, (second) => (second > 56 ? 100 : 30)),
    );
    for (const watched of [short, several, late])
      expect(
        find(
          tellRise(RISE, () => WELL),
          { watched: [watched] },
        ),
      ).toEqual([]);
  });

  it('tell of memory that grows without an end, and not of one that comes to rest', () => {
    const growing = tellWatched(
      'process',
      'memory',
      seconds(90, (second) => 100e6 + second * 4e6),
    );
    const resting = tellWatched(
      'process',
      'memory',
      seconds(90, (second) => 100e6 + Math.min(second, 30) * 8e6),
    );
    const [first] = find(
      tellRise(RISE, () => WELL),
      { watched: [growing] },
    );
    expect(first!.title).toBe('memory grew from 158 MB to 398 MB, and went on growing');
    expect(
      find(
        tellRise(RISE, () => WELL),
        { watched: [resting] },
      ),
    ).toEqual([]);
  });
});

describe('failures', () => {
  const error = { error: 'HTTP 503', count: 60, firstSeenMs: 7000, lastSeenMs: 12_000 };
  const series = [
    { ...noCounts('GET', '상품 목록'), completed: 600, failures: 60, errors: [error] },
    { ...noCounts('GET', 'other'), completed: 600 },
  ];
  const failing = (users: number): ToldName[] => [{ name: '상품 목록', ms: 3, failures: users > 110 ? 10 : 0 }];

  it('are told with their most frequent reason and since when', () => {
    const [first, ...rest] = find(tellRise(RISE, failing), { series });
    expect(first).toMatchObject({ rule: 'failures', fromUsers: 117 });
    expect(first!.title).toBe('5 % of the requests failed from 117 users on, most often 상품 목록: HTTP 503');
    expect(first!.evidence).toEqual(['60 × GET 상품 목록: HTTP 503']);
    expect(rest).toEqual([]);
  });

  it('of a few are none', () => {
    const few = series.map((row) => ({ ...row, completed: 6000 }));
    expect(find(tellRise(RISE, failing), { series: few })).toEqual([]);
  });
});
