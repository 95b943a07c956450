import { basename } from 'node:path';
import { LoadwrightError } from '../../errors.js';
import { fromScript } from '../../options/from-script.js';
import { resolveOptions } from '../../options/resolve-options.js';
import type { OptionLayer } from '../../options/resolved-options.js';
import type { RunResult, ScriptReference } from '../protocol.js';
import { forgetInProcessTest, keepInProcessTest } from '../user/in-process-tests.js';
import { carryOut } from './carry-out.js';
import { checkHosts } from './check-host.js';
import { type PlannedRun, planRun } from './plan-run.js';
import type { PortFleet } from './port-fleet.js';
import type { RunRequest } from './run-request.js';

/** An end of the run's life: what must be undone whatever happens. */
type CleanUp = () => Promise<void> | void;

/**
 * The whole story of a run: build the scenario, read its definitions, resolve options, plan, start, collect, judge.
 *
 * @throws LoadwrightError for everything that is wrong before the first user starts
 */
export async function run(request: RunRequest): Promise<RunResult> {
  const cleanUps: CleanUp[] = [];
  try {
    const layers = isHere(request) ? [...request.layers, HERE] : request.layers;
    const preparing = [createFleet(request, layers, cleanUps), prepareScript(request, cleanUps)] as const;
    // If one fails, the other must have come as far as its clean-up.
    await Promise.allSettled(preparing);
    const [fleet, script] = await Promise.all(preparing);
    const described = await fleet.describe(script);
    const options = resolveOptions([...layers, fromScript(described.options)]);
    const planned = planRun(options, described, request.kinds);
    const { plan, settings } = planned;
    const listener = request.createListener(options, described);
    const limits = { memoryMb: options.values.workerMemory, users: Math.ceil(options.values.users / planned.shares) };
    await Promise.all([
      options.values.preflight ? checkHosts(hostsOf(planned), options.values.proxy) : undefined,
      fleet.prepare({ script, plan, settings }, planned.shares, limits),
    ]);
    const result = await carryOut({
      fleet,
      planned,
      listener,
      kinds: plan.kinds.map(({ name }) => described.kinds.find((kind) => kind.name === name)!),
      options: options.values,
      scenario: request.source.type === 'file' ? basename(request.source.path) : 'test',
      signal: request.signal,
    });
    const failedReporters = await listener.finish();
    return failedReporters.length > 0 && result.exitCode <= 1 ? { ...result, exitCode: 5 } : result;
  } finally {
    for (const cleanUp of cleanUps) await cleanUp();
  }
}

/** A test given as an object cannot leave this thread. */
const HERE: OptionLayer = { layer: 'flag', values: { workers: { value: 0, origin: 'run({ test })' } } };

function isHere({ source, layers }: RunRequest): boolean {
  if (source.type !== 'test') return false;
  const { workers } = resolveOptions(layers).values;
  if (workers === undefined || workers === 0) return true;
  throw new LoadwrightError('ERR_OPTION_CONFLICT', {
    message: `A test given as an object runs in this thread, but "workers" is ${workers}.`,
    hint: "run({ script: './test.ts' })   or   workers: 0",
  });
}

/** Threads, or this thread with `workers: 0`. */
async function createFleet(
  { threads }: RunRequest,
  layers: readonly OptionLayer[],
  cleanUps: CleanUp[],
): Promise<PortFleet> {
  const isThisThread = resolveOptions(layers).values.workers === 0;
  if (isThisThread) await (await threads)?.close();
  const fleet = isThisThread
    ? (await import('./this-thread.js')).createThisThreadFleet()
    : ((await threads) ?? (await import('./thread-fleet.js')).createThreadFleet());
  cleanUps.unshift(() => fleet.close());
  return fleet;
}

async function prepareScript(request: RunRequest, cleanUps: CleanUp[]): Promise<ScriptReference> {
  const { source } = request;
  if (source.type === 'test') {
    const id = keepInProcessTest(source.test);
    cleanUps.push(() => forgetInProcessTest(id));
    return { type: 'in-process', id };
  }
  const { bundleScript } = await import('./bundle-script.js');
  const bundle = await bundleScript(source.path);
  cleanUps.push(() => bundle.remove());
  return { type: 'file', url: bundle.url };
}

function hostsOf({ plan }: PlannedRun): (string | undefined)[] {
  return plan.kinds.map(({ host }) => host);
}
