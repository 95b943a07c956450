import type { Plan, PlannedLoad, Share } from '../protocol.js';
import { pickKinds } from './pick-kinds.js';

/** One user's start, in ms since the run's start. */
export interface UserStart {
  atMs: number;
  /** The user's number in the whole run, the same however it is shared. */
  id: number;
  /** Position of its kind in the plan. */
  kind: number;
}

/** When user `id` starts: id / spawnRate seconds, evenly and not in bursts. */
export function startOfUser(load: PlannedLoad, id: number): number {
  return (id * 1000) / load.spawnRate;
}

/**
 * The starts that fall on one share, in order: the i-th user of a kind goes to share (i + position of the kind) modulo
 * shares, so each kind differs by at most one between shares. All shares together are the whole plan, always.
 */
export function planUserStarts(plan: Plan, load: PlannedLoad, share: Share): UserStart[] {
  const kinds = pickKinds(plan.kinds, load.users);
  const seen = plan.kinds.map(() => 0);
  const starts: UserStart[] = [];
  for (const [id, kind] of kinds.entries()) {
    const owner = (seen[kind]!++ + kind) % share.count;
    const atMs = startOfUser(load, id);
    if (owner === share.index && (load.runTimeMs === undefined || atMs < load.runTimeMs))
      starts.push({ atMs, id, kind });
  }
  return starts;
}

/** How many users the load wants at an instant. */
export function plannedUsersAt(load: PlannedLoad, atMs: number): number {
  if (atMs < 0 || (load.runTimeMs !== undefined && atMs >= load.runTimeMs)) return 0;
  return Math.min(load.users, Math.floor((atMs * load.spawnRate) / 1000 + 1e-9) + 1);
}

/** When the last user starts. */
export function rampEndMs(load: PlannedLoad): number {
  return startOfUser(load, Math.max(0, load.users - 1));
}
