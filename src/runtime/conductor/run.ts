import { basename } from 'node:path';
import { LoadwrightError } from '../../errors.js';
import { describeOptions } from '../../options/describe-options.js';
import { resolveOptions } from '../../options/resolve-options.js';
import type { OptionLayer } from '../../options/resolved-options.js';
import type { DataTable, FeederFile } from '../data-table.js';
import type { RunResult } from '../protocol.js';
import { carryOut } from './carry-out.js';
import { checkBeforeRun, hostsOf } from './check-before-run.js';
import { checkOrigins } from './check-origins.js';
import { createFleet } from './create-fleet.js';
import { describeMachine } from './describe-machine.js';
import { EarlyEvents } from './early-events.js';
import { planRun } from './plan-run.js';
import { prepareHooks } from './prepare-hooks.js';
import { prepareScript } from './prepare-script.js';
import { rehearseSeconds } from './rehearse-seconds.js';
import { resolveRunOptions } from './resolve-run-options.js';
import type { RunRequest } from './run-request.js';
import { stoppedWhileLoading, stoppedWhilePreparing, untilAborted } from './until-aborted.js';
import { type CleanUp, withCleanUps } from './with-clean-ups.js';

/**
 * The whole story of a run: build the scenario, read its definitions, resolve options, plan, start, collect, judge.
 *
 * @throws LoadwrightError for everything that is wrong before the first user starts
 */
export async function run(request: RunRequest): Promise<RunResult> {
  return await withCleanUps((cleanUps) => runWith(request, cleanUps));
}

async function runWith(request: RunRequest, cleanUps: CleanUp[]): Promise<RunResult> {
  const layers = isHere(request) ? [...request.layers, HERE] : request.layers;
  const preparing = [createFleet(request, layers, cleanUps), prepareScript(request, cleanUps)] as const;
  // If one fails, the other must have come as far as its clean-up.
  await Promise.allSettled(preparing);
  const [fleet, script] = await Promise.all(preparing);
  const read = await untilAborted(fleet.describe(script), request.signal, stoppedWhileLoading);
  const described = request.adjust?.(read) ?? read;
  const options = resolveRunOptions(layers, described);
  const { values } = options;
  const planned = planRun(options, described, request.kinds);
  const { plan, settings } = planned;
  const listener = request.createListener(options, described);
  settings.http.allowedHosts = await checkOrigins({
    hosts: [...hostsOf(planned), values.proxy],
    allowedHosts: values.allowedHosts,
    yes: values.yes,
    users: planned.mostUsers,
    confirm: request.confirmOrigins,
  });
  const { limits, warnings } = await checkBeforeRun(planned, options);
  const tables = await readTables(described.files, request);
  const early = new EarlyEvents(listener);
  const hooks = await prepareHooks({ fleet, script, planned, described, options: values, request, early, cleanUps });
  early.check();
  const onAbort = () => fleet.stop(0, 0);
  request.signal?.addEventListener('abort', onAbort, { once: true });
  const shareLimits = { memoryMb: values.workerMemory, users: Math.ceil(planned.mostUsers / planned.shares) };
  const ready = Promise.all([
    fleet.prepare({ script, plan, settings, tables, data: hooks.data }, planned.shares, shareLimits),
    hooks.monitors?.begin(),
    listener.ready?.(),
    rehearseSeconds(plan, planned.shares),
  ]);
  if (request.signal?.aborted) onAbort();
  await untilAborted(ready, request.signal, stoppedWhilePreparing);
  request.signal?.removeEventListener('abort', onAbort);
  const result = await carryOut({
    fleet,
    planned,
    listener,
    kinds: plan.kinds.map(({ name }) => described.kinds.find((kind) => kind.name === name)!),
    options: values,
    recorded: { options: describeOptions(options), machine: describeMachine() },
    scenario: request.source.type === 'file' ? basename(request.source.path) : 'test',
    signal: request.signal,
    controls: request.controls,
    shapes: hooks.shapes,
    afterLoad: hooks.afterLoad,
    monitors: hooks.monitors,
    limits,
    warnings,
    onScriptLog: hooks.onLog,
  });
  const failedReporters = await listener.finish();
  return failedReporters.length > 0 && result.exitCode <= 1 ? { ...result, exitCode: 5 } : result;
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

async function readTables(files: readonly FeederFile[], { source }: RunRequest): Promise<Map<number, DataTable>> {
  if (files.length === 0) return new Map();
  const { readFeederTables } = await import('./read-data.js');
  return readFeederTables(files, source.type === 'file' ? source.path : undefined);
}
