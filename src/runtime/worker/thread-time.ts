import { closeSync, openSync, readSync } from 'node:fs';

/** What the system says of one thread since it began, in ms. */
export interface ThreadTime {
  /** User and system time. */
  cpuMs: number;
  /** Time in which it could have run and something else had the core. */
  runDelayMs: number;
}

/** On Linux the file of whichever thread opens it: time on a core, time waiting for one, both in ns, and turns taken. */
const FILE = '/proc/thread-self/schedstat';
const MOST_BYTES = 128;

/** Reads the times of the thread that creates it; where the system does not tell them, nothing. */
export class ThreadClock {
  readonly #buffer = Buffer.alloc(MOST_BYTES);
  #file: number | undefined;

  constructor(file = FILE) {
    try {
      this.#file = openSync(file, 'r');
    } catch {
      this.#file = undefined;
    }
  }

  read(): ThreadTime | undefined {
    if (this.#file === undefined) return undefined;
    try {
      const bytes = readSync(this.#file, this.#buffer, 0, MOST_BYTES, 0);
      const [cpu, runDelay] = this.#buffer.toString('latin1', 0, bytes).trim().split(' ').map(Number);
      if (!Number.isFinite(cpu) || !Number.isFinite(runDelay)) return undefined;
      return { cpuMs: cpu! / 1e6, runDelayMs: runDelay! / 1e6 };
    } catch {
      return undefined;
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
