import type { ScenarioDescription } from '../protocol.js';
import { bundleScript } from './bundle-script.js';
import { createThreadFleet } from './thread-fleet.js';

/**
 * What a scenario file defines: kinds, tasks, options. No user starts.
 *
 * @throws LoadwrightError as for a run: not found, does not compile, threw while loading, nothing to run
 */
export async function describeScenario(path: string): Promise<ScenarioDescription> {
  const fleet = createThreadFleet();
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
