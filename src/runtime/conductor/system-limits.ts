import { readdirSync, readFileSync } from 'node:fs';

/** What the system allows this process; what it does not say is absent. */
export interface SystemLimits {
  /** Files it may have open; every connection is one. */
  openFiles?: number;
  /** Those it has open now. */
  filesInUse?: number;
  /** Local ports from one address to one target. */
  ports?: number;
  /** As the system writes it: `32768-60999`. */
  portRange?: string;
}

const LIMITS_FILE = '/proc/self/limits';
const FILES_FOLDER = '/proc/self/fd';
const RANGE_FILE = '/proc/sys/net/ipv4/ip_local_port_range';
const RESERVED_FILE = '/proc/sys/net/ipv4/ip_local_reserved_ports';

/**
 * Asks the system for its limits, where it tells them: on Linux. Node raises its soft limit of open files to the hard one
 * when it starts, so what is read here is all there is.
 */
export function readSystemLimits(): SystemLimits {
  const openFiles = parseOpenFiles(readText(LIMITS_FILE));
  const filesInUse = countFiles();
  return {
    ...(openFiles === undefined ? {} : { openFiles }),
    ...(filesInUse === undefined ? {} : { filesInUse }),
    ...parsePorts(readText(RANGE_FILE), readText(RESERVED_FILE)),
  };
}

/** The soft limit in `/proc/self/limits`; `unlimited` is none. */
export function parseOpenFiles(text: string): number | undefined {
  const soft = /^Max open files\s+(\d+)\s/m.exec(text)?.[1];
  return soft === undefined ? undefined : Number(soft);
}

/** How many ports a range has, without the reserved ones: `8080,9000-9010`. */
export function parsePorts(range: string, reserved: string): Pick<SystemLimits, 'ports' | 'portRange'> {
  const [from, to] = range.trim().split(/\s+/).map(Number);
  if (from === undefined || to === undefined || !(from > 0 && to >= from)) return {};
  let ports = to - from + 1;
  for (const part of reserved.trim().split(',')) {
    const [first, last = first] = part.split('-').map(Number);
    if (first === undefined || last === undefined || !(first > 0)) continue;
    ports -= Math.max(0, Math.min(to, last) - Math.max(from, first) + 1);
  }
  return { ports, portRange: `${from}-${to}` };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function countFiles(): number | undefined {
  try {
    return readdirSync(FILES_FOLDER).length;
  } catch {
    return undefined;
  }
}
