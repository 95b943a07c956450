import { basename } from 'node:path';
import { fromScript } from '../../options/from-script.js';
import { resolveOptions } from '../../options/resolve-options.js';
import { describeScenario } from '../../runtime/conductor/describe-scenario.js';
import { planRun } from '../../runtime/conductor/plan-run.js';
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
  const description = await describeScenario(path);
  const options = resolveOptions([...layers, fromScript(description.options)]);
  checkTags(options, description);
  const { plan, shares } = planRun(options, description, wanted);
  process.stdout.write(formatInspection({ scenario: basename(path), plan, shares, descriptions: description.kinds }));
  return 0;
}
