import type { SeriesCounts } from './aggregate.js';
import type { DescriptionCounts, ServerTimingCounts } from './server-timing.js';
import { computeTimes, type TimeStatistics } from './time-statistics.js';

/** One `Server-Timing` entry of one request name; its times are those of `dur`, in ms. */
export interface ServerTimingStatistics extends TimeStatistics {
  entry: string;
  /** Responses that had it, and those that gave a `dur`. */
  count: number;
  timed: number;
  totalMs: number;
  /** Part of the service time of the requests that had it, 0 to 1; above 1 where work goes on side by side. */
  timeShare: number | undefined;
  /** Part of all completed requests that had it, 0 to 1. */
  countShare: number;
  /** What `desc` said, the most frequent first. */
  descriptions: DescriptionCounts[];
  /** Descriptions that begin with a number (`3 queries`), and the mean of these numbers. */
  numbered: number;
  meanNumber: number | undefined;
  /** Descriptions of the form `20 of 20`. */
  full: number;
}

/** Entries in the order of the time they took, then of how often they were there. */
export function computeServerTiming(
  all: readonly ServerTimingCounts[],
  { completed }: Pick<SeriesCounts, 'completed'>,
): ServerTimingStatistics[] {
  return all.map((counts) => computeEntry(counts, completed)).sort(compareEntries);
}

function computeEntry(counts: ServerTimingCounts, completed: number): ServerTimingStatistics {
  const { entry, count, timed, totalMs, serviceMs, numbered, numberSum, full } = counts;
  return {
    entry,
    count,
    timed,
    totalMs,
    timeShare: serviceMs > 0 ? totalMs / serviceMs : undefined,
    countShare: completed === 0 ? 0 : count / completed,
    ...computeTimes(counts, timed),
    descriptions: [...counts.descriptions].sort((a, b) => b.count - a.count),
    numbered,
    meanNumber: numbered === 0 ? undefined : numberSum / numbered,
    full,
  };
}

function compareEntries(a: ServerTimingStatistics, b: ServerTimingStatistics): number {
  return b.totalMs - a.totalMs || b.count - a.count || (a.entry < b.entry ? -1 : 1);
}
