import type { IntervalClosed, Plan, RunStarted, StopCause } from '../../runtime/protocol.js';
import { redactSecrets } from '../redact-secrets.js';
import { escapeText } from './escape-text.js';
import { formatDuration, formatElapsed } from './format-duration.js';
import { formatCount, formatMs, formatPlural, formatShare } from './format-number.js';
import { wrapText } from './pad-text.js';

/** What is about to run: scenario, host, users, workers and seed, in two lines or so. */
export function formatRunHeader(started: RunStarted, maxWidth: number): string[] {
  const { scenario, host, workers, plan, version } = started;
  const target = host === undefined ? '' : ` → ${redactSecrets(host)}`;
  const threads = workers === 0 ? 'in this process' : formatPlural(workers, 'worker');
  return [
    ...wrapText(escapeText(`Loadwright ${version} · ${scenario}${target}`), maxWidth, 3),
    ...wrapText(escapeText(`${describeLoad(plan)} · ${threads} · seed ${plan.seed}`), maxWidth, 3),
  ];
}

/** How long the plan lasts, in ms; undefined: until somebody stops it. */
export function readRunTimeMs(plan: Plan): number | undefined {
  const runTimes = (plan.revisions.at(-1)?.loads ?? []).map((load) => load.runTimeMs);
  const known = runTimes.filter((ms) => ms !== undefined);
  return known.length === 0 || known.length < runTimes.length ? undefined : Math.max(...known);
}

function describeLoad(plan: Plan): string {
  const loads = plan.revisions[0]?.loads ?? [];
  const users = loads.reduce((sum, load) => sum + load.users, 0);
  const rate = loads.reduce((sum, load) => sum + load.spawnRate, 0);
  const iterations = loads.length === 1 ? loads[0]!.iterationsPerUser : undefined;
  const runTimeMs = readRunTimeMs(plan);
  const parts = [
    `${formatPlural(users, 'user')} at ${Number(rate.toFixed(2))}/s`,
    ...(iterations === undefined ? [] : [`${formatPlural(iterations, 'iteration')} each`]),
    ...(runTimeMs === undefined ? (iterations === undefined ? ['until stopped'] : []) : [formatDuration(runTimeMs)]),
  ];
  return parts.join(' · ');
}

/** What the status line is made of. */
export interface StatusFigures {
  elapsedMs: number;
  runTimeMs: number | undefined;
  requestsPerSecond: number;
  completed: number;
  failures: number;
  /** Errors that tasks threw. */
  exceptions: number;
  /** Set once the run is being stopped. */
  stopping: StopCause | { by: 'plan' } | undefined;
}

/** One line (more where it does not fit) about where the run is and how its target feels. */
export function formatStatus(interval: IntervalClosed, figures: StatusFigures, maxWidth: number): string[] {
  const { gauges, plannedUsers, missingShares } = interval;
  const { elapsedMs, runTimeMs, failures, completed, stopping } = figures;
  const users = Object.values(gauges.users).reduce((sum, count) => sum + count, 0);
  const oldest = gauges.oldestInFlightMs > 1000 ? `, oldest ${formatDuration(gauges.oldestInFlightMs)}` : '';
  const failed = failures === 0 ? '0 failed' : `${formatCount(failures)} failed (${formatShare(failures / completed)})`;
  const segments = [
    formatElapsed(elapsedMs) + (runTimeMs === undefined ? '' : ` / ${formatElapsed(runTimeMs)}`),
    `users ${formatCount(users)}/${formatCount(plannedUsers)}`,
    `${figures.requestsPerSecond.toFixed(1)} req/s`,
    failed,
    ...(figures.exceptions === 0 ? [] : [formatPlural(figures.exceptions, 'exception')]),
    `${formatCount(gauges.inFlight)} in flight${oldest}`,
    ...(missingShares.length === 0 ? [] : [`waiting for ${formatPlural(missingShares.length, 'worker')}`]),
    ...(stopping === undefined ? [] : [`stopping: ${formatStopCause(stopping)}`]),
  ];
  return fillLines(segments, maxWidth);
}

function fillLines(segments: readonly string[], maxWidth: number): string[] {
  const lines: string[] = [];
  for (const segment of segments) {
    const joined = lines.length === 0 ? segment : `${lines.at(-1)} · ${segment}`;
    if (lines.length > 0 && joined.length <= maxWidth) lines[lines.length - 1] = joined;
    else lines.push(segment);
  }
  return lines.flatMap((line) => wrapText(line, maxWidth, 2));
}

/** Why a run stopped, as the end of "Stopped by …" or "stopping: …". */
export function formatStopCause(cause: StopCause | { by: 'plan' }): string {
  if (cause.by === 'plan') return 'the plan is done';
  if (cause.by === 'lost-worker') return `a worker was lost: ${escapeText(cause.reason)}`;
  if (cause.by === 'script') return `the scenario: ${escapeText(redactSecrets(cause.reason))}`;
  if (cause.signal === 'SIGINT') return 'Ctrl-C';
  return cause.signal === 'SIGTERM' ? 'SIGTERM' : `its abort signal: ${escapeText(cause.reason)}`;
}

/** Where a thread's code was seen last: ` in StockUser > productList`. */
export function formatPlace({ kind, task }: { kind?: string; task?: string }): string {
  if (kind === undefined) return '';
  return ` in ${escapeText(kind)}${task === undefined ? '' : ` > ${escapeText(task)}`}`;
}

/** How late users started, if anybody would notice; empty otherwise. */
export function formatStartLag(maxMs: number | undefined): string[] {
  if (maxMs === undefined || maxMs < 100) return [];
  return [`Users started up to ${formatMs(maxMs)} ms later than planned.`];
}
