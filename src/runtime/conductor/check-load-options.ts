import { LoadwrightError } from '../../errors.js';
import { LAYER_ORDER, type LayerName, type OptionName, type ResolvedOptions } from '../../options/resolved-options.js';
import type { LoadDescription } from '../load-description.js';

/** Whether a value comes from a place that overrides what the scenario says. */
export function isAboveScript({ origins }: ResolvedOptions, name: OptionName): boolean {
  return rankOf(origins[name].layer) > rankOf('script');
}

/** Whether `name` was given in the same place as `other`, or in one that comes before it. */
function isAtLeast({ origins }: ResolvedOptions, name: OptionName, other: OptionName): boolean {
  const { layer } = origins[name];
  return layer !== 'default' && rankOf(layer) >= rankOf(origins[other].layer);
}

/**
 * Refuses options of a plain load over one that has none of them: nobody could say what was meant.
 *
 * @throws LoadwrightError `ERR_OPTION_CONFLICT`
 */
export function refuseOverOther(
  options: ResolvedOptions,
  loads: readonly LoadDescription[],
  profile: string | undefined,
): void {
  // Values in the layer of profiles were set beside a load, not against one.
  const given = (['users', 'spawnRate', 'runTime', 'iterations'] as const).find(
    (name) => isAboveScript(options, name) && options.origins[name].layer !== 'profile',
  );
  if (given === undefined) return;
  const { origin } = options.origins[given];
  const owner = profile === undefined ? 'the scenario' : `the profile "${profile}"`;
  const [first] = loads;
  const what =
    loads.length === 1 && first!.source === 'load'
      ? `the load of ${owner} is ${showExecutor(first!)}`
      : `${owner} has loads of its own: ${loads.map((load) => `${load.name} (${showExecutor(load)})`).join(', ')}`;
  throw new LoadwrightError('ERR_OPTION_CONFLICT', {
    message: `"${given}" (from ${origin}) belongs to a load of users, spawnRate and runTime, but ${what}.`,
    hint: `${leaveOut(origin)}   or   --stage 30s:100 --stage 5m:100, which replace the load`,
  });
}

/**
 * Refuses options that do not go together with `--stage`, which is a load of its own.
 *
 * @throws LoadwrightError `ERR_OPTION_CONFLICT`
 */
export function refuseBesideStages(options: ResolvedOptions): void {
  const others = ['users', 'spawnRate', 'runTime', 'profile'] as const;
  const given = others.find((name) => isAtLeast(options, name, 'stages') && options.origins[name].layer !== 'profile');
  if (given === undefined) return;
  const { origins } = options;
  const stagesOrigin = origins.stages.origin;
  throw new LoadwrightError('ERR_OPTION_CONFLICT', {
    message:
      `"stages" (from ${stagesOrigin}) are a whole load, ` +
      `and "${given}" (from ${origins[given].origin}) belongs to another one.`,
    hint: `${leaveOut(origins[given].origin)}   or   ${leaveOut(stagesOrigin, 'leave out')}`,
  });
}

function showExecutor({ executor }: LoadDescription): string {
  return executor === 'plain' ? 'users, spawnRate and runTime' : `"${executor}"`;
}

/** What to type so that a value is not given. */
export function leaveOut(origin: string, verb = 'Leave out'): string {
  return origin.startsWith('LOADWRIGHT_') ? `unset ${origin}` : `${verb} ${origin}`;
}

function rankOf(layer: LayerName): number {
  return LAYER_ORDER.indexOf(layer);
}
