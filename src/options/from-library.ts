import type { OptionLayer } from './resolved-options.js';

/** Keys of `run()` that hold options of their own. */
const GROUPS = ['load', 'http'];
/** Keys of `run()` that are not options. */
const NOT_OPTIONS = ['script', 'test', 'kinds', 'onEvent', 'reporters', 'signal', 'controls', ...GROUPS];

/** What was given to `run()` in code, as the strongest layer. */
export function toOptionLayer(given: Readonly<Record<string, unknown>>): OptionLayer {
  const values: OptionLayer['values'] = {};
  const add = (source: Readonly<Record<string, unknown>>, path: string) => {
    for (const [name, value] of Object.entries(source)) {
      if (value === undefined || (path === '' && NOT_OPTIONS.includes(name))) continue;
      values[name] = { value, origin: `run({ ${path}${name} })` };
    }
  };
  add(given, '');
  for (const group of GROUPS) add((given[group] ?? {}) as Record<string, unknown>, `${group}.`);
  return { layer: 'flag', values };
}
