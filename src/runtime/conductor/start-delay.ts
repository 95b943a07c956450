import { hasOpenLoads } from '../load/describe-load.js';
import type { Plan } from '../plan.js';

/** Time for the start message to reach every share. */
const DELAY_MS = 2;
/** Time for listeners to do what the first event asks of them, too: that would take from the first starts of a rate. */
const OPEN_DELAY_MS = 20;

/** How long after the first event users start, in ms. Who waits for its answers can begin at once: it falls behind nothing. */
export function startDelayMs(plan: Plan): number {
  return hasOpenLoads(plan) ? OPEN_DELAY_MS : DELAY_MS;
}
