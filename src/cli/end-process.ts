import { exitCodeOfOutput } from './outlive-readers.js';

/** How long what is still open may keep the process alive. */
const GRACE_MS = 100;

/** Ends the process with `exitCode`, by itself if nothing is left to do, after what was printed has been written. */
export async function endProcess(exitCode: number): Promise<void> {
  process.exitCode = exitCode;
  await Promise.all([flush(process.stdout), flush(process.stderr)]);
  process.exitCode = exitCodeOfOutput(exitCode);
  setTimeout(() => process.exit(), GRACE_MS).unref();
}

function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    // A reader that is gone, as in `loadwright options | head`, is no reason to fail.
    stream.once('error', () => resolve());
    stream.write('', () => resolve());
  });
}
