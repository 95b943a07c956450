import { showPercent } from '../show-figures.js';
import { createBottleneck, type Rule } from './candidate.js';
import type { Evidence, WatchedSeries } from './evidence.js';
import { LIMITS } from './rule-table.js';

type Point = WatchedSeries['points'][number];

const SECOND_MS = 1000;
const MEGABYTE = 1e6;
const LASTING_SHARE = 0.8;
/** Where a target does not say what it does with its time, half of it is as good a guess as any. */
const UNKNOWN_WEIGHT = 0.5;

/** `target's CPU at 100 % from second 42 on`. */
export const findTargetCpu: Rule = (evidence) => {
  const { fullPercent, oneCorePercent, lastsSeconds } = LIMITS.targetCpu;
  // Without one, the target may be on another machine than the one that is watched.
  const isOnThisMachine = evidence.watched.some(({ watches }) => watches === 'process');
  for (const { watches, monitor, metric, points } of evidence.watched) {
    if (!isOnThisMachine || metric !== pickMetric(evidence, monitor)) continue;
    // A process that ever used more can use other cores, too.
    if (watches === 'process' && points.some(({ value }) => value > oneCorePercent)) continue;
    const full = findLasting(points, ({ value }) => value >= fullPercent);
    const [first] = full;
    if (first === undefined || full.at(-1)!.atMs - first.atMs < lastsSeconds * SECOND_MS) continue;
    const percent = full.reduce((sum, { value }) => sum + value, 0) / full.length;
    const whose = metric === 'cpu' ? monitor : `${monitor}, its busiest process`;
    const what = watches === 'process' ? 'of a core, and cannot use another' : 'of all cores of the machine';
    const fromMs = first.atMs - SECOND_MS;
    return createBottleneck('target-cpu', {
      title: `${watches === 'process' ? 'target’s CPU' : 'CPU of the target’s machine'} at ${Math.round(percent)} %${fromMs <= SECOND_MS ? '' : ` from second ${Math.round(fromMs / SECOND_MS)} on`}`,
      evidence: [`${whose}: ${Math.round(percent)} % ${what}.`, describeUnexplained(evidence)],
      weight: unexplainedShare(evidence) ?? UNKNOWN_WEIGHT,
      onset: { fromMs, isFromStart: fromMs <= SECOND_MS },
    });
  }
  return undefined;
};

/** Two processes that are half busy are no full one: of several, the busiest tells. */
function pickMetric({ watched }: Evidence, of: string): string {
  return watched.some(({ monitor, metric }) => monitor === of && metric === 'cpu_busiest') ? 'cpu_busiest' : 'cpu';
}

/** `memory grew from 120 MB to 480 MB`. */
export const findMemoryGrowth: Rule = ({ watched }) => {
  const { factor, megabytes, seconds } = LIMITS.memoryGrowth;
  for (const { watches, monitor, metric, points } of watched) {
    if (watches !== 'process' || metric !== 'memory' || points.length < 3) continue;
    if (points.at(-1)!.atMs - points[0]!.atMs < (seconds - 1) * SECOND_MS) continue;
    const third = Math.floor(points.length / 3);
    const means = [0, 1, 2].map((part) => meanOf(points.slice(part * third, (part + 1) * third)));
    const [first, second, last] = means as [number, number, number];
    const isRising = second > first && last > second && last - second >= (second - first) / 2;
    if (!isRising || last < first * factor || last - first < megabytes * MEGABYTE) continue;
    return createBottleneck('memory-growth', {
      title: `memory grew from ${showMegabytes(first)} to ${showMegabytes(last)}, and went on growing`,
      evidence: [`${monitor}: ${means.map(showMegabytes).join(', ')} in the three thirds of the run.`],
      weight: LIMITS.shareOfRun,
    });
  }
  return undefined;
};

/** The points from the first one on that is followed by its like in four of five cases. */
function findLasting(points: readonly Point[], isSo: (point: Point) => boolean): Point[] {
  const from = points.findIndex((point, at) => {
    const rest = points.slice(at);
    return isSo(point) && rest.filter(isSo).length >= rest.length * LASTING_SHARE;
  });
  return from < 0 ? [] : points.slice(from);
}

/** Of all response time, what no entry of `Server-Timing` says anything about; undefined where there is none. */
function unexplainedShare({ names, serviceMs }: Evidence): number | undefined {
  let explainedMs = 0;
  for (const { timings } of names) {
    for (const [entry, { totalMs }] of timings) if (entry !== 'total') explainedMs += totalMs;
  }
  if (explainedMs === 0 || serviceMs === 0) return undefined;
  return Math.max(0, 1 - explainedMs / serviceMs);
}

function describeUnexplained(evidence: Evidence): string | undefined {
  const share = unexplainedShare(evidence);
  if (share === undefined) return undefined;
  return `${showPercent(share)} of all response time is in no entry of Server-Timing: requests wait for the processor.`;
}

function meanOf(points: readonly Point[]): number {
  return points.reduce((sum, { value }) => sum + value, 0) / points.length;
}

function showMegabytes(bytes: number): string {
  return `${Math.round(bytes / MEGABYTE)} MB`;
}
