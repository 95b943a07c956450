import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

export interface RunFolderOptions {
  /** The folder that all runs have theirs in; made if it is not there. */
  folder: string;
  /** Of the scenario: its file, without a folder. */
  scenario: string;
}

/** What the folder of a run holds. */
export const RECORDING_FILE = 'recording.ndjson';
export const RESULT_FILE = 'result.json';

const ENDING = /\.[cm]?[jt]sx?$/;
/** What some system does not take in the name of a file, or a shell reads as something else. */
const UNFIT = /[^\p{L}\p{N}\p{M}._-]+/gu;
const LONGEST_NAME = 60;
const MAX_AT_ONCE = 100;

/** Makes a folder for one run, named for its scenario and the time of day: `results/stock-2025-03-01T12-00-00`. */
export function claimRunFolder({ folder, scenario }: RunFolderOptions): string {
  mkdirSync(folder, { recursive: true });
  const name = `${toFileName(scenario)}-${formatLocalTime(new Date())}`;
  for (let number = 1; ; number++) {
    const path = join(folder, number === 1 ? name : `${name}-${number}`);
    try {
      mkdirSync(path);
      return path;
    } catch (error) {
      // Another run began in the same second.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || number === MAX_AT_ONCE) throw error;
    }
  }
}

function toFileName(scenario: string): string {
  const name = scenario
    .replace(ENDING, '')
    .replace(UNFIT, '-')
    .replace(/^[.-]+/, '');
  return [...name].slice(0, LONGEST_NAME).join('') || 'run';
}

function formatLocalTime(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${day}T${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join('-')}`;
}
