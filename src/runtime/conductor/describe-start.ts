import type { RunStarted } from '../protocol.js';
import { VERSION } from '../version.js';
import type { PlannedRun } from './plan-run.js';
import { withoutCredentials } from './run-result.js';

/** What is told of a run before anything happens in it; `startedAt` is the wall-clock time of second 0. */
export function describeStart(planned: PlannedRun, scenario: string, startedAt: string): RunStarted {
  const { plan, sharesThread, shares } = planned;
  return {
    type: 'run-started',
    startedAt,
    scenario,
    host: withoutCredentials(plan.kinds[0]?.host),
    workers: sharesThread ? 0 : shares,
    plan: { ...plan, kinds: plan.kinds.map((kind) => ({ ...kind, host: withoutCredentials(kind.host) })) },
    version: VERSION,
  };
}
