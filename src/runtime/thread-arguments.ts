/**
 * What threads get for Node.js's arguments, where they cannot have those of the process: with `--input-type`
 * (`node --input-type=module -e '...'`) each of them would be asked for a program given as text. They then get none, not
 * even others that the process has. Undefined: those of the process.
 *
 * @see https://nodejs.org/api/worker_threads.html#new-workerfilename-options
 */
export function threadArguments(): string[] | undefined {
  return process.execArgv.some((word) => word.startsWith('--input-type')) ? [] : undefined;
}
