import { networkInterfaces } from 'node:os';

/** Reasons of failures that this machine is to blame for, and not the target. */
export const LIMIT_REASONS = {
  noPort: 'no free local port left for another connection',
  tooManyFiles: 'too many open files in this process (see ulimit -n)',
  tooManyFilesInAll: 'too many open files on this machine',
  outOfMemory: 'no memory left in the system for another connection',
} as const;

/** What follows the name in reasons of names that were not found. */
export const NAME_UNKNOWN = 'could not be resolved: DNS knows no such name';
export const NAME_UNANSWERED = 'could not be resolved: DNS did not answer';

/** What follows a source address in the reason. */
export const NOT_OWN_ADDRESS = 'is no address of this machine (--local-address)';

let hasIpv6: boolean | undefined;

/**
 * The system gives one error to whoever has no port left and to whoever has no address at all from which the peer can be
 * reached: IPv6 where it is switched off.
 */
export function describeNoAddress(peer: string): string {
  const isIpv6 = peer.startsWith('[') || peer.split(':').length > 2;
  hasIpv6 ??= Object.values(networkInterfaces()).some((all) => all?.some(({ family }) => family === 'IPv6'));
  return isIpv6 && !hasIpv6 ? `this machine has no IPv6 address to reach ${peer} from` : LIMIT_REASONS.noPort;
}
