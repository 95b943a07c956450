import { isIP, isIPv6 } from 'node:net';

/** Where connections of one user come from; undefined: from wherever the system likes. */
export type PickSource = (peer: string) => string | undefined;

const NO_SOURCES: PickSource = () => undefined;

/**
 * Shares out source addresses (`--local-address`): each has ports of its own, some 28,000. Users take them in turn by
 * their place, so it is the same ones in every run, and a connection to an IPv6 address comes from one of those.
 */
export function createSources(addresses: readonly string[]): PickSource[] {
  const byFamily = new Map([4, 6].map((family) => [family, addresses.filter((address) => isIP(address) === family)]));
  const turns = [...byFamily.values()].reduce((product, some) => product * Math.max(1, some.length), 1);
  if (addresses.length === 0) return [NO_SOURCES];
  return Array.from({ length: turns }, (_, turn) => (peer) => {
    const some = byFamily.get(isIPv6(peer) ? 6 : 4)!;
    return some[turn % some.length];
  });
}
