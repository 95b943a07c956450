import type { PageData } from '../../page-data.js';

/** The run as it stands now: its last seconds, and not all of it. */
export interface LiveFigures {
  seconds: number;
  users: number;
  plannedUsers: number;
  requestsPerSecond: number;
  failuresPerSecond: number;
  /** Of the last second; undefined without an answer in it. */
  p95: number | undefined;
}

/** As in Locust's table: the ten seconds that end now. */
const WINDOW_SECONDS = 10;

export function readFigures({ columns, run }: PageData): LiveFigures | undefined {
  const last = columns.second.length - 1;
  if (last < 0) return undefined;
  const seconds = columns.second[last]! + columns.seconds[last]!;
  const from = Math.max(seconds - WINDOW_SECONDS, run.countedFromSecond);
  const recent = [...columns.second.keys()].filter((index) => columns.second[index]! >= from);
  const length = recent.reduce((sum, index) => sum + columns.seconds[index]!, 0);
  const perSecond = (counts: readonly number[]) =>
    length === 0 ? 0 : recent.reduce((sum, index) => sum + counts[index]!, 0) / length;
  return {
    seconds,
    users: columns.users[last]!,
    plannedUsers: columns.plannedUsers[last]!,
    requestsPerSecond: perSecond(columns.completed),
    failuresPerSecond: perSecond(columns.failures),
    p95: columns.p95[last] ?? undefined,
  };
}
