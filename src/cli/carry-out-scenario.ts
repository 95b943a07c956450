import type { ResolvedOptions } from '../options/resolved-options.js';
import { isPageWanted } from './is-page-wanted.js';
import type { Runtime } from './load-runtime.js';
import { runScenario, type ScenarioRun } from './run-scenario.js';

/** Runs a scenario at once, or serves a page that runs it; resolves to the exit code. */
export async function carryOutScenario(
  scenario: ScenarioRun,
  runtime: Runtime,
  early: ResolvedOptions,
): Promise<number> {
  if (isPageWanted(early, hasTerminal())) {
    return await (await import('./serve-page.js')).servePage(scenario, runtime, early);
  }
  if (!early.values.headless && !early.values.debug) {
    process.stderr.write(
      'No terminal, so no web page: running headless. --headless says the same, --web-port serves the page.\n',
    );
  }
  return await runScenario(scenario, runtime);
}

/** Somebody sits there who can open a page; on a build server nobody does, whatever it calls a terminal. */
function hasTerminal(): boolean {
  const { CI = '' } = process.env;
  return process.stdin.isTTY === true && process.stdout.isTTY === true && (CI === '' || CI === 'false');
}
