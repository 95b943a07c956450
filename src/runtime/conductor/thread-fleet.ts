import { PortFleet } from './port-fleet.js';
import { createThreadLauncher } from './worker-pool.js';

/** A fleet of worker threads, the first of which boots from now on. */
export function createThreadFleet(): PortFleet {
  const fleet = new PortFleet(createThreadLauncher());
  fleet.warmUp();
  return fleet;
}
