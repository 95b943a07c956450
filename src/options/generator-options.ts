import type { OptionDefinition } from './option-definition.js';
import { parseBoolean } from './parse-value.js';
import type { OptionValues } from './resolved-options.js';

/** What is asked of Loadwright itself: the part of the option table about how well it keeps up. */
export const GENERATOR_OPTIONS: { readonly [Name in 'failOnSaturated']: OptionDefinition<OptionValues[Name]> } = {
  failOnSaturated: {
    flag: 'fail-on-saturated',
    group: 'Running',
    kind: 'boolean',
    default: false,
    metavar: '',
    example: 'true',
    parse: parseBoolean,
    help: 'Fail (exit code 99) if Loadwright itself did not keep up with the load.',
  },
};
