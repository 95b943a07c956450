import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { MakeReport } from '../web/server/report-maker.js';

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));
const LIMIT_MS = 120_000;
/** What a run that has not ended yet, or was killed, makes the command exit with; its files are there all the same. */
const INCOMPLETE = 5;

/** Makes a report from a recording in a process of its own, so that a run that goes on meanwhile is not disturbed. */
export const makeReport: MakeReport = async (recording, flag, target) => {
  const words = [MAIN, 'report', recording, flag, target];
  const run = promisify(execFile);
  try {
    await run(process.execPath, words, { timeout: LIMIT_MS, maxBuffer: 10_000_000, windowsHide: true });
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code !== INCOMPLETE) throw error;
  }
};
