import { LoadwrightError } from '../errors.js';
import { nearestName } from '../options/nearest-name.js';
import type { OptionLayer, ResolvedOptions } from '../options/resolved-options.js';
import type { RunResult, ScenarioDescription } from '../runtime/protocol.js';
import { deferListener } from './defer-listener.js';
import type { Runtime } from './load-runtime.js';

/** A run as the command line asks for it. */
export interface ScenarioRun {
  path: string;
  kinds: string[];
  layers: OptionLayer[];
  signal: AbortSignal;
}

/** Runs a scenario with the reporters its options ask for. */
export async function runScenario(scenario: ScenarioRun, runtime: Runtime): Promise<RunResult> {
  const { run } = await runtime.conductor;
  return await run({
    source: { type: 'file', path: scenario.path },
    kinds: scenario.kinds,
    layers: scenario.layers,
    signal: scenario.signal,
    threads: runtime.threads,
    createListener: (options, description) => {
      checkTags(options, description);
      return deferListener(async () => (await import('./choose-reporters.js')).chooseReporters(options));
    },
  });
}

/** A tag that no task has would choose nothing, and a kind's name behind `--tags` is taken for one. */
export function checkTags({ values, origins }: ResolvedOptions, { kinds }: ScenarioDescription): void {
  const known = [...new Set(kinds.flatMap((kind) => [...kind.tags, ...kind.tasks.flatMap((task) => task.tags)]))];
  for (const name of ['tags', 'excludeTags'] as const) {
    const unknown = values[name].find((tag) => !known.includes(tag));
    if (unknown === undefined) continue;
    const { origin } = origins[name];
    const isKind = kinds.some((kind) => kind.name === unknown);
    const nearest = nearestName(unknown, known);
    const hint = known.length === 0 ? `defineUser({ tags: ['${unknown}'], … })` : `${origin} ${nearest ?? known[0]}`;
    throw new LoadwrightError('ERR_OPTION_INVALID', {
      message: isKind
        ? `"${name}" takes the words up to the next flag, so ${origin} got "${unknown}", which is a kind of user.`
        : `"${name}" must be tags of the scenario, but ${origin} gave "${unknown}", which nothing is tagged with.`,
      hint: isKind ? `loadwright run <file> ${unknown} ${origin} …` : hint,
    });
  }
}
