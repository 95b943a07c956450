import type { OptionLayer, ResolvedOptions } from '../../options/resolved-options.js';
import type { LinePiece, PlannedLoad } from '../plan.js';
import type { ScenarioDescription, ScriptReference } from '../protocol.js';
import type { ShapePoint } from '../script-protocol.js';
import { bundleScript } from './bundle-script.js';
import { type PlannedRun, planRun } from './plan-run.js';
import type { PortFleet } from './port-fleet.js';
import { resolveRunOptions } from './resolve-run-options.js';
import type { ScriptWorker } from './script-worker.js';
import { SHAPE_HORIZON_MS } from './shape-horizon.js';
import { planShape, shapeLoad } from './shape-load.js';
import { createThreadFleet } from './thread-fleet.js';

/** Few enough answers for one message that a slow shape is still answered in time. */
const SECONDS_AT_ONCE = 300;

export interface InspectRequest {
  path: string;
  /** Configuration file, environment, flags. */
  layers: readonly OptionLayer[];
  /** Names of kinds; none: all. */
  kinds: string[];
  /** Throws where options do not fit the scenario, before it is planned. */
  checkOptions: (options: ResolvedOptions, description: ScenarioDescription) => void;
}

/** A run that nobody has started. */
export interface InspectedPlan {
  description: ScenarioDescription;
  options: ResolvedOptions;
  /** As a run would have it, with the lines that shapes have in the first hour. */
  planned: PlannedRun;
}

/**
 * Plans a scenario as a run does, and asks its shapes in advance. No user starts and no setup runs.
 *
 * @throws LoadwrightError as for a run: what is wrong with the scenario, the options, or an answer of a shape
 */
export async function inspectPlan(request: InspectRequest): Promise<InspectedPlan> {
  const fleet = createThreadFleet();
  try {
    const bundle = await bundleScript(request.path);
    try {
      return await inspectScript({ type: 'file', url: bundle.url }, fleet, request);
    } finally {
      bundle.remove();
    }
  } finally {
    await fleet.close();
  }
}

async function inspectScript(
  script: ScriptReference,
  fleet: PortFleet,
  { layers, kinds, checkOptions }: InspectRequest,
): Promise<InspectedPlan> {
  const description = await fleet.describe(script);
  const options = resolveRunOptions(layers, description);
  checkOptions(options, description);
  const planned = planRun(options, description, kinds);
  const [revision] = planned.plan.revisions;
  if (revision!.loads.some(isShape)) {
    const worker = fleet.createScriptWorker();
    try {
      await loadScript(worker, { script, planned, profile: options.values.profile });
      revision!.loads = await askShapes(worker, revision!.loads);
    } finally {
      await worker.close();
    }
  }
  return { description, options, planned };
}

async function loadScript(
  worker: ScriptWorker,
  given: { script: ScriptReference; planned: PlannedRun; profile: string | undefined },
): Promise<void> {
  const { script, profile } = given;
  const { plan, settings } = given.planned;
  await worker.load({
    script,
    host: plan.kinds[0]?.host,
    ...(profile === undefined ? {} : { profile }),
    settings: { http: settings.http, env: settings.env },
    seed: plan.seed,
  });
}

/** The loads with the lines that their shapes give them: to the end, or for the first hour. */
export async function askShapes(
  worker: Pick<ScriptWorker, 'askShape'>,
  loads: readonly PlannedLoad[],
): Promise<PlannedLoad[]> {
  const filled: PlannedLoad[] = [];
  for (const load of loads) filled.push(isShape(load) ? await fillShape(worker, load) : load);
  return filled;
}

async function fillShape(worker: Pick<ScriptWorker, 'askShape'>, load: PlannedLoad): Promise<PlannedLoad> {
  const lastSecond = SHAPE_HORIZON_MS / 1000;
  const line = new GrowingLine(load);
  let last: ShapePoint | undefined;
  for (let from = 0; from <= lastSecond; from += SECONDS_AT_ONCE) {
    const points = await worker.askShape(load.name, from, Math.min(from + SECONDS_AT_ONCE - 1, lastSecond));
    for (const [index, point] of points.entries()) {
      // As while it runs: only what is new changes the line.
      if (last === undefined || !isSame(point, last)) line.add(from + index, point);
      if (point === null) return line.read();
      last = point;
    }
  }
  return line.read();
}

/** A load with what its shape answers, second by second. Only the end of its line is worked on: an hour has many pieces. */
class GrowingLine {
  readonly #settled: LinePiece[] = [];
  #load: PlannedLoad;

  constructor(load: PlannedLoad) {
    this.#load = load;
  }

  add(second: number, point: ShapePoint): void {
    if (second === 0) {
      this.#load = planShape(this.#load, point);
      return;
    }
    const beginMs = this.#load.line[0]?.fromMs ?? 0;
    const amended = shapeLoad(this.#load, second, point);
    // Before its first piece a line is flat, which here stands for what is settled.
    const line = amended.line.filter(({ fromMs }) => fromMs >= beginMs);
    const open = Math.max(0, line.length - 1);
    this.#settled.push(...line.slice(0, open));
    this.#load = { ...amended, line: line.slice(open) };
  }

  read(): PlannedLoad {
    return { ...this.#load, line: [...this.#settled, ...this.#load.line] };
  }
}

function isSame(one: ShapePoint, other: ShapePoint): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function isShape({ executor }: PlannedLoad): boolean {
  return executor === 'shape';
}
