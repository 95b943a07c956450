import { expect } from 'vitest';
import { LoadwrightError } from '../../src/errors.js';
import { fromScript } from '../../src/options/from-script.js';
import { resolveOptions } from '../../src/options/resolve-options.js';
import type { LayerName, OptionLayer } from '../../src/options/resolved-options.js';
import { planLoads, profileLayer } from '../../src/runtime/conductor/plan-loads.js';
import type { PlannedKind, PlannedLoad } from '../../src/runtime/plan.js';
import { optionsOfLoads, readLoads, readProfiles } from '../../src/runtime/user/define-loads.js';
import type { Load, Loads, Profiles } from '../../src/runtime/user/load-types.js';

export function kindOf(name: string, changes: Partial<PlannedKind> = {}): PlannedKind {
  return { name, weight: 1, fixedCount: undefined, host: undefined, ...changes };
}

export const VISITOR = kindOf('Visitor');
export const BUYER = kindOf('Buyer', { weight: 2 });
export const ADMIN = kindOf('Admin', { fixedCount: 2 });

export interface Given {
  load?: Load;
  loads?: Loads;
  profiles?: Profiles;
  kinds?: PlannedKind[];
}

export type Values = Partial<Record<LayerName, Record<string, unknown>>>;

/** Layers as they come to be: what the scenario says, and values with origins as the places have them. */
export function planOf(
  { load, loads, profiles = {}, kinds = [VISITOR, BUYER] }: Given,
  values: Values = {},
): PlannedLoad[] {
  const read = readLoads({ load, loads });
  const readOfProfiles = readProfiles(profiles);
  const layers = Object.entries(values).map(([layer, given]) => layerOf(layer as LayerName, given));
  const profile = profileLayer(readOfProfiles, resolveOptions(layers).values.profile);
  const options = resolveOptions([
    ...layers,
    fromScript(optionsOfLoads(read)),
    ...(profile === undefined ? [] : [profile]),
  ]);
  return planLoads({ options, loads: read, profiles: readOfProfiles, kinds });
}

function layerOf(layer: LayerName, values: Record<string, unknown>): OptionLayer {
  const originOf = (name: string) => {
    const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replace(/^stages$/, 'stage');
    if (layer === 'environment') return `LOADWRIGHT_${flag.replaceAll('-', '_').toUpperCase()}`;
    return layer === 'flag' ? `--${flag}` : 'loadwright.json';
  };
  const given = Object.entries(values).map(([name, value]) => [name, { value, origin: originOf(name) }]);
  return { layer, values: Object.fromEntries(given) };
}

export function refusalOf(given: Given, values: Values = {}): LoadwrightError {
  try {
    planOf(given, values);
  } catch (error) {
    if (error instanceof LoadwrightError) return error;
    throw error;
  }
  expect.fail('it was not refused');
}

export const STAGES: Load = { stages: [{ duration: '30s', target: 10 }] };
export const CONSTANT: Load = { executor: 'constant-users', users: 10, duration: '1m' };
