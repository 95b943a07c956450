import type { OptionLayer } from './resolved-options.js';

/** The layer of the scenario: `ScenarioDescription.options`, which has the names of the option table already. */
export function fromScript(options: Readonly<Record<string, unknown>>): OptionLayer {
  const values: OptionLayer['values'] = {};
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) values[name] = { value, origin: 'the scenario' };
  }
  return { layer: 'script', values };
}
