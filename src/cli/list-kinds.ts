import { describeScenario } from '../runtime/conductor/describe-scenario.js';

/** `--list`: prints the kinds of users in a scenario, one a line. */
export async function listKinds(path: string): Promise<number> {
  const { kinds } = await describeScenario(path);
  process.stdout.write(`${kinds.map(({ name }) => name).join('\n')}\n`);
  return 0;
}
