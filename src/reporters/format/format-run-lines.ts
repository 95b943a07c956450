import { redactSecrets } from '../../redact-secrets.js';
import { plannedEndMs } from '../../runtime/load/describe-load.js';
import type { Plan, PlannedLoad } from '../../runtime/plan.js';
import type { RunStarted, StopCause } from '../../runtime/protocol.js';
import { escapeText } from './escape-text.js';
import { formatPlural } from './format-number.js';
import { formatPlanEnd } from './format-plan-end.js';
import { wrapText } from './pad-text.js';

/** A reason that is a sentence's end already. */
const OWN_REASON = /^stopped (?:(?<place>on .*)|by (?<who>.*))$/s;

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

/** How long the plan lasts, in ms; undefined where that is not known. */
export function readRunTimeMs(plan: Plan): number | undefined {
  const ends = (plan.revisions.at(-1)?.loads ?? []).map(plannedEndMs);
  const known = ends.filter((ms) => ms !== undefined);
  return known.length === 0 || known.length < ends.length ? undefined : Math.max(...known);
}

/** How many iterations the plan ends after; undefined: it does not end with a number of them. */
export function readIterationGoal(plan: Plan): number | undefined {
  let goal = 0;
  for (const load of plan.revisions.at(-1)?.loads ?? []) {
    if (load.model !== 'users' || load.iterations === undefined) return undefined;
    const { of, count } = load.iterations;
    goal += of === 'load' ? count : count * mostOf(load);
  }
  return goal === 0 ? undefined : goal;
}

function mostOf({ line }: PlannedLoad): number {
  return Math.max(0, ...line.flatMap(({ from, to }) => [from, to]));
}

/** All loads of a plan and how it ends, in words. */
export function describeLoad(plan: Plan): string {
  const loads = plan.revisions[0]?.loads ?? [];
  const end = formatPlanEnd(plan.revisions.at(-1)?.loads ?? []);
  return [...loads.map((load) => describeOne(load, loads.length > 1)), ...(end === '' ? [] : [end])].join(' · ');
}

/** One load in words: `up to 50 starts/s`. */
export function describeOne(load: PlannedLoad, isNamed: boolean): string {
  const name = isNamed ? `${load.name}: ` : '';
  const most = mostOf(load);
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

/** Why a run stopped, as the end of "Stopped by …" or "stopping: …". */
export function formatStopCause(cause: StopCause | { by: 'plan' }): string {
  if (cause.by === 'plan') return 'the plan is done';
  if (cause.by === 'lost-worker') return `a worker was lost: ${escapeText(cause.reason)}`;
  if (cause.by === 'threshold') return `a broken limit: ${escapeText(redactSecrets(cause.reason))}`;
  if (cause.by === 'script') return `the scenario: ${escapeText(redactSecrets(cause.reason))}`;
  if (cause.signal === 'SIGINT') return 'Ctrl-C';
  if (cause.signal === 'SIGTERM') return 'SIGTERM';
  const { place, who } = OWN_REASON.exec(cause.reason)?.groups ?? {};
  return escapeText(place ?? who ?? `its abort signal: ${cause.reason}`);
}

/** The same as a sentence's first words: `stopped by Ctrl-C`, `stopped after 2 s on the page`. */
export function formatStopped(cause: StopCause, when = ''): string {
  const isPlace = cause.by === 'signal' && OWN_REASON.exec(cause.reason)?.groups?.place !== undefined;
  return ['stopped', when, isPlace ? '' : 'by', formatStopCause(cause)].filter((word) => word !== '').join(' ');
}

/** Where a thread's code was seen last: ` in StockUser > productList`. */
export function formatPlace({ kind, task }: { kind?: string; task?: string }): string {
  if (kind === undefined) return '';
  return ` in ${escapeText(kind)}${task === undefined ? '' : ` > ${escapeText(task)}`}`;
}
