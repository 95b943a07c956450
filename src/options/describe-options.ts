import { redactPairs, redactSecrets } from '../redact-secrets.js';
import { formatOptionValue } from './format-option-value.js';
import { definitionOf, OPTION_NAMES } from './option-table.js';
import type { LayerName, OptionName, ResolvedOptions } from './resolved-options.js';

/** An option as a run had it, fit to be stored: without secrets. */
export interface OptionRecord {
  /** Parsed: durations in milliseconds, sizes in bytes; null if it has none. */
  value: OptionRecordValue;
  /** As a person would type it; empty if it has no value. */
  text: string;
  layer: LayerName;
  /** Where the value came from, in words: `--users`, `LOADWRIGHT_USERS`, `default`. */
  origin: string;
}

export type OptionRecordValue =
  | string
  | number
  | boolean
  | null
  | string[]
  | Record<string, string>
  | { durationMs: number; target: number }[];

/** Every option with its value and origin, secrets removed. */
export function describeOptions({ values, origins }: ResolvedOptions): Record<OptionName, OptionRecord> {
  const records = OPTION_NAMES.map((name): [OptionName, OptionRecord] => {
    const value = values[name];
    const text = redactSecrets(formatOptionValue(name, value));
    return [name, { value: withoutSecrets(name, value), text, ...origins[name] }];
  });
  return Object.fromEntries(records) as Record<OptionName, OptionRecord>;
}

function withoutSecrets(name: OptionName, value: unknown): OptionRecordValue {
  if (value === undefined) return null;
  if (definitionOf(name).isSecret === true) return '***';
  if (definitionOf(name).kind === 'pairs') return redactPairs(value as Record<string, string>);
  if (typeof value === 'string') return redactSecrets(value);
  if (!Array.isArray(value)) return value as number | boolean;
  if (value.every((item) => typeof item === 'string')) return value.map(redactSecrets);
  return value.map((stage: { durationMs: number; target: number }) => ({ ...stage }));
}
