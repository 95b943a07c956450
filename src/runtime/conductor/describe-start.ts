import type { OptionRecord } from '../../options/describe-options.js';
import type { Machine, RunStarted } from '../protocol.js';
import { VERSION } from '../version.js';
import type { PlannedRun } from './plan-run.js';
import { withoutCredentials } from './run-result.js';

export interface StartParts {
  planned: PlannedRun;
  scenario: string;
  /** Wall-clock time of second 0, ISO 8601. */
  startedAt: string;
  options: Record<string, OptionRecord>;
  machine: Machine;
}

/** With what and where a run runs: what is known of its start beforehand. */
export type RunSetting = Pick<StartParts, 'options' | 'machine'>;

/** What everybody is told of a run as it starts. */
export function describeStart({ planned, scenario, startedAt, options, machine }: StartParts): RunStarted {
  const { plan, sharesThread, shares } = planned;
  return {
    type: 'run-started',
    startedAt,
    scenario,
    host: withoutCredentials(plan.kinds[0]?.host),
    workers: sharesThread ? 0 : shares,
    plan: { ...plan, kinds: plan.kinds.map((kind) => ({ ...kind, host: withoutCredentials(kind.host) })) },
    options,
    machine,
    version: VERSION,
  };
}
