import { fromFlags } from '../options/from-flags.js';
import { CONFIG_FILE_NAME, readConfigFile } from '../options/read-config-file.js';
import { readEnvironment } from '../options/read-environment.js';
import { refuseValue } from '../options/refuse-value.js';
import { resolveOptions } from '../options/resolve-options.js';
import type { OptionLayer, ResolvedOptions } from '../options/resolved-options.js';
import type { CommandLine } from './parse-command-line.js';

/** The layers a command line brings, and what they resolve to as long as the scenario is not known. */
export interface CommandLayers {
  layers: OptionLayer[];
  early: ResolvedOptions;
}

/** Reads configuration file, environment and flags, and checks them before anything else is begun. */
export function readLayers({ flags, own }: CommandLine): CommandLayers {
  const path = typeof own.config === 'string' ? own.config : undefined;
  const config = readConfigFile({ folder: process.cwd(), ...(path === undefined ? {} : { path }) });
  return checkLayers([config, readEnvironment(process.env), fromFlags(flags)]);
}

/** Checks layers before the scenario is read. */
export function checkLayers(layers: OptionLayer[]): CommandLayers {
  const early = resolveOptions(layers);
  if (early.values.workers === 0) {
    const must = 'a whole number from 1 to 1024 on the command line; 0 is for run() inside a test runner';
    const { layer, origin } = early.origins.workers;
    throw refuseValue(
      { name: 'workers', value: 0, layer, origin: origin === 'default' ? CONFIG_FILE_NAME : origin },
      { must },
    );
  }
  return { layers, early };
}
