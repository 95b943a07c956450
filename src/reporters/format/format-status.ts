import type { SeriesStatistics } from '../../metrics/statistics.js';
import type { IntervalClosed, StopCause } from '../../runtime/protocol.js';
import { formatDuration } from './format-duration.js';
import type { Figure } from './format-figures.js';
import { formatGeneratorState } from './format-generator.js';
import { formatCount, formatMs, formatPlural, formatShare } from './format-number.js';
import { formatProgressText, type Progress } from './format-progress.js';
import { formatStopCause } from './format-run-lines.js';
import { countThresholds } from './format-thresholds.js';
import { widthOf, wrapText } from './pad-text.js';

/** Where a run is and how its target feels, for lines about it while it goes on. */
export interface StatusFigures {
  progress: Progress;
  /** Of all requests so far. */
  completed: number;
  failures: number;
  /** The ten seconds ending now: rates and percentiles. */
  now: SeriesStatistics;
  /** Errors that tasks threw. */
  exceptions: number;
  /** Only where iterations start at a rate. */
  iterationsPerSecond: number | undefined;
  droppedIterations: number;
  missedStarts: number;
  /** Set once the run is being stopped. */
  stopping: StopCause | { by: 'plan' } | undefined;
}

/** Starts that are later than this are worth a word while the run goes on. */
const NOTABLE_LAG_MS = 100;
/** The same of requests without an answer. */
const NOTABLE_AGE_MS = 1000;

/** One line (more where it does not fit) that can stand in a file. */
export function formatStatus(interval: IntervalClosed, figures: StatusFigures, maxWidth: number): string[] {
  const { gauges, thresholds } = interval;
  const { failures, completed, now } = figures;
  const age = formatAge(interval);
  const failed = failures === 0 ? '0 failed' : `${formatCount(failures)} failed (${formatShare(failures / completed)})`;
  const [p50, p95, p99] = ([50, 95, 99] as const).map((percentile) => formatMs(now.percentiles[percentile]));
  const segments = [
    formatProgressText(figures.progress),
    `users ${formatUsers(interval, figures)}`,
    figures.iterationsPerSecond === undefined ? '' : `${figures.iterationsPerSecond.toFixed(1)} iter/s`,
    `${now.requestsPerSecond.toFixed(1)} req/s`,
    failed,
    now.completed === 0 ? '' : `p50 ${p50} p95 ${p95} p99 ${p99} ms`,
    `${formatCount(gauges.inFlight)} in flight${age === '' ? '' : `, oldest ${age}`}`,
    ...listNotes(interval, figures),
    formatGeneratorState(interval.generator),
    countThresholds(thresholds),
  ];
  return fillLines(segments, maxWidth);
}

/** The same figures by name, but for what is only sometimes worth a word. */
export function listFigures(interval: IntervalClosed, figures: StatusFigures): Figure[] {
  const { now, failures, completed, iterationsPerSecond } = figures;
  const time = (ms: number | undefined) => (ms === undefined ? '-' : `${formatMs(ms)} ms`);
  const starts = iterationsPerSecond === undefined ? [] : [{ label: 'iter/s', value: iterationsPerSecond.toFixed(1) }];
  return [
    { label: 'users', value: formatUsers(interval, figures) },
    ...starts,
    { label: 'req/s', value: now.requestsPerSecond.toFixed(1) },
    { label: 'failed', value: failures === 0 ? '0' : formatShare(failures / completed) },
    { label: 'in flight', value: formatCount(interval.gauges.inFlight) },
    { label: 'p50', value: time(now.percentiles[50]) },
    { label: 'p95', value: time(now.percentiles[95]) },
    { label: 'p99', value: time(now.percentiles[99]) },
    { label: 'generator', value: interval.generator.verdict },
  ];
}

/** What is only sometimes worth a word, in lines; empty while all goes as planned. */
export function formatNotes(interval: IntervalClosed, figures: StatusFigures, maxWidth: number): string[] {
  const age = formatAge(interval);
  return fillLines([age === '' ? '' : `oldest in flight ${age}`, ...listNotes(interval, figures)], maxWidth);
}

function listNotes({ missingShares, part }: IntervalClosed, figures: StatusFigures): string[] {
  const { droppedIterations, missedStarts, exceptions, stopping } = figures;
  const { maxMs: lagMs = 0 } = part.startLag;
  return [
    exceptions === 0 ? '' : formatPlural(exceptions, 'exception'),
    droppedIterations === 0 ? '' : `${formatCount(droppedIterations)} dropped`,
    missedStarts === 0 ? '' : `${formatCount(missedStarts)} missed`,
    lagMs > NOTABLE_LAG_MS ? `start lag up to ${formatDuration(lagMs)}` : '',
    missingShares.length === 0 ? '' : `waiting for ${formatPlural(missingShares.length, 'worker')}`,
    stopping === undefined ? '' : `stopping: ${formatStopCause(stopping)}`,
  ];
}

function formatAge({ gauges: { oldestInFlightMs } }: IntervalClosed): string {
  return oldestInFlightMs > NOTABLE_AGE_MS ? formatDuration(oldestInFlightMs) : '';
}

/** How many users an open load needs depends on the answers: then nobody planned a number. */
function formatUsers({ gauges, plannedUsers }: IntervalClosed, { iterationsPerSecond }: StatusFigures): string {
  const users = Object.values(gauges.users).reduce((sum, count) => sum + count, 0);
  const planned = iterationsPerSecond === undefined ? `/${formatCount(plannedUsers)}` : '';
  return `${formatCount(users)}${planned}`;
}

function fillLines(segments: readonly string[], maxWidth: number): string[] {
  const lines: string[] = [];
  for (const segment of segments.filter((text) => text !== '')) {
    const joined = lines.length === 0 ? segment : `${lines.at(-1)} · ${segment}`;
    if (lines.length > 0 && widthOf(joined) <= maxWidth) lines[lines.length - 1] = joined;
    else lines.push(segment);
  }
  return lines.flatMap((line) => wrapText(line, maxWidth, 2));
}
