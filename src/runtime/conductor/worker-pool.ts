import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Tinypool } from 'tinypool';
import type { ShareLimits } from '../fleet.js';
import type { EntryName, Launcher } from './launch-entry.js';

const ENTRIES: Record<EntryName, string> = {
  runShare: fileURLToPath(new URL('../worker/entry.js', import.meta.url)),
  runScript: fileURLToPath(new URL('../worker/script-entry.js', import.meta.url)),
};

/** More threads than anybody starts; the pool creates them one by one as they are asked for. */
const MAX_THREADS = 1024;

/** From this many users a thread, memory counts for more than the last bit of speed. */
const MANY_USERS = 2000;
/** Three semi-spaces of 4 MB, instead of 16. */
const LEAN_YOUNG_GENERATION_MB = 12;
/** A heap may grow by this much before it is collected again, instead of to several times its size. */
const LEAN_HEAP_GROWTH = '--heap-growing-percent=30';

/** Threads of this process, one long task each. `useAtomics` would block a worker's event loop between tasks. */
export function createThreadLauncher(): Launcher {
  const plainPool = createPool({});
  let pool = plainPool;
  return {
    limit({ memoryMb, users }) {
      const limits = chooseLimits(memoryMb, users);
      const areDefault = Object.keys(limits).length === 0;
      if (!areDefault) pool = createPool(limits);
      return areDefault;
    },
    async launch(entry, port, signal) {
      await pool.run({ port }, { filename: ENTRIES[entry], name: entry, transferList: [port], signal });
    },
    async close() {
      await Promise.all([...new Set([plainPool, pool])].map((each) => each.destroy()));
    },
  };
}

interface ThreadLimits {
  maxOldGenerationSizeMb?: number;
  maxYoungGenerationSizeMb?: number;
}

function chooseLimits(memoryMb: ShareLimits['memoryMb'], users: number): ThreadLimits {
  const limits: ThreadLimits = memoryMb === undefined ? {} : { maxOldGenerationSizeMb: memoryMb };
  if (users <= MANY_USERS) return limits;
  setFlagsFromString(LEAN_HEAP_GROWTH);
  return { ...limits, maxYoungGenerationSizeMb: LEAN_YOUNG_GENERATION_MB };
}

/** Without a file of its own: the pool would load that one in every thread before it is asked for another. */
function createPool(resourceLimits: ThreadLimits): Tinypool {
  return new Tinypool({
    runtime: 'worker_threads',
    minThreads: 0,
    maxThreads: MAX_THREADS,
    useAtomics: false,
    concurrentTasksPerWorker: 1,
    idleTimeout: 60_000,
    resourceLimits,
  });
}
