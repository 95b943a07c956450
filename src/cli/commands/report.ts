import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { ERRORS, fromErrorRecord, LoadwrightError } from '../../errors.js';
import { isColorWanted } from '../../reporters/color.js';
import { RECORDING_FILE } from '../../reporters/run-folder.js';
import { commandNamed } from '../command-table.js';
import { type CommandLine, parseCommandLine } from '../parse-command-line.js';
import type { ReportOutcome, ReportTask } from '../report-thread.js';

/** The build puts it here, seen from the source and from what it builds. */
const REPORT_THREAD = new URL('../../../dist/cli/report-thread.js', import.meta.url);
/** Garbage of parsed lines is collected soon: the heap may grow by half of what is alive, not to several times that. */
const HEAP_GROWTH = '--heap-growing-percent=50';
/**
 * What a line becomes is garbage when the next has come: with three semi-spaces of 64 MB instead of 16 most of it is
 * gone before anything has to be copied. Only a thread can be given them once the process runs.
 */
const YOUNG_MB = 192;

/** `loadwright report <recording>`: makes any other report from a recording, or shows the one of the terminal. */
export async function reportCommand(words: readonly string[]): Promise<number> {
  const line = parseCommandLine(words, commandNamed('report')!);
  const recording = readPath(line.words);
  const task = readTask(recording, line.own);
  const isFileWanted = [task.json, task.html, task.csv, task.junit].some((wanted) => wanted !== undefined);
  const { files, hasFailed, isComplete, cutLine, seconds } = await makeReports(task);
  if (isFileWanted && cutLine !== undefined) {
    process.stderr.write(`Line ${cutLine} of ${recording}, its last one, is cut off and was left out.\n`);
  }
  if (isFileWanted && !isComplete) {
    process.stderr.write(`The run had not ended: ${recording} ends after second ${seconds}.\n`);
  }
  for (const file of files) process.stdout.write(`Wrote ${file}\n`);
  return hasFailed ? ERRORS.ERR_REPORT_FAILED.exitCode : 0;
}

function readTask(recording: string, own: CommandLine['own']): ReportTask {
  const fileOf = (flag: string) => (typeof own[flag] === 'string' ? own[flag] : undefined);
  const prefix = fileOf('csv');
  return {
    recording,
    json: fileOf('json'),
    html: fileOf('html'),
    csv: prefix === undefined ? undefined : { prefix, fullHistory: own['csv-full-history'] === true },
    junit: fileOf('junit'),
    terminal: { columns: process.stdout.columns, color: isColorWanted(process.stdout, process.env) },
  };
}

async function makeReports(task: ReportTask): Promise<Exclude<ReportOutcome, { error: unknown }>> {
  setFlagsFromString(HEAP_GROWTH);
  const worker = new Worker(REPORT_THREAD, {
    workerData: task,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  const outcome = await new Promise<ReportOutcome>((resolve, reject) => {
    let told: ReportOutcome | undefined;
    worker.on('message', (message: ReportOutcome) => {
      told = message;
    });
    worker.on('error', reject);
    // What it has printed is out by then.
    worker.on('exit', () =>
      told === undefined ? reject(new Error('The thread ended before its work was done.')) : resolve(told),
    );
  });
  if ('error' in outcome) throw fromErrorRecord(outcome.error);
  return outcome;
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
