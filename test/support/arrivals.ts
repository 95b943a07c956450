import type { ServerProcess } from './spawn-server.js';

/** A request as the target saw it. */
export interface Arrival {
  /** On the machine's monotonic clock. */
  atMs: number;
  method: string;
  url: string;
  body: string;
}

/** How many requests have arrived so far: what comes later is one's own. */
export async function countArrivals(server: ServerProcess): Promise<number> {
  return (await server.readJson<{ count: number }>('/__count')).count;
}

/** The requests after the first `before` of them. */
export async function readArrivals(server: ServerProcess, before = 0): Promise<Arrival[]> {
  return (await server.readJson<Arrival[]>('/__arrivals')).slice(before);
}

/** Those whose path begins with `/name/`. */
export function arrivalsOf(arrivals: readonly Arrival[], name: string): Arrival[] {
  return arrivals.filter(({ url }) => url.startsWith(`/${name}/`));
}

/** How many there are of each. */
export function countEach<Key extends string | number>(keys: readonly Key[]): Map<Key, number> {
  const counts = new Map<Key, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** The middle one: as it is here, one late arrival in a row does not matter. */
export function medianOf(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}
