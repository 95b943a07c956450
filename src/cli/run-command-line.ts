import { LoadwrightError } from '../errors.js';
import { notSupported } from '../options/later-flags.js';
import { nearestName } from '../options/nearest-name.js';
import { COMMANDS, commandNamed, LATER_COMMANDS } from './command-table.js';

/** Finds the command in the words and carries it out; resolves to the exit code. */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  const [first, ...rest] = words;
  if (first === '--version' || first === '-V') return print(`${(await import('../runtime/version.js')).VERSION}\n`);
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    const { formatCommandHelp, formatProgramHelp } = await import('./format-help.js');
    const command = commandNamed(rest[0] ?? '');
    print(command === undefined ? formatProgramHelp() : formatCommandHelp(command));
    // A script that lost its command must not look like one that worked.
    return first === undefined ? 2 : 0;
  }
  const command = commandNamed(first);
  if (command === undefined) throw refuseCommand(first);
  if (rest.includes('--help') || rest.includes('-h')) {
    return print((await import('./format-help.js')).formatCommandHelp(command));
  }
  const carryOut = await command.load();
  return await carryOut(rest);
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function refuseCommand(word: string): LoadwrightError {
  if (LATER_COMMANDS.includes(word)) return notSupported(`The command "${word}"`, 'loadwright --help');
  const nearest = nearestName(
    word,
    COMMANDS.map(({ name }) => name),
  );
  const message = word.startsWith('-')
    ? `The first word must be a command, but it is ${word}.`
    : `There is no command "${word}".`;
  const isFile = /\.[cm]?[jt]s$/.test(word);
  const fallback = isFile ? `loadwright run ${word}` : `loadwright run <file>   or   loadwright --help`;
  const hint = nearest === undefined || isFile ? fallback : `loadwright ${nearest}`;
  return new LoadwrightError('ERR_OPTION_UNKNOWN', { message, hint });
}
