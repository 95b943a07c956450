import { carryOutScenario } from '../carry-out-scenario.js';
import { commandNamed } from '../command-table.js';
import type { Runtime } from '../load-runtime.js';
import { parseCommandLine } from '../parse-command-line.js';
import { readLayers } from '../read-layers.js';
import { splitScenarioWords } from '../scenario-words.js';
import { stopOnSignals } from '../stop-on-signals.js';

/** `loadwright run <file> [Kind…]`. */
export async function runCommand(words: readonly string[], runtime: Runtime): Promise<number> {
  const line = parseCommandLine(words, commandNamed('run')!);
  const { path, kinds } = splitScenarioWords('run', line.words);
  const { layers, early } = readLayers(line);
  if (line.own.list === true) return await (await import('../list-kinds.js')).listKinds(path);
  const { signal, release } = stopOnSignals();
  try {
    return await carryOutScenario({ path, kinds, layers, signal }, runtime, early);
  } finally {
    release();
  }
}
