import { resolveOptions } from '../../options/resolve-options.js';
import type { OptionLayer } from '../../options/resolved-options.js';
import type { PortFleet } from './port-fleet.js';
import type { RunRequest } from './run-request.js';
import type { CleanUp } from './with-clean-ups.js';

/** Threads, or this thread with `workers: 0`. */
export async function createFleet(
  { threads }: RunRequest,
  layers: readonly OptionLayer[],
  cleanUps: CleanUp[],
): Promise<PortFleet> {
  const isThisThread = resolveOptions(layers).values.workers === 0;
  if (isThisThread) await (await threads)?.close();
  const fleet = isThisThread
    ? (await import('./this-thread.js')).createThisThreadFleet()
    : ((await threads) ?? (await import('./thread-fleet.js')).createThreadFleet());
  cleanUps.unshift(() => fleet.close());
  return fleet;
}
