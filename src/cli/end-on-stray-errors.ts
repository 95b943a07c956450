import { endProcess } from './end-process.js';

/** An error that nobody waits for, thrown by a timer or a message, ends the command as one in its own course does. */
export function endOnStrayErrors(): void {
  process.once('uncaughtException', (error) => {
    void import('./print-error.js').then(({ printError }) => printError(error)).then((code) => endNow(code));
  });
}

/** Workers that go on would keep the process alive. */
async function endNow(exitCode: number): Promise<never> {
  await endProcess(exitCode);
  process.exit(exitCode);
}
