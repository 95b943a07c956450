import type { ResolvedOptions } from '../../options/resolved-options.js';
import { checkHosts } from './check-host.js';
import { checkLimits, checkLocalAddresses, type LimitWarning, limitSockets } from './check-limits.js';
import type { PlannedRun } from './plan-run.js';
import { readSystemLimits, type SystemLimits } from './system-limits.js';

/** Where requests with a relative path go, of each kind. */
export function hostsOf({ plan }: Pick<PlannedRun, 'plan'>): (string | undefined)[] {
  return plan.kinds.map(({ host }) => host);
}

/**
 * Refuses a run that would be a waste of time; `--no-preflight` lets it have its way, except from addresses that are not
 * this machine's. Where files are short, it also keeps workers from taking the last ones.
 *
 * @returns the system's limits, and what only might go wrong
 * @throws LoadwrightError `ERR_LIMIT_FILES`, `ERR_LIMIT_PORTS`, `ERR_HOST_UNREACHABLE`, `ERR_OPTION_INVALID`
 */
export async function checkBeforeRun(
  planned: PlannedRun,
  options: ResolvedOptions,
): Promise<{ limits: SystemLimits; warnings: LimitWarning[] }> {
  const limits = readSystemLimits();
  planned.settings.http.mostSockets = limitSockets(planned, options, limits);
  await checkLocalAddresses(options);
  if (!options.values.preflight) return { limits, warnings: [] };
  const warnings = checkLimits(planned, options, limits);
  await checkHosts(hostsOf(planned), options.values);
  return { limits, warnings };
}
