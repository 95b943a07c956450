import type { Plan, PlannedKind, PlannedLoad } from '../plan.js';
import { largestValue, spansOf, toInstant, valueIn } from './line.js';
import { mostUsers } from './slots.js';
import { usersAt } from './users.js';

/** Whether iterations start at a rate, whether or not a user is free. */
export function hasOpenLoads({ revisions }: Plan): boolean {
  return revisions.some(({ loads }) => loads.some(({ model }) => model === 'starts'));
}

/** From so many starts a second of a share on, open loads are in a hurry; slower ones would wait longer for a rehearsal than be late. */
export const HURRIED_RATE = 100;

/** The most that each open load starts in a second, added up. */
export function mostStartsPerSecond(loads: readonly PlannedLoad[]): number {
  return loads.reduce((sum, load) => (load.model === 'starts' ? sum + largestValue(load.line) : sum), 0);
}

/** When a load ends, in ms since the run's start; undefined when it goes on, or waits for another to end. */
export function plannedEndMs(load: PlannedLoad): number | undefined {
  if (load.startAtMs === undefined || load.endMs === undefined) return undefined;
  return toInstant(load.startAtMs + load.endMs);
}

/** The instant of its own time at which a load's line first is at the largest value it has before its end. */
export function rampEndMs(load: PlannedLoad): number {
  const endMs = load.endMs === undefined ? Number.POSITIVE_INFINITY : toInstant(load.endMs);
  let largest = Number.NEGATIVE_INFINITY;
  let atMs = 0;
  const reach = (value: number, instantMs: number) => {
    if (value <= largest) return;
    largest = value;
    atMs = instantMs;
  };
  for (const span of spansOf(load.line)) {
    if (span.beginMs >= endMs) break;
    const untilMs = Math.min(span.endMs, endMs);
    reach(span.from, span.beginMs);
    reach(valueIn(span, untilMs), untilMs);
  }
  return atMs;
}

/**
 * How many users the closed loads want, at an instant in ms since the run's start. With the plan's kinds it is no more
 * than their fixed counts allow. Open loads count none: how many users they need depends on the answers.
 */
export function plannedUsersAt(loads: readonly PlannedLoad[], atRunMs: number, kinds?: readonly PlannedKind[]): number {
  let users = 0;
  for (const load of loads) {
    if (load.model !== 'users' || load.startAtMs === undefined) continue;
    const wanted = usersAt(load, atRunMs - load.startAtMs);
    users += kinds === undefined ? wanted : Math.min(wanted, mostUsers(load, kinds));
  }
  return users;
}
