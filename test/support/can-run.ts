import { spawnSync } from 'node:child_process';

/** Whether a program is there and does what it is told. */
export function canRun(program: string, words: readonly string[]): boolean {
  return spawnSync(program, words, { stdio: 'ignore' }).status === 0;
}
