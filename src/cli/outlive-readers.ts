/** Codes of writing to somebody who is gone, as in `loadwright run … | head`. */
const GONE = ['EPIPE', 'ERR_STREAM_DESTROYED'];

/** Lets a command go on when nobody reads what it prints any more: its run, its files and its exit code stay the same. */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!GONE.includes(error.code ?? '')) throw error;
    });
  }
}
