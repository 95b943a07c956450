import { formatDuration } from '../../options/format-duration.js';
import { formatStage } from '../../options/parse-stages.js';
import { resolveOptions } from '../../options/resolve-options.js';
import type { OptionValues } from '../../options/resolved-options.js';
import { redactSecrets } from '../../redact-secrets.js';
import { describeLoad } from '../../reporters/format/format-run-lines.js';
import type { ScenarioDescription } from '../../runtime/protocol.js';
import type { LoadChoice, StartForm } from './http-interface.js';
import type { PlannedStart, StartSource } from './plan-start.js';

/** What the form is filled with: the run that would start if nothing were changed in it; `planned`: undefined if it could not. */
export function describeForm(planned: PlannedStart | undefined, source: StartSource): StartForm {
  const values = planned?.options.values ?? resolveOptions(source.layers).values;
  const { described } = source;
  return {
    load: chooseLoad(values, described),
    host: redactSecrets(values.host ?? ''),
    users: values.users,
    spawnRate: values.spawnRate,
    runTime: values.runTime === undefined ? '' : formatDuration(values.runTime),
    iterations: values.iterations ?? null,
    profile: values.profile ?? '',
    profiles: Object.keys(described.profiles),
    stages: values.stages.map(formatStage),
    kinds: described.kinds.map(({ name, weight, fixedCount }) => ({
      name,
      weight: fixedCount ?? weight,
      isFixed: fixedCount !== undefined,
      isPicked: source.kinds.length === 0 ? (fixedCount ?? weight) > 0 : source.kinds.includes(name),
    })),
    scenarioLoad: planned === undefined ? '' : describeLoad(planned.planned.plan),
  };
}

function chooseLoad(values: OptionValues, { loads }: ScenarioDescription): LoadChoice {
  if (values.stages.length > 0) return 'stages';
  if (values.profile !== undefined) return 'profile';
  const isPlain = loads.every(({ executor, source }) => executor === 'plain' && source === 'load');
  return isPlain ? 'users' : 'scenario';
}
