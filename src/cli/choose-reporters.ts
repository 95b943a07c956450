import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ResolvedOptions } from '../options/resolved-options.js';
import { isColorWanted, isDrawingWanted } from '../reporters/color.js';
import { createCsvReporter, csvFiles } from '../reporters/csv.js';
import { createFanOut } from '../reporters/fan-out.js';
import { createGithubReporter } from '../reporters/github.js';
import { createJsonReporter } from '../reporters/json.js';
import { createJunitReporter } from '../reporters/junit.js';
import { createLogFileReporter } from '../reporters/log-file.js';
import { createRecordingReporter } from '../reporters/recording.js';
import type { Reporter } from '../reporters/reporter.js';
import { claimRunFolder, RECORDING_FILE, RESULT_FILE } from '../reporters/run-folder.js';
import { createTerminalReporter } from '../reporters/terminal.js';
import type { RunListener } from '../runtime/conductor/run-request.js';
import { createHtmlReporter } from '../web/html-reporter.js';

/** The reporters of a run, and what they write. */
export interface ChosenReporters {
  listener: RunListener;
  /** In which the run is kept, if it is. */
  folder: string | undefined;
  /** Files that are there once the run is over, in the order they are named to the user. */
  listFiles(): string[];
}

interface Chosen {
  reporter: Reporter;
  files: readonly string[];
}

export interface RunToReport {
  /** What the run is called where it is kept. */
  scenario: string;
  /** Who hears it besides. */
  more?: readonly Reporter[];
}

/** The reporters the options ask for. The terminal hears everything last, so that it can name one that failed. */
export function chooseReporters(options: ResolvedOptions, { scenario, more = [] }: RunToReport): ChosenReporters {
  const { values } = options;
  const { folder, kept } = chooseKept(options, scenario);
  const chosen = [...kept, ...chooseFiles(options), ...chooseForHost(process.env)];
  const terminal = createTerminalReporter({
    stream: process.stdout,
    isDrawn: isDrawingWanted(process.stdout, process.env),
    onlySummary: values.onlySummary,
    logLevel: values.logLevel,
    color: isColorWanted(process.stdout, process.env),
  });
  const fanOut = createFanOut([...chosen.map(({ reporter }) => reporter), ...more, terminal]);
  let failed: string[] = [];
  const finish = async () => {
    failed = await fanOut.finish();
    return failed;
  };
  return {
    listener: { onEvent: fanOut.onEvent, finish },
    folder,
    listFiles: () => {
      const written = chosen.filter(({ reporter }) => !failed.includes(reporter.name));
      return [...new Set(written.flatMap(({ files }) => files))].filter((file) => existsSync(file));
    },
  };
}

/** What is kept of every run, unless it is only tried out: where the options say, or in a folder of its own. */
function chooseKept(options: ResolvedOptions, scenario: string): { folder: string | undefined; kept: Chosen[] } {
  const { results, record, json, debug } = options.values;
  const isFolderWanted = !debug && (record === undefined || json === undefined);
  const claimed = results === undefined || !isFolderWanted ? undefined : claimFolder(options, results, scenario);
  const inFolder = (name: string) => (typeof claimed === 'string' ? join(claimed, name) : undefined);
  const [recording, result] = [record ?? inFolder(RECORDING_FILE), json ?? inFolder(RESULT_FILE)];
  const kept: Chosen[] = typeof claimed === 'object' ? [{ reporter: claimed, files: [] }] : [];
  if (recording !== undefined) {
    kept.push({ reporter: createRecordingReporter({ path: recording }), files: [recording] });
  }
  if (result !== undefined) kept.push({ reporter: createJsonReporter({ path: result }), files: [result] });
  return { folder: typeof claimed === 'string' ? claimed : undefined, kept };
}

/** Where nobody asked for the folder, a run goes on without one, and it is said; where somebody did, it is a failure. */
function claimFolder({ origins }: ResolvedOptions, folder: string, scenario: string): string | Reporter | undefined {
  try {
    return claimRunFolder({ folder, scenario });
  } catch (error) {
    const message = `no folder can be made in ${folder} (${(error as Error).message})`;
    if (origins.results.layer !== 'default') return createFailedReporter('results', message);
    process.stderr.write(
      `Nothing is kept of this run: ${message}.\n  Try   --results <another folder>   or   --no-results\n`,
    );
    return undefined;
  }
}

function createFailedReporter(name: string, message: string): Reporter {
  return {
    name,
    onEvent: () => {
      throw new Error(message);
    },
  };
}

/** What a CI system that runs us shows besides the log. */
function chooseForHost({ GITHUB_ACTIONS, GITHUB_STEP_SUMMARY: summaryPath }: NodeJS.ProcessEnv): Chosen[] {
  if (GITHUB_ACTIONS !== 'true') return [];
  return [{ reporter: createGithubReporter({ stream: process.stdout, summaryPath }), files: [] }];
}

function chooseFiles({ values }: ResolvedOptions): Chosen[] {
  const chosen: Chosen[] = [];
  if (values.html !== undefined) {
    chosen.push({ reporter: createHtmlReporter({ path: values.html }), files: [values.html] });
  }
  if (values.csv !== undefined) {
    const reporter = createCsvReporter({ prefix: values.csv, fullHistory: values.csvFullHistory });
    chosen.push({ reporter, files: csvFiles(values.csv) });
  }
  if (values.junit !== undefined) {
    chosen.push({ reporter: createJunitReporter({ path: values.junit }), files: [values.junit] });
  }
  if (values.logFile !== undefined) {
    const { logFile: path, logLevel: level, logFileLimit: limitBytes } = values;
    chosen.push({ reporter: createLogFileReporter({ path, level, limitBytes }), files: [path] });
  }
  return chosen;
}
