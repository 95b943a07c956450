import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { ERRORS, LoadwrightError } from '../../errors.js';
import { isColorWanted } from '../../reporters/color.js';
import { createCsvReporter, csvFiles } from '../../reporters/csv.js';
import { createJsonReporter } from '../../reporters/json.js';
import { createJunitReporter } from '../../reporters/junit.js';
import { replayRecording } from '../../reporters/replay-recording.js';
import type { Reporter } from '../../reporters/reporter.js';
import { RECORDING_FILE } from '../../reporters/run-folder.js';
import { createTerminalReporter } from '../../reporters/terminal.js';
import { createHtmlReporter } from '../../web/html-reporter.js';
import { commandNamed } from '../command-table.js';
import { type CommandLine, parseCommandLine } from '../parse-command-line.js';

interface Form {
  reporter: Reporter;
  files: string[];
}

/** Garbage of parsed lines is collected soon: the heap may grow by what is alive, not to several times that. */
const HEAP_GROWTH = '--heap-growing-percent=100';
/** So little of a line outlives it that threads which collect it together cost more than they save. */
const ONE_COLLECTOR = '--no-parallel-scavenge';

/** `loadwright report <recording>`: makes any other report from a recording, or shows the one of the terminal. */
export async function reportCommand(words: readonly string[]): Promise<number> {
  const line = parseCommandLine(words, commandNamed('report')!);
  const path = readPath(line.words);
  const forms = chooseForms(line.own);
  const reporters = forms.length === 0 ? [createFinalReport()] : forms.map(({ reporter }) => reporter);
  setFlagsFromString(HEAP_GROWTH);
  setFlagsFromString(ONE_COLLECTOR);
  const { result, isComplete, cutLine, failedReporters } = await replayRecording({ path, reporters });
  if (forms.length > 0 && cutLine !== undefined) {
    process.stderr.write(`Line ${cutLine} of ${path}, its last one, is cut off and was left out.\n`);
  }
  if (forms.length > 0 && !isComplete) {
    process.stderr.write(`The run had not ended: ${path} ends after second ${result.durationMs / 1000}.\n`);
  }
  const written = forms.filter(({ reporter }) => !failedReporters.includes(reporter.name));
  for (const file of written.flatMap(({ files }) => files)) process.stdout.write(`Wrote ${file}\n`);
  return failedReporters.length === 0 ? 0 : ERRORS.ERR_REPORT_FAILED.exitCode;
}

function chooseForms(own: CommandLine['own']): Form[] {
  const forms: Form[] = [];
  const fileOf = (flag: string) => (typeof own[flag] === 'string' ? own[flag] : undefined);
  const json = fileOf('json');
  if (json !== undefined) forms.push({ reporter: createJsonReporter({ path: json }), files: [json] });
  const html = fileOf('html');
  if (html !== undefined) forms.push({ reporter: createHtmlReporter({ path: html }), files: [html] });
  const csv = fileOf('csv');
  if (csv !== undefined) {
    const fullHistory = own['csv-full-history'] === true;
    forms.push({ reporter: createCsvReporter({ prefix: csv, fullHistory }), files: csvFiles(csv) });
  }
  const junit = fileOf('junit');
  if (junit !== undefined) forms.push({ reporter: createJunitReporter({ path: junit }), files: [junit] });
  return forms;
}

/** The report at the end of a run, without what was printed while it went on. */
function createFinalReport(): Reporter {
  return createTerminalReporter({
    stream: process.stdout,
    isDrawn: false,
    onlySummary: true,
    logLevel: 'critical',
    color: isColorWanted(process.stdout, process.env),
  });
}

/** A recording, or the folder of a run that has one. */
function readPath([path, surplus]: readonly string[]): string {
  if (path === undefined || surplus !== undefined) {
    throw new LoadwrightError('ERR_OPTION_INVALID', {
      message:
        path === undefined
          ? '"report" needs a recording, but none was given.'
          : `"report" takes one recording, but "${surplus}" follows "${path}".`,
      hint: 'loadwright report results/<run>/recording.ndjson --csv results/again',
    });
  }
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? join(path, RECORDING_FILE) : path;
}
