import { availableParallelism, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Tinypool } from 'tinypool';
import type { ShareLimits } from '../fleet.js';
import { threadArguments } from '../thread-arguments.js';
import type { EntryName, Launcher } from './launch-entry.js';

const ENTRIES: Record<EntryName, string> = {
  runShare: fileURLToPath(new URL('../worker/entry.js', import.meta.url)),
  runScript: fileURLToPath(new URL('../worker/script-entry.js', import.meta.url)),
};

/** More threads than anybody starts; the pool creates them one by one as they are asked for. */
const MAX_THREADS = 1024;

/** From this many users a thread, so much is in flight under full load that room for garbage pays. */
const SOME_USERS = 500;
/** From this many users a thread, memory counts for more than the last bit of speed. */
const MANY_USERS = 2000;
/** Three semi-spaces of 4 MB each. */
const LEAN_YOUNG_GENERATION_MB = 12;
/** Three semi-spaces of 64 MB, and of the 16 that V8 has by itself. It grows that large only where it is used. */
const MOST_YOUNG_GENERATION_MB = 192;
const LEAST_YOUNG_GENERATION_MB = 48;
/** Of the machine's memory, for the young generations of one worker a core. */
const YOUNG_PART_OF_MEMORY = 1 / 8;
/** A heap may grow by this much before it is collected again, instead of to several times its size. */
const LEAN_HEAP_GROWTH = '--heap-growing-percent=30';

/**
 * A request goes through many small functions, and V8's budgets for putting callees into their callers (920 bytes of bytecode
 * in all, 460 a callee) leave calls in it that cost up to a tenth of its time (decision 0024).
 */
const ROOM_FOR_INLINING = '--max-inlined-bytecode-size-cumulative=4000 --max-inlined-bytecode-size=1000';

/** Threads of this process, one long task each. `useAtomics` would block a worker's event loop between tasks. */
export function createThreadLauncher(): Launcher {
  setFlagsFromString(ROOM_FOR_INLINING);
  const plainPool = createPool({});
  let pool = plainPool;
  return {
    limit({ memoryMb, users }) {
      if (users > MANY_USERS) setFlagsFromString(LEAN_HEAP_GROWTH);
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

/** Whoever names a limit for the memory of a worker means to stay near it. */
function chooseLimits(memoryMb: ShareLimits['memoryMb'], users: number): ThreadLimits {
  const old = memoryMb === undefined ? {} : { maxOldGenerationSizeMb: memoryMb };
  if (users > MANY_USERS) return { ...old, maxYoungGenerationSizeMb: LEAN_YOUNG_GENERATION_MB };
  if (users < SOME_USERS || memoryMb !== undefined) return old;
  return { maxYoungGenerationSizeMb: roomyYoungGenerationMb(availableMemory(), availableParallelism()) };
}

/**
 * Megabytes for the young generation of a worker's heap: garbage is collected the less often, and the fewer requests in
 * flight are then copied, the more room there is for it (decision 0007).
 */
export function roomyYoungGenerationMb(memoryBytes: number, cores: number): number {
  const shareMb = (memoryBytes * YOUNG_PART_OF_MEMORY) / cores / 2 ** 20;
  // V8 rounds semi-spaces up to powers of two.
  const fitting = LEAST_YOUNG_GENERATION_MB * 2 ** Math.floor(Math.log2(shareMb / LEAST_YOUNG_GENERATION_MB));
  return Math.min(MOST_YOUNG_GENERATION_MB, Math.max(LEAST_YOUNG_GENERATION_MB, fitting));
}

/** Where the system allows this process less than the machine has, that. */
function availableMemory(): number {
  const allowed = process.constrainedMemory();
  return allowed > 0 ? Math.min(allowed, totalmem()) : totalmem();
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
    execArgv: threadArguments(),
    resourceLimits,
  });
}
