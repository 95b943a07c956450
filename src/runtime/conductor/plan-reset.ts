import { rampEndMs } from '../load/describe-load.js';
import type { LivePlan } from './live-plan.js';

/**
 * The second from which on everything counts under `--reset-stats`: the first after all ramps. With nothing to come after
 * them there would be no numbers at all, and nothing to fail for: then 0.
 */
export function planReset({ loads, endMs }: Pick<LivePlan, 'loads' | 'endMs'>): number {
  const ends = loads.map((load) => (load.startAtMs ?? 0) + rampEndMs(load));
  const resetAt = Math.ceil(Math.max(...ends) / 1000);
  return resetAt * 1000 < (endMs ?? Number.POSITIVE_INFINITY) ? resetAt : 0;
}
