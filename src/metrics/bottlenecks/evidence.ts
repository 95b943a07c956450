/** What answers said under one name of `Server-Timing`, added up. */
export interface TimingSum {
  /** Answers that had it. */
  count: number;
  /** Of those that gave a duration. */
  totalMs: number;
  /** How often each description was given. */
  descriptions: Map<string, number>;
}

/** What the requests of one method and name did in a stretch of time. */
export interface NameSum {
  method: string;
  name: string;
  completed: number;
  failures: number;
  /** Sum of the service times: from dispatch to the last byte. */
  serviceMs: number;
  timings: Map<string, TimingSum>;
}

/** A stretch of the run. */
export interface EvidenceWindow {
  fromMs: number;
  toMs: number;
  /** The most users at work in it. */
  users: number;
  names: Map<string, NameSum>;
}

/** What something besides the load measured, second by second. */
export interface WatchedSeries {
  /** What kind of thing it watches. */
  watches: string;
  /** As the scenario calls the monitor. */
  monitor: string;
  metric: string;
  points: { atMs: number; value: number }[];
}

/** Everything that rules look at. */
export interface Evidence {
  windows: readonly EvidenceWindow[];
  /** The whole run, by method and name. */
  names: readonly NameSum[];
  /** Service times of all requests together. */
  serviceMs: number;
  completed: number;
  watched: readonly WatchedSeries[];
}

/** Names under which services send what means the same, the most usual one first. */
export const ENTRY_NAMES = {
  database: ['db', 'sql', 'database', 'sql.active_record'],
  lock: ['lock', 'locks'],
  pool: ['pool'],
  auth: ['auth'],
  cache: ['cache', 'cdn-cache'],
  queue: ['queue', 'jobs'],
} as const;

export type EntryKind = keyof typeof ENTRY_NAMES;

/** What a name's answers said of one kind of work, under whichever of its names. */
export function readEntry({ timings }: NameSum, kind: EntryKind): TimingSum | undefined {
  for (const name of ENTRY_NAMES[kind]) {
    const found = timings.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Time of one kind of work in all these requests. */
export function sumEntry(names: Iterable<NameSum>, kind: EntryKind): number {
  let totalMs = 0;
  for (const name of names) totalMs += readEntry(name, kind)?.totalMs ?? 0;
  return totalMs;
}

/** Counts the descriptions for which `read` gives a value, and adds the values up. */
export function sumDescriptions(entry: TimingSum | undefined, read: (description: string) => number | undefined) {
  let count = 0;
  let sum = 0;
  for (const [description, times] of entry?.descriptions ?? []) {
    const value = read(description);
    if (value === undefined) continue;
    count += times;
    sum += value * times;
  }
  return { count, sum };
}

/** `3 queries` and `3` are 3. */
export function readNumber(description: string): number | undefined {
  const found = /^(\d+)(?:\s|$)/.exec(description)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** `20 of 20` and `20/20` are full. */
export function readFill(description: string): { used: number; size: number } | undefined {
  const found = /^(\d+)\s*(?:of|\/)\s*(\d+)$/.exec(description);
  return found === null ? undefined : { used: Number(found[1]), size: Number(found[2]) };
}
