import type { Values } from './sampler.js';

/** What could be read; rates are not there the first time. */
export function withoutMissing(values: Readonly<Record<string, number | undefined>>): Values {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  );
}
