import type { OptionValues } from '../../options/resolved-options.js';
import type { LogRecord, ScenarioDescription, ScriptReference } from '../protocol.js';
import type { ScriptContents } from '../script-protocol.js';
import { AfterLoad } from './after-load.js';
import type { EarlyEvents } from './early-events.js';
import { MonitorFeed } from './monitor-feed.js';
import { requireNoFixedCount } from './plan-load-model.js';
import type { PlannedRun } from './plan-run.js';
import type { PortFleet } from './port-fleet.js';
import type { RunRequest } from './run-request.js';
import type { ScriptWorker } from './script-worker.js';
import { ShapeFeed } from './shape-feed.js';
import { planShape } from './shape-load.js';

export interface HooksRequest {
  fleet: PortFleet;
  script: ScriptReference;
  planned: PlannedRun;
  described: ScenarioDescription;
  options: OptionValues;
  request: RunRequest;
  early: EarlyEvents;
  cleanUps: (() => Promise<void> | void)[];
}

/** What belongs to the scenario but to no user, ready for the run. */
export interface Hooks {
  /** What setups returned, by name. */
  data: Record<string, unknown>;
  shapes: ShapeFeed | undefined;
  afterLoad: AfterLoad | undefined;
  monitors: MonitorFeed | undefined;
  /** Passes on what the scenario prints there from now on; what it printed before was told. */
  onLog(listener: (record: LogRecord) => void): void;
}

const NONE = { data: {}, shapes: undefined, afterLoad: undefined, monitors: undefined };

/**
 * Runs the setups and asks shapes for their first second, in a thread of its own that starts only where there is such a
 * thing. Where something fails from here on, teardowns still run.
 *
 * @throws LoadwrightError `ERR_SETUP_FAILED`, `ERR_SCENARIO_INVALID` of a shape
 */
export async function prepareHooks(request: HooksRequest): Promise<Hooks> {
  const shapes = request.planned.plan.revisions[0]!.loads.filter(({ executor }) => executor === 'shape');
  if (!request.described.hasHooks && shapes.length === 0) {
    return { ...NONE, onLog: () => {} };
  }
  const worker = request.fleet.createScriptWorker();
  const stopFollowing = request.early.follow(worker);
  const onLog: Hooks['onLog'] = (listener) => {
    worker.onLog = listener;
  };
  request.cleanUps.unshift(() => worker.close());
  const { signal } = request.request;
  // Stopped already: no user will start, and nobody needs what a setup makes.
  if (signal?.aborted) return { ...NONE, onLog };
  const onAbort = () => worker.abort();
  signal?.addEventListener('abort', onAbort);
  request.cleanUps.unshift(() => signal?.removeEventListener('abort', onAbort));
  const contents = await load(worker, request);
  const afterLoad = new AfterLoad(worker, contents);
  // Whatever fails between here and the load's end: teardown runs, and a second one does nothing.
  request.cleanUps.unshift(() => worker.teardown());
  const data = await worker.setup().finally(stopFollowing);
  const monitors = contents.monitors.length === 0 ? undefined : new MonitorFeed(worker, contents.monitors);
  return { data, shapes: await askFirst(worker, request), afterLoad, monitors, onLog };
}

async function load(worker: ScriptWorker, { script, planned, options }: HooksRequest): Promise<ScriptContents> {
  const { plan, settings } = planned;
  return await worker.load({
    script,
    host: plan.kinds[0]?.host,
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    settings: { http: settings.http, env: settings.env },
    seed: plan.seed,
  });
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
