import type { EvidenceWindow, NameSum, WatchedSeries } from '../../src/metrics/bottlenecks/evidence.js';
import { type BottleneckSources, findBottlenecks } from '../../src/metrics/bottlenecks/find-bottlenecks.js';
import { keyOf } from '../../src/metrics/bottlenecks/over-load.js';
import { generatorSummary } from './generator-health.js';

/** What each request of a name was like, on average. */
export interface ToldName {
  name: string;
  method?: string;
  /** Requests in the window. */
  times?: number;
  failures?: number;
  /** Service time of each. */
  ms: number;
  /** Milliseconds of each, a description, or both. */
  timings?: Record<string, number | string | readonly [ms: number, description: string]>;
}

/** The stock system when it is well, with many users as with few. */
export const WELL: readonly ToldName[] = [
  { name: '01_jwt_auth', method: 'POST', times: 10, ms: 9, timings: { db: [0.6, '1 query'], auth: 6 } },
  {
    name: '02_product_list',
    ms: 4,
    timings: { db: [1.2, '2 queries'], auth: 0.1, cache: 'hit', pool: [0.1, '3 of 20'] },
  },
  { name: '03_stock_availability', ms: 2, timings: { db: [0.2, '0 queries'], auth: 0.1, cache: 'hit' } },
  {
    name: '04_stock_reserve',
    method: 'POST',
    ms: 6,
    timings: { db: [2, '4 queries'], auth: 0.1, lock: 0.4, pool: [0.2, '4 of 20'] },
  },
];

/** The same, with some names in other words. */
export function but(...changed: readonly ToldName[]): ToldName[] {
  return WELL.map((row) => changed.find(({ name }) => name === row.name) ?? row);
}

export const RISE = { users: 200 };

/** A second for each entry: so many users, and what their requests were like. */
export function tellWindows(seconds: readonly { users: number; names: readonly ToldName[] }[]): EvidenceWindow[] {
  return seconds.map(({ users, names }, second) => ({
    fromMs: second * 1000,
    toMs: (second + 1) * 1000,
    users,
    names: new Map(names.map((told) => [keyOf(told.method ?? 'GET', told.name), sumTold(told)])),
  }));
}

/** So many seconds, each made by the same function, with users rising evenly to as many as there are at the end. */
export function tellRise(
  { seconds = 12, users }: { seconds?: number; users: number },
  tell: (users: number, second: number) => readonly ToldName[],
): EvidenceWindow[] {
  return tellWindows(
    Array.from({ length: seconds }, (_, second) => {
      const now = Math.round((users * (second + 1)) / seconds);
      return { users: now, names: tell(now, second) };
    }),
  );
}

export function find(windows: readonly EvidenceWindow[], sources: Partial<BottleneckSources> = {}) {
  return findBottlenecks({ windows, watched: [], series: [], generator: generatorSummary(), ...sources });
}

/** What a monitor read, a value a second. */
export function tellWatched(watches: string, metric: string, values: readonly number[]): WatchedSeries {
  return {
    watches,
    monitor: `the ${watches}`,
    metric,
    points: values.map((value, second) => ({ atMs: (second + 1) * 1000, value })),
  };
}

function sumTold({ name, method = 'GET', times = 50, failures = 0, ms, timings = {} }: ToldName): NameSum {
  const entries = Object.entries(timings).map(([entry, told]) => {
    const [eachMs, description] = typeof told === 'object' ? told : typeof told === 'number' ? [told] : [0, told];
    const descriptions = new Map(description === undefined ? [] : [[description, times]]);
    const number = /^\d+/.exec(description ?? '')?.[0];
    const isFull = number !== undefined && description === `${number} of ${number}`;
    const counts = { numbered: number === undefined ? 0 : times, numberSum: Number(number ?? 0) * times };
    return [
      entry,
      { count: times, totalMs: eachMs * times, descriptions, ...counts, full: isFull ? times : 0 },
    ] as const;
  });
  return { method, name, completed: times, failures, serviceMs: ms * times, timings: new Map(entries) };
}
