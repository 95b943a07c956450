import { fileURLToPath } from 'node:url';
import { Tinypool } from 'tinypool';
import type { Launcher } from './port-fleet.js';

const ENTRIES = {
  runShare: fileURLToPath(new URL('../worker/entry.js', import.meta.url)),
  runScript: fileURLToPath(new URL('../worker/script-entry.js', import.meta.url)),
};

/** More threads than anybody starts; the pool creates them one by one as they are asked for. */
const MAX_THREADS = 1024;

/**
 * Threads of this process, one long task each. `useAtomics` would block a worker's event loop between tasks.
 *
 * @param memoryMb heap limit of each thread
 */
export function createThreadLauncher(memoryMb: number | undefined): Launcher {
  const pool = new Tinypool({
    filename: ENTRIES.runShare,
    runtime: 'worker_threads',
    minThreads: 0,
    maxThreads: MAX_THREADS,
    useAtomics: false,
    concurrentTasksPerWorker: 1,
    idleTimeout: 60_000,
    ...(memoryMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: memoryMb } }),
  });
  return {
    async launch(entry, port, signal) {
      await pool.run(
        { port, sharesThread: false },
        { filename: ENTRIES[entry], name: entry, transferList: [port], signal },
      );
    },
    close: () => pool.destroy(),
  };
}
