import { basename } from 'node:path';
import { inspectPlan } from '../../runtime/conductor/inspect-plan.js';
import { commandNamed } from '../command-table.js';
import { formatInspection } from '../format-inspection.js';
import { listKinds } from '../list-kinds.js';
import { parseCommandLine } from '../parse-command-line.js';
import { readLayers } from '../read-layers.js';
import { checkTags } from '../run-scenario.js';
import { splitScenarioWords } from '../scenario-words.js';

/** `loadwright inspect <file> [Kind…]`: what would run. */
export async function inspectCommand(words: readonly string[]): Promise<number> {
  const line = parseCommandLine(words, commandNamed('inspect')!);
  const { path, kinds: wanted } = splitScenarioWords('inspect', line.words);
  const { layers } = readLayers(line);
  if (line.own.list === true) return await listKinds(path);
  const inspected = await inspectPlan({ path, layers, kinds: wanted, checkOptions: checkTags });
  process.stdout.write(formatInspection({ scenario: basename(path), ...inspected }));
  return 0;
}
