import { now } from '../../../metrics/clock.js';
import type { ProcessTarget } from '../../user/define-monitors.js';
import { countOpenFiles, findListeners, listPids, type ProcessFigures, readProcess } from './read-proc.js';
import type { Sampler, Values } from './sampler.js';
import { withoutMissing } from './without-missing.js';

/** Linux counts processor time in hundredths of a second, whatever its kernel counts in. */
const TICK_MS = 10;

/** CPU, memory, files and threads of a process and all that it started, from /proc. */
export class ProcessSampler implements Sampler {
  readonly units = { cpu: 'percent', cpu_busiest: 'percent', memory: 'bytes' } as const;
  readonly #target: ProcessTarget;
  /** Those that were looked for; found anew when one of them is gone. */
  #roots: ProcessFigures[] = [];
  #last: { atMs: number; processes: Map<number, ProcessFigures> } | undefined;

  constructor(target: ProcessTarget) {
    this.#target = target;
  }

  async sample(): Promise<Values> {
    if (process.platform !== 'linux') {
      throw new Error(`processMonitor reads /proc, which only Linux has, and this is ${process.platform}`);
    }
    const atMs = now();
    const processes = this.#read();
    const values = this.#describe(processes, atMs);
    this.#last = { atMs, processes };
    return values;
  }

  #read(): Map<number, ProcessFigures> {
    if (this.#roots.length === 0 || !this.#roots.every(isAlive)) this.#roots = this.#findRoots();
    return withDescendants(this.#roots.map(({ pid }) => pid));
  }

  #findRoots(): ProcessFigures[] {
    const { pid, port } = this.#target;
    if (pid !== undefined) {
      const found = readProcess(pid);
      if (found !== undefined) return [found];
      throw new Error(`there is no process ${pid}`);
    }
    const { pids, isListening } = findListeners(port);
    const found = pids.map(readProcess).filter((figures) => figures !== undefined);
    if (found.length > 0) return found;
    throw new Error(
      isListening
        ? `a process listens on port ${port}, but not one of this user: give its pid, or run as the same user or as root`
        : `no process of this machine listens on port ${port}`,
    );
  }

  #describe(processes: Map<number, ProcessFigures>, atMs: number): Values {
    const all = [...processes.values()];
    const files = all.map(({ pid }) => countOpenFiles(pid));
    const isReadable = files.every((count) => count !== undefined);
    const shares = this.#readCpu(all, atMs);
    return withoutMissing({
      cpu: shares && sum(shares),
      cpu_busiest: shares !== undefined && shares.length > 1 ? Math.max(...shares) : undefined,
      memory: sum(all.map(({ rssBytes }) => rssBytes)),
      open_files: isReadable ? sum(files) : undefined,
      threads: sum(all.map(({ threads }) => threads)),
      processes: all.length,
    });
  }

  /** Of each, in percent of a core. A process that was not there before has used all its time since; one that is gone takes its last bit with it. */
  #readCpu(all: readonly ProcessFigures[], atMs: number): number[] | undefined {
    const last = this.#last;
    if (last === undefined) return undefined;
    return all.map(({ pid, startTicks, cpuTicks }) => {
      const before = last.processes.get(pid);
      const used = cpuTicks - (before?.startTicks === startTicks ? before.cpuTicks : 0);
      return (100 * used * TICK_MS) / (atMs - last.atMs);
    });
  }
}

function isAlive({ pid, startTicks }: ProcessFigures): boolean {
  return readProcess(pid)?.startTicks === startTicks;
}

/** Workers of a cluster do not listen themselves: whoever started them does. */
function withDescendants(roots: readonly number[]): Map<number, ProcessFigures> {
  const all = listPids()
    .map(readProcess)
    .filter((figures) => figures !== undefined);
  const found = new Map<number, ProcessFigures>();
  let next = new Set(roots);
  while (next.size > 0) {
    const parents = next;
    const level = all.filter(({ pid, parent }) => (roots.includes(pid) && parents.has(pid)) || parents.has(parent));
    next = new Set(level.filter(({ pid }) => !found.has(pid)).map(({ pid }) => pid));
    for (const figures of level) found.set(figures.pid, figures);
  }
  return found;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
