import { commandNamed } from '../command-table.js';
import type { Runtime } from '../load-runtime.js';
import { parseCommandLine } from '../parse-command-line.js';
import { readLayers } from '../read-layers.js';
import { runScenario } from '../run-scenario.js';
import { splitScenarioWords } from '../scenario-words.js';
import { stopOnSignals } from '../stop-on-signals.js';

/** `loadwright run <file> [Kind…]`. */
export async function runCommand(words: readonly string[], runtime: Runtime): Promise<number> {
  const line = parseCommandLine(words, commandNamed('run')!);
  const { path, kinds } = splitScenarioWords('run', line.words);
  const { layers, early } = readLayers(line);
  if (line.own.list === true) return await (await import('../list-kinds.js')).listKinds(path);
  if (!early.values.headless) {
    process.stderr.write('The web page is not part of this version: running headless (--headless says the same).\n');
  }
  const { signal, release } = stopOnSignals();
  try {
    return await runScenario({ path, kinds, layers, signal }, runtime);
  } finally {
    release();
  }
}
