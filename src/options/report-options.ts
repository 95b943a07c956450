import type { OptionDefinition } from './option-definition.js';
import { parseBoolean, parseText, type ValueParser } from './parse-value.js';
import type { OptionValues } from './resolved-options.js';

type ReportOptionName = 'results' | 'record' | 'html' | 'json' | 'junit' | 'csv' | 'csvFullHistory';

const MUST_BE_FOLDER = 'a folder, or false for none';

/** A folder; `false`, which `--no-results` gives, is none. */
const parseResults: ValueParser<string | undefined> = (raw) => {
  if (raw === false || raw === 'false') return { isValid: true, value: undefined };
  return typeof raw === 'string' && raw.trim() !== ''
    ? { isValid: true, value: raw.trim() }
    : { isValid: false, must: MUST_BE_FOLDER };
};

/** What is kept of a run, and where: a part of the option table. */
export const REPORT_OPTIONS: { readonly [Name in ReportOptionName]: OptionDefinition<OptionValues[Name]> } = {
  results: {
    flag: 'results',
    group: 'Output',
    kind: 'text',
    default: 'results',
    metavar: 'folder',
    example: 'results',
    isNegatable: true,
    parse: parseResults,
    help: 'Folder in which each run gets one of its own, with recording and JSON; --no-results for none.',
  },
  record: {
    flag: 'record',
    group: 'Output',
    kind: 'text',
    default: undefined,
    metavar: 'file',
    defaultText: 'in the folder of the run',
    example: 'results/run.ndjson',
    parse: parseText,
    help: 'Write a recording, from which "loadwright report" makes any other report.',
  },
  html: {
    flag: 'html',
    group: 'Output',
    kind: 'text',
    default: undefined,
    metavar: 'file',
    defaultText: 'no file',
    example: 'results/run.html',
    parse: parseText,
    help: 'Write the report as one HTML file with charts and tables, which opens from disk.',
  },
  json: {
    flag: 'json',
    group: 'Output',
    kind: 'text',
    default: undefined,
    metavar: 'file',
    defaultText: 'in the folder of the run',
    example: 'results/run.json',
    parse: parseText,
    help: 'Write the result with all its numbers as JSON.',
  },
  junit: {
    flag: 'junit',
    group: 'Output',
    kind: 'text',
    default: undefined,
    metavar: 'file',
    defaultText: 'no file',
    example: 'results/junit.xml',
    parse: parseText,
    help: 'Write thresholds, checks, verify and loads as JUnit XML.',
  },
  csv: {
    flag: 'csv',
    group: 'Output',
    kind: 'text',
    default: undefined,
    metavar: 'prefix',
    defaultText: 'no files',
    example: 'results/load_test',
    parse: parseText,
    help: 'Write PREFIX_stats.csv and four more files as the run goes.',
  },
  csvFullHistory: {
    flag: 'csv-full-history',
    group: 'Output',
    kind: 'boolean',
    default: false,
    metavar: '',
    example: 'true',
    parse: parseBoolean,
    help: 'Rows for every name in PREFIX_stats_history.csv, not only the sum.',
  },
};
