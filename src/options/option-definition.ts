import type { ValueParser } from './parse-value.js';

export const OPTION_GROUPS = ['Load', 'Scenario', 'Output', 'Running', 'Page', 'Requests'] as const;

export type OptionGroup = (typeof OPTION_GROUPS)[number];

/** What a value is, for reading flags and for printing. */
export type ValueKind =
  | 'text'
  | 'number'
  | 'duration'
  | 'size'
  | 'share'
  | 'boolean'
  | 'choice'
  | 'list'
  | 'pairs'
  | 'stages';

/** One option: how it is spelled everywhere, what it means, and how its value is read. */
export interface OptionDefinition<Value> {
  /** Long flag, without its dashes. `--no-…` works for every boolean. */
  flag: string;
  /** Short flag, one letter. */
  short?: string;
  group: OptionGroup;
  kind: ValueKind;
  default: Value;
  /** What holds without a value, where `default` does not say it. */
  defaultText?: string;
  /** What stands for the value in help; empty for booleans. */
  metavar: string;
  /** A value to type, for hints. */
  example: string;
  help: string;
  /** May be given several times. */
  isRepeatable?: true;
  /** Not a boolean, and `--no-…` is a value all the same: none. */
  isNegatable?: true;
  /** What the flag means without a value behind it; absent: it needs one. */
  bareValue?: string;
  /** Is hidden wherever values are shown or kept. */
  isSecret?: true;
  /** For booleans that are on: what `--no-…` does, which is the form that help shows. */
  negatedHelp?: string;
  /** Where it stands in a scenario, as `load.users`; absent: not there. */
  scriptPath?: string;
  parse: ValueParser<Value>;
}
