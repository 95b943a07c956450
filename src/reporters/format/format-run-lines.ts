import { redactSecrets } from '../../redact-secrets.js';
import { plannedEndMs } from '../../runtime/load/describe-load.js';
import type { Plan, PlannedLoad } from '../../runtime/plan.js';
import type { IntervalClosed, RunStarted, StopCause } from '../../runtime/protocol.js';
import { escapeText } from './escape-text.js';
import { formatDuration, formatElapsed } from './format-duration.js';
import { formatGeneratorState } from './format-generator.js';
import { formatCount, formatPlural, formatShare } from './format-number.js';
import { formatPlanEnd } from './format-plan-end.js';
import { countThresholds } from './format-thresholds.js';
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

/** Whether iterations start at a rate, whether or not a user is free. */
export function hasOpenLoads(plan: Plan): boolean {
  return plan.revisions.some(({ loads }) => loads.some(({ model }) => model === 'starts'));
}

/** How long the plan lasts, in ms; undefined where that is not known. */
export function readRunTimeMs(plan: Plan): number | undefined {
  const ends = (plan.revisions.at(-1)?.loads ?? []).map(plannedEndMs);
  const known = ends.filter((ms) => ms !== undefined);
  return known.length === 0 || known.length < ends.length ? undefined : Math.max(...known);
}

function describeLoad(plan: Plan): string {
  const loads = plan.revisions[0]?.loads ?? [];
  const end = formatPlanEnd(plan.revisions.at(-1)?.loads ?? []);
  return [...loads.map((load) => describeOne(load, loads.length > 1)), ...(end === '' ? [] : [end])].join(' · ');
}

function describeOne(load: PlannedLoad, isNamed: boolean): string {
  const name = isNamed ? `${load.name}: ` : '';
  const most = Math.max(0, ...load.line.flatMap(({ from, to }) => [from, to]));
  if (load.executor === 'shape') return `${name}a shape`;
  if (load.model === 'starts') return `${name}up to ${Number(most.toFixed(2))} starts/s`;
  const [first] = load.line;
  const perSecond = first === undefined ? 0 : ((first.to - first.from) * 1000) / (first.toMs - first.fromMs);
  const rate = load.executor === 'plain' && perSecond > 0 ? ` at ${Number(perSecond.toFixed(2))}/s` : '';
  const { iterations } = load;
  const limit =
    iterations === undefined
      ? ''
      : `, ${formatPlural(iterations.count, 'iteration')}${iterations.of === 'user' ? ' each' : ''}`;
  return `${name}${load.executor === 'plain' ? '' : 'up to '}${formatPlural(Math.floor(most), 'user')}${rate}${limit}`;
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
  /** Only where iterations start at a rate. */
  iterationsPerSecond: number | undefined;
  droppedIterations: number;
  missedStarts: number;
  /** Set once the run is being stopped. */
  stopping: StopCause | { by: 'plan' } | undefined;
}

/** Starts that are later than this are worth a word while the run goes on. */
const NOTABLE_LAG_MS = 100;

/** One line (more where it does not fit) about where the run is and how its target feels. */
export function formatStatus(interval: IntervalClosed, figures: StatusFigures, maxWidth: number): string[] {
  const { gauges, missingShares, isPaused, thresholds, part } = interval;
  const { elapsedMs, runTimeMs, failures, completed, stopping, droppedIterations, missedStarts } = figures;
  const oldest = gauges.oldestInFlightMs > 1000 ? `, oldest ${formatDuration(gauges.oldestInFlightMs)}` : '';
  const failed = failures === 0 ? '0 failed' : `${formatCount(failures)} failed (${formatShare(failures / completed)})`;
  const { maxMs: lagMs = 0 } = part.startLag;
  const segments = [
    formatElapsed(elapsedMs) + (runTimeMs === undefined ? '' : ` / ${formatElapsed(runTimeMs)}`),
    isPaused ? 'paused' : '',
    formatUsers(interval, figures),
    figures.iterationsPerSecond === undefined ? '' : `${figures.iterationsPerSecond.toFixed(1)} iter/s`,
    `${figures.requestsPerSecond.toFixed(1)} req/s`,
    failed,
    figures.exceptions === 0 ? '' : formatPlural(figures.exceptions, 'exception'),
    `${formatCount(gauges.inFlight)} in flight${oldest}`,
    droppedIterations === 0 ? '' : `${formatCount(droppedIterations)} dropped`,
    missedStarts === 0 ? '' : `${formatCount(missedStarts)} missed`,
    lagMs > NOTABLE_LAG_MS ? `start lag up to ${formatDuration(lagMs)}` : '',
    formatGeneratorState(interval.generator),
    countThresholds(thresholds),
    missingShares.length === 0 ? '' : `waiting for ${formatPlural(missingShares.length, 'worker')}`,
    stopping === undefined ? '' : `stopping: ${formatStopCause(stopping)}`,
  ];
  return fillLines(
    segments.filter((segment) => segment !== ''),
    maxWidth,
  );
}

/** How many users an open load needs depends on the answers: then nobody planned a number. */
function formatUsers({ gauges, plannedUsers }: IntervalClosed, { iterationsPerSecond }: StatusFigures): string {
  const users = Object.values(gauges.users).reduce((sum, count) => sum + count, 0);
  const planned = iterationsPerSecond === undefined ? `/${formatCount(plannedUsers)}` : '';
  return `users ${formatCount(users)}${planned}`;
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
  if (cause.by === 'threshold') return `a broken limit: ${escapeText(redactSecrets(cause.reason))}`;
  if (cause.by === 'script') return `the scenario: ${escapeText(redactSecrets(cause.reason))}`;
  if (cause.signal === 'SIGINT') return 'Ctrl-C';
  return cause.signal === 'SIGTERM' ? 'SIGTERM' : `its abort signal: ${escapeText(cause.reason)}`;
}

/** Where a thread's code was seen last: ` in StockUser > productList`. */
export function formatPlace({ kind, task }: { kind?: string; task?: string }): string {
  if (kind === undefined) return '';
  return ` in ${escapeText(kind)}${task === undefined ? '' : ` > ${escapeText(task)}`}`;
}
