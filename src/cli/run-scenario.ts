import { basename } from 'node:path';
import { LoadwrightError } from '../errors.js';
import { nearestName } from '../options/nearest-name.js';
import type { OptionLayer, ResolvedOptions } from '../options/resolved-options.js';
import type { Reporter } from '../reporters/reporter.js';
import type { RunRequest } from '../runtime/conductor/run-request.js';
import type { ScenarioDescription } from '../runtime/protocol.js';
import type { ChosenReporters } from './choose-reporters.js';
import { type DeferredListener, deferListener } from './defer-listener.js';
import type { Runtime } from './load-runtime.js';
import { exitCodeOfSignal } from './stop-on-signals.js';

/** A run as the command line asks for it. */
export interface ScenarioRun {
  path: string;
  kinds: string[];
  layers: OptionLayer[];
  signal: AbortSignal;
  /** What the run is called where it is kept; the scenario's file if not given. */
  name?: string;
}

/** Who else takes part in a run: a page that shows and changes it. */
export interface RunCompany extends Pick<RunRequest, 'adjust' | 'controls'> {
  reporter: Reporter;
  /** The folder in which the run is kept. */
  onFolder(path: string): void;
}

/**
 * Runs a scenario with the reporters its options ask for; resolves to the exit code. What a signal keeps from starting,
 * at a question or in a setup, says why and exits as a run does that was stopped.
 */
export async function runScenario(scenario: ScenarioRun, runtime: Runtime, company?: RunCompany): Promise<number> {
  const { signal, path, kinds, layers } = scenario;
  const { run } = await runtime.conductor;
  // While the scenario is bundled, and before the load: a scenario may leave no file to be opened.
  const reporters = import('./choose-reporters.js');
  reporters.catch(() => undefined);
  let chosen: ChosenReporters | undefined;
  let listener: DeferredListener | undefined;
  try {
    const { exitCode } = await run({
      ...(company?.adjust === undefined ? {} : { adjust: company.adjust }),
      controls: company?.controls,
      source: { type: 'file', path },
      kinds,
      layers,
      signal,
      ...(runtime.threads === undefined ? {} : { threads: runtime.threads }),
      confirmOrigins: async (origins, { users }) => {
        const { confirmOrigins } = await import('./ask-origins.js');
        return await confirmOrigins(origins, { users, input: process.stdin, output: process.stderr, signal });
      },
      createListener: (options, description) => {
        checkTags(options, description);
        listener = deferListener(reporters, ({ chooseReporters }) => {
          chosen = chooseReporters(options, {
            scenario: scenario.name ?? basename(path),
            more: company === undefined ? [] : [company.reporter],
          });
          if (chosen.folder !== undefined) company?.onFolder(chosen.folder);
          return chosen.listener;
        });
        return listener;
      },
    });
    for (const file of chosen?.listFiles() ?? []) process.stdout.write(`Wrote ${file}\n`);
    return exitCode;
  } catch (error) {
    await listener?.settle();
    if (!signal.aborted) throw error;
    await (await import('./print-error.js')).printError(error);
    return exitCodeOfSignal(signal);
  }
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
