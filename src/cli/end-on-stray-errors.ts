import { inspect } from 'node:util';
import { endProcess } from './end-process.js';

/** An error that nobody waits for, thrown by a timer or a message, ends the command as one in its own course does. */
export function endOnStrayErrors(): void {
  let isEnding = false;
  process.on('uncaughtException', (error) => {
    // What follows from the first one says less than it.
    if (isEnding) return;
    isEnding = true;
    void endWith(error);
  });
}

async function endWith(error: unknown): Promise<never> {
  let exitCode = 1;
  try {
    const { printError } = await import('./print-error.js');
    exitCode = await printError(error);
    await endProcess(exitCode);
  } catch {
    process.stderr.write(`${inspect(error)}\n`);
  }
  // Workers that go on would keep the process alive.
  process.exit(exitCode);
}
