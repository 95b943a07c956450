import { LoadwrightError } from '../errors.js';
import { checkConflicts } from './check-conflicts.js';
import { nearestName } from './nearest-name.js';
import { definitionOf, OPTION_NAMES } from './option-table.js';
import { refuseValue } from './refuse-value.js';
import {
  LAYER_ORDER,
  type LayerName,
  type OptionLayer,
  type OptionName,
  type OptionValues,
  type ResolvedOptions,
} from './resolved-options.js';

/** Lists that are copied before they are frozen: a list may be the default, or belong to who gave it. */
const TEXT_LISTS = ['tags', 'excludeTags', 'ca', 'thresholds', 'abortOn', 'allowedHosts'] as const;

type Origin = { layer: LayerName; origin: string };

/**
 * Parses and checks every value of every layer, lets later layers win (`default` < `config` < `script` < `profile` <
 * `environment` < `flag`) and remembers where each value came from. A layer overrides what it names and nothing else;
 * of `env` and `labels`, that is each single key. The layers may come in any order; the defaults are added here.
 *
 * A wrong value is an error even where a later layer overrides it.
 *
 * @throws LoadwrightError `ERR_OPTION_UNKNOWN`, `ERR_OPTION_INVALID`, `ERR_OPTION_CONFLICT`
 */
export function resolveOptions(layers: readonly OptionLayer[]): ResolvedOptions {
  const values: Record<string, unknown> = {};
  const origins: Record<string, Origin> = {};
  for (const name of OPTION_NAMES) {
    values[name] = definitionOf(name).default;
    origins[name] = { layer: 'default', origin: 'default' };
  }
  const ordered = [...layers].sort((one, other) => LAYER_ORDER.indexOf(one.layer) - LAYER_ORDER.indexOf(other.layer));
  for (const { layer, values: given } of ordered) {
    for (const [name, { value, origin }] of Object.entries(given)) {
      if (value === undefined) continue;
      if (!isOptionName(name)) throw refuseName(name, origin);
      const parsed = definitionOf(name).parse(value);
      if (!parsed.isValid) throw refuseValue({ name, value, layer, origin }, parsed);
      const isMerged = definitionOf(name).kind === 'pairs';
      values[name] = isMerged ? { ...Object(values[name]), ...Object(parsed.value) } : parsed.value;
      origins[name] = { layer, origin };
    }
  }
  const resolved = { values, origins } as unknown as { values: OptionValues; origins: Record<OptionName, Origin> };
  checkConflicts(resolved);
  applyDebug(resolved);
  return freeze(resolved);
}

function isOptionName(name: string): name is OptionName {
  return (OPTION_NAMES as string[]).includes(name);
}

function refuseName(name: string, origin: string): LoadwrightError {
  const nearest = nearestName(name, OPTION_NAMES);
  return new LoadwrightError('ERR_OPTION_UNKNOWN', {
    message: `"${name}", given by ${origin}, is not an option.`,
    hint: nearest === undefined ? 'docs/options.md lists all options.' : nearest,
  });
}

/** One user does one iteration: more than one thread would have nothing to do. */
function applyDebug(resolved: { values: OptionValues; origins: Record<OptionName, Origin> }): void {
  if (!resolved.values.debug || resolved.values.workers !== undefined) return;
  resolved.values.workers = 1;
  resolved.origins.workers = resolved.origins.debug;
}

function freeze(resolved: { values: OptionValues; origins: Record<OptionName, Origin> }): ResolvedOptions {
  const { values, origins } = resolved;
  const own = { ...values, env: { ...values.env }, labels: { ...values.labels } };
  for (const name of TEXT_LISTS) own[name] = [...values[name]];
  own.stages = values.stages.map((stage) => Object.freeze({ ...stage }));
  for (const value of Object.values(own)) if (typeof value === 'object') Object.freeze(value);
  return Object.freeze({ values: Object.freeze(own), origins: Object.freeze({ ...origins }) });
}
