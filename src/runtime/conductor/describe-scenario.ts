import type { ScenarioDescription } from '../protocol.js';
import { bundleScript } from './bundle-script.js';
import { PortFleet } from './port-fleet.js';
import { createThreadLauncher } from './worker-pool.js';

/**
 * What a scenario file defines: kinds, tasks, options. No user starts.
 *
 * @throws LoadwrightError as for a run: not found, does not compile, threw while loading, nothing to run
 */
export async function describeScenario(path: string): Promise<ScenarioDescription> {
  const fleet = new PortFleet(createThreadLauncher());
  try {
    const bundle = await bundleScript(path);
    try {
      return await fleet.describe({ type: 'file', url: bundle.url });
    } finally {
      bundle.remove();
    }
  } finally {
    await fleet.close();
  }
}
