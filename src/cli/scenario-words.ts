import { LoadwrightError } from '../errors.js';

/** The scenario's path and the names of kinds from the words of a command line. */
export function splitScenarioWords(command: string, words: readonly string[]): { path: string; kinds: string[] } {
  const [path, ...kinds] = words;
  if (path !== undefined) return { path, kinds };
  throw new LoadwrightError('ERR_OPTION_INVALID', {
    message: `"${command}" needs the path of a scenario, but none was given.`,
    hint: `loadwright ${command} scenario.ts`,
  });
}
