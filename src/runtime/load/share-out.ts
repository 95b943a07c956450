import type { Share, StartsLoad } from '../plan.js';
import { type LoadPart, type PlacedUser, placeUsers } from './slots.js';

/** How many of `total` things are one share's, when they go round: those k with (k + offset) modulo shares its index. */
export function shareQuota(total: number, share: Share, offset = 0): number {
  const { index, count } = share;
  const first = (((index - offset) % count) + count) % count;
  return Math.max(0, Math.ceil((total - first) / count));
}

/**
 * The users of an open load's pool that are one share's, of `users` in all, by the same rule as those of a closed load.
 * The first are the same for every number: a pool that grows keeps those it has.
 */
export function poolSlots({ users, ...part }: LoadPart<StartsLoad> & { users: number }): PlacedUser[] {
  return placeUsers(part, users);
}
