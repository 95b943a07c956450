import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What Linux tells of a process. */
export interface ProcessFigures {
  pid: number;
  parent: number;
  /** Tells it from another one that gets its number later. */
  startTicks: number;
  cpuTicks: number;
  rssBytes: number;
  threads: number;
}

const PAGE_BYTES = 4096;
/** State of a socket that listens, as /proc/net/tcp writes it. */
const LISTENS = '0A';

export function listPids(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** Undefined if there is no such process, or it has ended and only its parent has not noticed. */
export function readProcess(pid: number): ProcessFigures | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name, in brackets, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const field = (number: number) => Number(fields[number - 3]);
    return {
      pid,
      parent: field(4),
      cpuTicks: field(14) + field(15),
      threads: field(20),
      startTicks: field(22),
      rssBytes: field(24) * PAGE_BYTES,
    };
  } catch {
    return undefined;
  }
}

/** Undefined where that is not for us to know. */
export function countOpenFiles(pid: number): number | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return undefined;
  }
}

/** Processes with a socket that listens on a port, and whether there is such a socket at all. */
export function findListeners(port: number): { pids: number[]; isListening: boolean } {
  const sockets = new Set(readListeningInodes(port).map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return { pids: [], isListening: false };
  return { pids: listPids().filter((pid) => holdsAny(pid, sockets)), isListening: true };
}

function readListeningInodes(port: number): string[] {
  const ending = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return ['tcp', 'tcp6'].flatMap((table) => {
    try {
      const lines = readFileSync(`/proc/net/${table}`, 'latin1').split('\n').slice(1);
      const fields = lines.map((line) => line.trim().split(/\s+/));
      return fields.filter((row) => row[1]?.endsWith(ending) && row[3] === LISTENS).map((row) => row[9]!);
    } catch {
      // No IPv6, perhaps.
      return [];
    }
  });
}

function holdsAny(pid: number, sockets: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => sockets.has(readlinkOf(pid, fd)));
  } catch {
    return false;
  }
}

function readlinkOf(pid: number, fd: string): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return '';
  }
}
