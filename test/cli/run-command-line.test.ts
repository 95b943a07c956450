import { expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/run-command-line.js';

it.each([
  ['runn', 'loadwright run'],
  ['optoins', 'loadwright options'],
  ['scenario.ts', 'loadwright run scenario.ts'],
  ['--headless', 'loadwright run <file>   or   loadwright --help'],
  ['zzzzzz', 'loadwright run <file>   or   loadwright --help'],
])('refuses the command %s and says what to type', async (word, hint) => {
  await expect(runCommandLine([word])).rejects.toMatchObject({ code: 'ERR_OPTION_UNKNOWN', exitCode: 2, hint });
});

it.each(['agent'])('refuses the command %s of a later version by name', async (word) => {
  await expect(runCommandLine([word])).rejects.toMatchObject({
    code: 'ERR_NOT_SUPPORTED',
    message: expect.stringContaining(`"${word}"`),
  });
});
