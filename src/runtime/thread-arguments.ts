/**
 * What threads get for Node.js's arguments, where they cannot have those of the process: a program given as text with
 * `--input-type` (`node --input-type=module -e '...'`) would be asked of each of them. They
 * then get none, not even other ones that the process has. Undefined: those of the process.
 *
 * @see https://nodejs.org/api/worker_threads.html#new-workerfilename-options
 */
export function threadArguments(): string[] | undefined {
  return process.execArgv.some((word) => word.startsWith('--input-type')) ? [] : undefined;
}
