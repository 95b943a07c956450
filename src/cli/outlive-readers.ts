import { ERRORS, LoadwrightError } from '../errors.js';

/** Codes of writing to somebody who is gone, as in `loadwright run … | head`. */
const GONE = ['EPIPE', 'ERR_STREAM_DESTROYED'];

let isOutputLost = false;

/**
 * Lets a command go on when nobody reads what it prints any more: its run, its files and its exit code stay the same. One
 * whose output cannot be kept, as when it goes to a file and the disk is full, goes on too, but says so and fails.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (GONE.includes(error.code ?? '') || isOutputLost) return;
      isOutputLost = true;
      // Nobody can be told of standard error itself.
      if (stream === process.stdout) void tellOfLoss(error);
    });
  }
}

/** The exit code of a command whose own is `exitCode`, when all that it printed was written. */
export function exitCodeOfOutput(exitCode: number): number {
  return exitCode === 0 && isOutputLost ? ERRORS.ERR_REPORT_FAILED.exitCode : exitCode;
}

async function tellOfLoss(error: Error): Promise<void> {
  const { printError } = await import('./print-error.js');
  const told = new LoadwrightError('ERR_REPORT_FAILED', {
    message: `Standard output takes no more (${error.message}): what is printed from here on is lost, files are not.`,
    hint: 'make room, or print to another place: loadwright … > /another/disk/output.txt',
  });
  await printError(told);
}
