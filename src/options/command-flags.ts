/** Flags of the command line that are not options of a run. */
export interface CommandFlag {
  flag: string;
  short?: string;
  kind: 'boolean' | 'text';
  metavar: string;
  help: string;
}

/** What every command that takes a scenario knows besides the options of a run. */
export const RUN_FLAGS: readonly CommandFlag[] = [
  { flag: 'list', short: 'l', kind: 'boolean', metavar: '', help: 'Print the kinds of users in the scenario and end.' },
  {
    flag: 'config',
    kind: 'text',
    metavar: 'file',
    help: 'Read options from this file (default: loadwright.json, if there is one).',
  },
];
