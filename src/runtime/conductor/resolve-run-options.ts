import { fromScript } from '../../options/from-script.js';
import { resolveOptions } from '../../options/resolve-options.js';
import type { OptionLayer, ResolvedOptions } from '../../options/resolved-options.js';
import type { ScenarioDescription } from '../protocol.js';
import { profileLayer } from './plan-loads.js';

/** The options of a run: what was given, what the scenario says, and what the chosen profile says. */
export function resolveRunOptions(layers: readonly OptionLayer[], described: ScenarioDescription): ResolvedOptions {
  const own = fromScript(described.options);
  const profile = profileLayer(described.profiles, resolveOptions([...layers, own]).values.profile);
  return resolveOptions([...layers, own, ...(profile === undefined ? [] : [profile])]);
}
