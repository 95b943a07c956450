import { LoadwrightError } from '../../errors.js';
import type { OptionValues } from '../../options/resolved-options.js';
import type { LogRecord, ScenarioDescription, ScriptReference } from '../protocol.js';
import { AfterLoad } from './after-load.js';
import { requireNoFixedCount } from './plan-load-model.js';
import type { PlannedRun } from './plan-run.js';
import type { PortFleet } from './port-fleet.js';
import type { RunRequest } from './run-request.js';
import type { ScriptWorker } from './script-worker.js';
import { ShapeFeed } from './shape-feed.js';
import { planShape } from './shape-load.js';

/** Lines of a failed setup that its error repeats. */
const MOST_LINES = 20;

export interface HooksRequest {
  fleet: PortFleet;
  script: ScriptReference;
  planned: PlannedRun;
  described: ScenarioDescription;
  options: OptionValues;
  request: RunRequest;
  cleanUps: (() => Promise<void> | void)[];
}

/** What belongs to the scenario but to no user, ready for the run. */
export interface Hooks {
  /** What setups returned, by name. */
  data: Record<string, unknown>;
  shapes: ShapeFeed | undefined;
  afterLoad: AfterLoad | undefined;
  /** Passes on what the scenario prints there, from now on and what it has printed so far. */
  onLog(listener: (record: LogRecord) => void): void;
}

/**
 * Runs the setups and asks shapes for their first second, in a thread of its own that starts only where there is such a
 * thing. Where something fails from here on, teardowns still run.
 *
 * @throws LoadwrightError `ERR_SETUP_FAILED`, `ERR_SCENARIO_INVALID` of a shape
 */
export async function prepareHooks(request: HooksRequest): Promise<Hooks> {
  const shapes = request.planned.plan.revisions[0]!.loads.filter(({ executor }) => executor === 'shape');
  if (!request.described.hasHooks && shapes.length === 0) {
    return { data: {}, shapes: undefined, afterLoad: undefined, onLog: () => {} };
  }
  const worker = request.fleet.createScriptWorker();
  const onLog = collectLogs(worker);
  request.cleanUps.unshift(() => worker.close());
  const { signal } = request.request;
  // Stopped already: no user will start, and nobody needs what a setup makes.
  if (signal?.aborted) return { data: {}, shapes: undefined, afterLoad: undefined, onLog };
  const onAbort = () => worker.abort();
  signal?.addEventListener('abort', onAbort);
  request.cleanUps.unshift(() => signal?.removeEventListener('abort', onAbort));
  const afterLoad = await load(worker, request);
  // Whatever fails between here and the load's end: teardown runs, and a second one does nothing.
  request.cleanUps.unshift(() => worker.teardown().catch(() => {}));
  const data = await worker.setup().catch((error: unknown) => {
    throw withLogs(error, onLog);
  });
  return { data, shapes: await askFirst(worker, request), afterLoad, onLog };
}

async function load(worker: ScriptWorker, { script, planned, options }: HooksRequest): Promise<AfterLoad> {
  const { plan, settings } = planned;
  const contents = await worker.load({
    script,
    host: plan.kinds[0]?.host,
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    settings: { http: settings.http, env: settings.env },
    seed: plan.seed,
  });
  return new AfterLoad(worker, contents);
}

/** A shape's first answer decides what its load is of. */
async function askFirst(worker: ScriptWorker, { planned }: HooksRequest): Promise<ShapeFeed | undefined> {
  const revision = planned.plan.revisions[0]!;
  const first = new Map<string, Awaited<ReturnType<ScriptWorker['askShape']>>[number]>();
  for (const [index, load] of revision.loads.entries()) {
    if (load.executor !== 'shape') continue;
    const [point = null] = await worker.askShape(load.name, 0, 0);
    first.set(load.name, point);
    if (point !== null && 'rate' in point) requireNoFixedCount(load, planned.plan.kinds);
    revision.loads[index] = planShape(load, point);
  }
  return first.size === 0 ? undefined : new ShapeFeed(worker, first);
}

/** What a setup printed before it failed is told with its failure: no report will come that could show it. */
function withLogs(error: unknown, onLog: Hooks['onLog']): unknown {
  const lines: string[] = [];
  onLog(({ message }) => lines.push(message));
  if (lines.length === 0 || !(error instanceof LoadwrightError)) return error;
  const { code, hint } = error;
  const message = `${error.message}\n\nBefore that it printed:\n${lines.slice(-MOST_LINES).join('\n')}`;
  return new LoadwrightError(code, { message, cause: error, ...(hint === undefined ? {} : { hint }) });
}

function collectLogs(worker: ScriptWorker): Hooks['onLog'] {
  const early: LogRecord[] = [];
  worker.onLog = (record) => early.push(record);
  return (listener) => {
    worker.onLog = listener;
    for (const record of early.splice(0)) listener(record);
  };
}
