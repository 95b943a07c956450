import type { CommandFlag } from '../options/command-flags.js';
import { RUN_FLAGS } from '../options/command-flags.js';
import { DEMO_FLAGS } from './demo-flags.js';
import { loadRuntime } from './load-runtime.js';

/** What a command does with the words behind its name; resolves to the exit code. */
export type CommandMain = (words: readonly string[]) => Promise<number>;

export interface CommandDefinition {
  name: string;
  /** What follows the name. */
  usage: string;
  summary: string;
  /** Flags of its own. */
  flags: readonly CommandFlag[];
  /** Whether it takes the options of a run too. */
  takesOptions: boolean;
  example: string;
  load(): Promise<CommandMain>;
}

const REPORT_FLAGS: readonly CommandFlag[] = [
  { flag: 'json', kind: 'text', metavar: 'file', help: 'Write the result with all its numbers as JSON.' },
  { flag: 'html', kind: 'text', metavar: 'file', help: 'Write the report as one HTML file with charts and tables.' },
  { flag: 'csv', kind: 'text', metavar: 'prefix', help: 'Write PREFIX_stats.csv and four more files.' },
  {
    flag: 'csv-full-history',
    kind: 'boolean',
    metavar: '',
    help: 'Rows for every name in PREFIX_stats_history.csv, not only the sum.',
  },
  { flag: 'junit', kind: 'text', metavar: 'file', help: 'Write thresholds, checks, verify and loads as JUnit XML.' },
];

const COMPARE_FLAGS: readonly CommandFlag[] = [
  {
    flag: 'tolerance',
    kind: 'text',
    metavar: 'percent',
    help: 'Exit with code 99 if something got worse by more than this (default 10).',
  },
  { flag: 'markdown', kind: 'text', metavar: 'file', help: 'Write the comparison as Markdown; - prints only that.' },
  { flag: 'json', kind: 'text', metavar: 'file', help: 'Write the comparison as JSON; - prints only that.' },
];

/** All commands; each one's code is loaded when it is asked for. */
export const COMMANDS: readonly CommandDefinition[] = [
  {
    name: 'run',
    usage: '<file> [Kind…]',
    summary: 'Run a scenario.',
    flags: RUN_FLAGS,
    takesOptions: true,
    example: 'loadwright run scenario.ts --host http://localhost:8000 -u 100 -r 10 -t 5m --headless',
    load: async () => {
      const runtime = await loadRuntime();
      const { runCommand } = await import('./commands/run.js');
      return (words) => runCommand(words, runtime);
    },
  },
  {
    name: 'demo',
    usage: '[Kind…]',
    summary:
      'Start the stock system and run the stock scenario against it. Without flags: 100 users at 20/s for 20 s, CSV files in results/demo. --host is not taken. DATABASE_URL and REDIS_URL put the system on PostgreSQL and Redis; without them it is in memory.',
    flags: DEMO_FLAGS,
    takesOptions: true,
    example: 'loadwright demo --server-only --port 8000',
    load: async () => (await import('./commands/demo.js')).demoCommand,
  },
  {
    name: 'init',
    usage: '[folder]',
    summary: 'Write a starter project.',
    flags: [],
    takesOptions: false,
    example: 'loadwright init load-test',
    load: async () => (await import('./commands/init.js')).initCommand,
  },
  {
    name: 'inspect',
    usage: '<file> [Kind…]',
    summary: 'Print what would run: users, weights, the plan over time.',
    flags: RUN_FLAGS,
    takesOptions: true,
    example: 'loadwright inspect scenario.ts -u 100 -r 10 -t 5m',
    load: async () => (await import('./commands/inspect.js')).inspectCommand,
  },
  {
    name: 'options',
    usage: '[file]',
    summary: "Print every option's value and where it came from.",
    flags: RUN_FLAGS,
    takesOptions: true,
    example: 'loadwright options scenario.ts --users 50',
    load: async () => (await import('./commands/options.js')).optionsCommand,
  },
  {
    name: 'report',
    usage: '<recording>',
    summary:
      'Make any report from the recording of a run, also of one that was killed. Without flags: show the final report.',
    flags: REPORT_FLAGS,
    takesOptions: false,
    example: 'loadwright report results/stock-2025-03-01T12-00-00 --csv results/again',
    load: async () => (await import('./commands/report.js')).reportCommand,
  },
  {
    name: 'compare',
    usage: '<baseline> <candidate>',
    summary: 'Say what got better or worse from one run to another, from their JSON results, recordings or folders.',
    flags: COMPARE_FLAGS,
    takesOptions: false,
    example: 'loadwright compare main/result.json branch/result.json --tolerance 10',
    load: async () => (await import('./commands/compare.js')).compareCommand,
  },
];

/** Commands of the design that this version does not have yet. */
export const LATER_COMMANDS: readonly string[] = ['agent'];

export function commandNamed(name: string): CommandDefinition | undefined {
  return COMMANDS.find((command) => command.name === name);
}
