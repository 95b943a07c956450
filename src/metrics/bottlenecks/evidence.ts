/** What answers said under one name of `Server-Timing`, added up. */
export interface TimingSum {
  /** Answers that had it. */
  count: number;
  /** Of those that gave a duration. */
  totalMs: number;
  /** How often each description was given. */
  descriptions: Map<string, number>;
  /** Descriptions that begin with a number (`3 queries`), and the sum of these numbers. */
  numbered: number;
  numberSum: number;
  /** Descriptions of the form `20 of 20`: nothing was left. */
  full: number;
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

/** How often a description was given that begins so. */
export function countDescriptions(entry: TimingSum | undefined, pattern: RegExp): number {
  let count = 0;
  for (const [description, times] of entry?.descriptions ?? []) if (pattern.test(description)) count += times;
  return count;
}
