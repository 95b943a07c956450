import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LoadwrightError } from '../../errors.js';
import { createJsonReporter } from '../json.js';
import { replayRecording } from '../replay-recording.js';
import { readResultDocument } from '../result/read-document.js';
import type { ResultDocument } from '../result/result-schema.js';
import { RECORDING_FILE, RESULT_FILE } from '../run-folder.js';

/** A run that was kept, and the file it was read from. */
export interface OpenedRun {
  path: string;
  document: ResultDocument;
}

/**
 * Reads a run from its JSON result, from its recording (`.ndjson`), or from its folder under `results/`.
 *
 * @throws LoadwrightError `ERR_RESULT_INVALID` or `ERR_RECORDING_INVALID` for what is none, and for a run without a
 * request that was answered or failed
 */
export async function openRun(given: string): Promise<OpenedRun> {
  const path = isThere(given, 'folder') ? chooseFile(given) : given;
  const document = path.endsWith('.ndjson') ? await readRecordedResult(path) : await readResultDocument(path);
  if (document.total.completed > 0) return { path, document };
  throw new LoadwrightError('ERR_RESULT_INVALID', {
    message: `${path} is of a run that completed no request: there is nothing to compare.`,
    hint: 'loadwright run scenario.ts --headless --json results/run.json',
  });
}

/** Of a run that was killed only the recording is left. */
function chooseFile(folder: string): string {
  const [result, recording] = [join(folder, RESULT_FILE), join(folder, RECORDING_FILE)];
  return !isThere(result, 'file') && isThere(recording, 'file') ? recording : result;
}

function isThere(path: string, what: 'file' | 'folder'): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return (what === 'file' ? stats?.isFile() : stats?.isDirectory()) === true;
}

/** The result that `loadwright report --json` would make of it. */
async function readRecordedResult(path: string): Promise<ResultDocument> {
  const folder = mkdtempSync(join(tmpdir(), 'loadwright-compare-'));
  try {
    const result = join(folder, RESULT_FILE);
    const { failedReporters } = await replayRecording({ path, reporters: [createJsonReporter({ path: result })] });
    if (failedReporters.length === 0) return await readResultDocument(result);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  throw new LoadwrightError('ERR_REPORT_FAILED', {
    message: `No result could be made of the recording ${path} in ${tmpdir()}.`,
    hint: `loadwright report ${path} --json results/run.json`,
  });
}
