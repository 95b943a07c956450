import { parentPort, workerData } from 'node:worker_threads';
import { type ErrorRecord, toErrorRecord } from '../errors.js';
import { createCsvReporter, csvFiles } from '../reporters/csv.js';
import { createJsonReporter } from '../reporters/json.js';
import { createJunitReporter } from '../reporters/junit.js';
import { replayRecording } from '../reporters/replay-recording.js';
import type { Reporter } from '../reporters/reporter.js';
import { createTerminalReporter } from '../reporters/terminal.js';
import { createHtmlReporter } from '../web/html-reporter.js';

/** What is made of which recording. */
export interface ReportTask {
  recording: string;
  json?: string | undefined;
  html?: string | undefined;
  csv?: { prefix: string; fullHistory: boolean } | undefined;
  junit?: string | undefined;
  /** The terminal that shows the report where no file is asked for. */
  terminal: { columns?: number | undefined; color: boolean };
}

export type ReportOutcome =
  | { files: string[]; hasFailed: boolean; isComplete: boolean; cutLine?: number | undefined; seconds: number }
  | { error: ErrorRecord };

interface Form {
  reporter: Reporter;
  files: string[];
}

async function makeReports(task: ReportTask): Promise<ReportOutcome> {
  const forms = chooseForms(task);
  const reporters = forms.length === 0 ? [createFinalReport(task)] : forms.map(({ reporter }) => reporter);
  const { recording: path } = task;
  const { result, isComplete, cutLine, failedReporters } = await replayRecording({ path, reporters });
  const written = forms.filter(({ reporter }) => !failedReporters.includes(reporter.name));
  return {
    files: written.flatMap(({ files }) => files),
    hasFailed: failedReporters.length > 0,
    isComplete,
    cutLine,
    seconds: result.durationMs / 1000,
  };
}

function chooseForms({ json, html, csv, junit }: ReportTask): Form[] {
  const forms: Form[] = [];
  if (json !== undefined) forms.push({ reporter: createJsonReporter({ path: json }), files: [json] });
  if (html !== undefined) forms.push({ reporter: createHtmlReporter({ path: html }), files: [html] });
  if (csv !== undefined) forms.push({ reporter: createCsvReporter(csv), files: csvFiles(csv.prefix) });
  if (junit !== undefined) forms.push({ reporter: createJunitReporter({ path: junit }), files: [junit] });
  return forms;
}

/** The report at the end of a run, without what was printed while it went on. */
function createFinalReport({ terminal: { columns, color } }: ReportTask): Reporter {
  const stream = { columns, write: (text: string) => process.stdout.write(text) };
  return createTerminalReporter({ stream, isDrawn: false, onlySummary: true, logLevel: 'critical', color });
}

const outcome = await makeReports(workerData as ReportTask).catch((error: unknown) => ({
  error: toErrorRecord(error, 'ERR_INTERNAL'),
}));
parentPort!.postMessage(outcome);
