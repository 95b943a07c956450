import { formatElapsed } from './format-duration.js';
import { formatCount } from './format-number.js';
import { truncateText, widthOf } from './pad-text.js';

/** How far a run is: by its time, or by its iterations where it ends with those. */
export interface Progress {
  elapsedMs: number;
  /** How long the plan lasts; undefined where that is not known. */
  runTimeMs: number | undefined;
  /** What is known of its end then, in words. */
  planEnd: string;
  /** How long the plan's clock stood still until now. */
  pausedMs: number;
  isPaused: boolean;
  iterations: number;
  /** How many iterations the plan ends after; undefined: it does not. */
  iterationGoal: number | undefined;
}

const DONE = '━';
const TO_COME = '─';
const LEAST_BAR_WIDTH = 6;

/** A bar in two parts, so that what is done can be coloured, between the time and what is left. */
export interface ProgressLine {
  before: string;
  done: string;
  toCome: string;
  after: string;
}

/** Where the run is, in one line: `0:12 / 0:20 ━━━━━━━━━──── 0:08 left`. Without an end there is no bar. */
export function formatProgress(progress: Progress, maxWidth: number): ProgressLine {
  const { share, before, state } = readProgress(progress);
  const barWidth = maxWidth - widthOf(before) - widthOf(state) - 2;
  if (share === undefined || barWidth < LEAST_BAR_WIDTH) {
    return { before: truncateText(formatProgressText(progress), maxWidth), done: '', toCome: '', after: '' };
  }
  const doneWidth = Math.floor(Math.min(1, Math.max(0, share)) * barWidth);
  return {
    before: `${before} `,
    done: DONE.repeat(doneWidth),
    toCome: TO_COME.repeat(barWidth - doneWidth),
    after: ` ${state}`,
  };
}

/** The same in words: `0:12 / 0:20, 0:08 left`. */
export function formatProgressText(progress: Progress): string {
  const { before, state } = readProgress(progress);
  return state === '' ? before : `${before}, ${state}`;
}

function readProgress(progress: Progress): { share: number | undefined; before: string; state: string } {
  const { elapsedMs, isPaused } = progress;
  const { share, end, left } = readEnd(progress);
  return { share, before: `${formatElapsed(elapsedMs)}${end}`, state: `${isPaused ? 'paused, ' : ''}${left}` };
}

function readEnd(progress: Progress): { share: number | undefined; end: string; left: string } {
  const { elapsedMs, runTimeMs, pausedMs, iterations, iterationGoal } = progress;
  if (iterationGoal !== undefined) {
    const left = `${formatCount(iterations)} of ${formatCount(iterationGoal)} iterations`;
    return { share: iterations / iterationGoal, end: '', left };
  }
  if (runTimeMs === undefined) return { share: undefined, end: '', left: progress.planEnd };
  const plannedMs = Math.max(0, elapsedMs - pausedMs);
  const left = `${formatElapsed(Math.max(0, runTimeMs - plannedMs))} left`;
  return { share: runTimeMs === 0 ? 1 : plannedMs / runTimeMs, end: ` / ${formatElapsed(runTimeMs)}`, left };
}
