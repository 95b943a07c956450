import { GENERATOR_OPTIONS } from './generator-options.js';
import { HTTP_OPTIONS } from './http-options.js';
import { LOAD_OPTIONS } from './load-options.js';
import type { OptionDefinition } from './option-definition.js';
import { parseAllowedHosts } from './parse-allowed-host.js';
import {
  choice,
  duration,
  list,
  parseBoolean,
  parseByteCount,
  parseLabels,
  parseLines,
  parsePairs,
  parseText,
  wholeNumber,
} from './parse-value.js';
import { REPORT_OPTIONS } from './report-options.js';
import type { LogLevel, OptionName, OptionValues } from './resolved-options.js';
import { WEB_OPTIONS } from './web-options.js';

/** Every option of a run, with its definition; the compiler keeps it in step with `OptionValues`. */
export type OptionTable = { readonly [Name in OptionName]: OptionDefinition<OptionValues[Name]> };

const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warning', 'error', 'critical'];
const WORDS = /[\s,]+/;

/**
 * THE list of options. Flags, help, environment names, the checking of configuration files and `docs/options.md` all
 * come from here.
 */
export const OPTION_TABLE: OptionTable = {
  ...LOAD_OPTIONS,
  tags: {
    flag: 'tags',
    short: 'T',
    group: 'Scenario',
    kind: 'list',
    default: [],
    metavar: 'tag...',
    defaultText: 'all tasks',
    example: 'checkout',
    isRepeatable: true,
    parse: list(WORDS),
    help: 'Only tasks with one of these tags.',
  },
  excludeTags: {
    flag: 'exclude-tags',
    short: 'E',
    group: 'Scenario',
    kind: 'list',
    default: [],
    metavar: 'tag...',
    defaultText: 'none',
    example: 'slow',
    isRepeatable: true,
    parse: list(WORDS),
    help: 'No tasks with one of these tags.',
  },
  env: {
    flag: 'env',
    group: 'Scenario',
    kind: 'pairs',
    default: {},
    metavar: 'KEY=VALUE',
    defaultText: 'none',
    example: 'STRICT=1',
    isRepeatable: true,
    parse: parsePairs,
    help: 'A value for the scenario, found there as env.KEY.',
  },
  seed: {
    flag: 'seed',
    group: 'Scenario',
    kind: 'number',
    default: undefined,
    metavar: 'number',
    defaultText: 'drawn, and printed',
    example: '7',
    parse: wholeNumber(0, 4_294_967_295),
    help: 'Makes every user take the same choices in the same order again.',
  },
  debug: {
    flag: 'debug',
    group: 'Scenario',
    kind: 'boolean',
    default: false,
    metavar: '',
    example: 'true',
    parse: parseBoolean,
    help: 'One user, one iteration, every exchange printed.',
  },
  labels: {
    flag: 'label',
    group: 'Scenario',
    kind: 'pairs',
    default: {},
    metavar: 'key=value',
    defaultText: 'none',
    example: 'region=eu',
    isRepeatable: true,
    parse: parseLabels,
    help: 'Annotates all numbers of the run.',
  },
  ...REPORT_OPTIONS,
  onlySummary: {
    flag: 'only-summary',
    group: 'Output',
    kind: 'boolean',
    default: false,
    metavar: '',
    example: 'true',
    parse: parseBoolean,
    help: 'No tables during the run, only the final report.',
  },
  resetStats: {
    flag: 'reset-stats',
    group: 'Output',
    kind: 'boolean',
    default: false,
    metavar: '',
    example: 'true',
    parse: parseBoolean,
    help: 'Start counting again when the last user has started.',
  },
  logLevel: {
    flag: 'loglevel',
    short: 'L',
    group: 'Output',
    kind: 'choice',
    default: 'info',
    metavar: 'level',
    example: 'WARNING',
    parse: choice(LOG_LEVELS),
    help: 'Least important messages to print: DEBUG, INFO, WARNING, ERROR, CRITICAL.',
  },
  logFile: {
    flag: 'logfile',
    group: 'Output',
    kind: 'text',
    default: undefined,
    metavar: 'file',
    defaultText: 'the terminal',
    example: 'results/run.log',
    parse: parseText,
    help: 'Write messages to a file.',
  },
  logFileLimit: {
    flag: 'logfile-limit',
    group: 'Output',
    kind: 'size',
    default: 100_000_000,
    metavar: 'size',
    defaultText: '100MB',
    example: '10MB',
    parse: parseByteCount,
    help: 'Most that one run writes to the log file.',
  },
  thresholds: {
    flag: 'threshold',
    group: 'Running',
    kind: 'list',
    default: [],
    metavar: 'metric:expression',
    defaultText: 'none',
    example: 'http_req_failed:rate<0.01',
    isRepeatable: true,
    parse: parseLines,
    help: 'A limit that makes the run fail, judged every second and at the end.',
  },
  abortOn: {
    flag: 'abort-on',
    group: 'Running',
    kind: 'list',
    default: [],
    metavar: 'rule',
    defaultText: 'none',
    example: 'http_req_failed:rate>0.5',
    isRepeatable: true,
    parse: parseLines,
    help: 'What ends the run at once, as failed, when it holds.',
  },
  ...GENERATOR_OPTIONS,
  allowedHosts: {
    flag: 'allow-host',
    group: 'Running',
    kind: 'list',
    default: [],
    metavar: 'host',
    defaultText: 'this machine only',
    example: 'shop.example.com',
    isRepeatable: true,
    scriptPath: 'allowedHosts',
    parse: parseAllowedHosts,
    help: 'A host that requests may go to: name, name:port, *.name.',
  },
  yes: {
    flag: 'yes',
    group: 'Running',
    kind: 'boolean',
    default: false,
    metavar: '',
    example: 'true',
    parse: parseBoolean,
    help: 'Requests may go to any host, without a question.',
  },
  ...WEB_OPTIONS,
  exitCodeOnError: {
    flag: 'exit-code-on-error',
    group: 'Running',
    kind: 'number',
    default: 1,
    metavar: 'number',
    example: '0',
    parse: wholeNumber(0, 255),
    help: 'Exit code when requests failed or tasks threw.',
  },
  workers: {
    flag: 'workers',
    group: 'Running',
    kind: 'number',
    default: undefined,
    metavar: 'number',
    defaultText: 'cores, at most one per 250 users',
    example: '2',
    parse: wholeNumber(0, 1_024),
    help: 'Threads that run users.',
  },
  workerMemory: {
    flag: 'worker-memory',
    group: 'Running',
    kind: 'number',
    default: undefined,
    metavar: 'MB',
    defaultText: "Node's own",
    example: '512',
    parse: wholeNumber(16, 1_048_576),
    help: 'Heap limit of one worker thread in MB.',
  },
  preflight: {
    flag: 'preflight',
    group: 'Running',
    kind: 'boolean',
    default: true,
    metavar: '',
    example: 'false',
    parse: parseBoolean,
    help: 'Check before the run that the host accepts connections.',
    negatedHelp: 'Do not check before the run that the host accepts connections.',
  },
  drainTimeout: {
    flag: 'drain-timeout',
    group: 'Running',
    kind: 'duration',
    default: 5_000,
    metavar: 'time',
    example: '5s',
    parse: duration({ allowZero: true }),
    help: 'How long requests on the wire may take after the end.',
  },
  ...HTTP_OPTIONS,
};

export const OPTION_NAMES = Object.keys(OPTION_TABLE) as OptionName[];

/** The definition of an option whose name is known only at run time. */
export function definitionOf(name: OptionName): OptionDefinition<unknown> {
  return OPTION_TABLE[name];
}

/** `LOADWRIGHT_SPAWN_RATE` for `spawnRate`. */
export function environmentName(name: OptionName): string {
  return `LOADWRIGHT_${OPTION_TABLE[name].flag.replaceAll('-', '_').toUpperCase()}`;
}
