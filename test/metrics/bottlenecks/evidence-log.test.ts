import { describe, expect, it } from 'vitest';
import { noCounts, OTHER_NAMES, type SeriesCounts } from '../../../src/metrics/aggregate.js';
import { EvidenceLog, sumWindows } from '../../../src/metrics/bottlenecks/evidence-log.js';
import { WatchedLog } from '../../../src/metrics/bottlenecks/watched-log.js';
import { ServerTiming } from '../../../src/metrics/server-timing.js';

function series(name: string, headers: readonly string[]): SeriesCounts {
  const timing = new ServerTiming();
  for (const header of headers) timing.add(header, 10);
  const completed = headers.length;
  return { ...noCounts('GET', name), completed, failures: 1, totalMs: completed * 10, serverTiming: timing.read() };
}

const HEADERS = ['db;dur=4;desc="3 queries", cache;desc=hit', 'db;dur=6;desc="5 queries", pool;dur=1;desc="20 of 20"'];

describe('an evidence log', () => {
  it('keeps what was counted, in windows that get longer and never more than sixty', () => {
    const log = new EvidenceLog();
    for (let interval = 0; interval < 1000; interval++)
      log.add({ interval, users: interval, series: [series('목록', HEADERS)] });
    expect(log.windows.length).toBeGreaterThan(30);
    expect(log.windows.length).toBeLessThanOrEqual(60);
    const [first, second] = log.windows;
    expect([first!.fromMs, first!.toMs, second!.fromMs]).toEqual([0, 32_000, 32_000]);
    expect([first!.users, log.windows.at(-1)!.users]).toEqual([31, 999]);
    const [sum] = sumWindows(log.windows);
    expect(sum).toMatchObject({ method: 'GET', name: '목록', completed: 2000, failures: 1000, serviceMs: 20_000 });
    expect(sum!.timings.get('db')).toMatchObject({ count: 2000, totalMs: 10_000, numbered: 2000, numberSum: 8000 });
    expect(sum!.timings.get('pool')).toMatchObject({ totalMs: 1000, full: 1000 });
    expect([...sum!.timings.get('cache')!.descriptions]).toEqual([['hit', 1000]]);
  });

  it('takes service times where they differ, and adds what comes late to its second', () => {
    const log = new EvidenceLog();
    const late = { ...series('목록', HEADERS), service: { totalMs: 7, durations: [] } };
    log.add({ interval: 0, users: 3, series: [series('목록', HEADERS)] });
    log.add({ interval: 1, users: 4, series: [] });
    log.amend({ interval: 0, series: [late] });
    expect([...log.windows[0]!.names.values()][0]).toMatchObject({ completed: 4, serviceMs: 27 });
    expect(log.windows[1]!.names.size).toBe(0);
  });

  it('forgets what came before a reset', () => {
    const log = new EvidenceLog();
    for (let interval = 0; interval < 90; interval++) log.add({ interval, users: 1, series: [series('a', HEADERS)] });
    log.reset(90);
    log.amend({ interval: 89, series: [series('a', HEADERS)] });
    expect(log.windows).toEqual([]);
    log.add({ interval: 90, users: 2, series: [series('a', HEADERS)] });
    expect(log.windows).toHaveLength(1);
    expect(log.windows[0]).toMatchObject({ fromMs: 90_000, toMs: 91_000, users: 2 });
  });

  it('folds names beyond a hundred', () => {
    const log = new EvidenceLog();
    const many = Array.from({ length: 150 }, (_, index) => series(`name ${index}`, HEADERS));
    log.add({ interval: 0, users: 1, series: many });
    const names = sumWindows(log.windows);
    expect(names).toHaveLength(101);
    expect(names.at(-1)).toMatchObject({ name: OTHER_NAMES, completed: 100 });
  });
});

describe('a log of what monitors told', () => {
  const sample = (monitor: string, kind: 'process' | 'redis' | 'function', values: Record<string, number>) => ({
    monitor,
    kind,
    values,
    units: {},
  });

  it('keeps what rules look at, in points that get longer', () => {
    const log = new WatchedLog();
    for (let interval = 0; interval < 1500; interval++) {
      const samples = [
        sample('API', 'process', { cpu: interval, memory: 5, threads: 3 }),
        sample('jobs', 'function', { waiting: 7 }),
        sample('redis', 'redis', { clients: 9, memory: 1 }),
      ];
      log.add({ interval, samples, failures: [] });
    }
    const read = log.read();
    expect(read.map(({ watches, monitor, metric }) => [watches, monitor, metric])).toEqual([
      ['process', 'API', 'cpu'],
      ['process', 'API', 'memory'],
      ['function', 'jobs', 'waiting'],
    ]);
    expect(read[0]!.points.length).toBeLessThanOrEqual(600);
    expect(read[0]!.points.at(-1)!.atMs).toBe(1_500_000);
    expect(read[2]!.points.every(({ value }) => value === 7)).toBe(true);
  });

  it('leaves out what came before the first user, and before a reset', () => {
    const log = new WatchedLog();
    log.add({ interval: -1, samples: [sample('API', 'process', { cpu: 1 })], failures: [] });
    expect(log.read()).toEqual([]);
    log.reset(10);
    log.add({ interval: 9, samples: [sample('API', 'process', { cpu: 1 })], failures: [] });
    log.add({ interval: 10, samples: [sample('API', 'process', { cpu: 2 })], failures: [] });
    expect(log.read()[0]!.points).toEqual([{ atMs: 11_000, value: 2 }]);
  });
});
