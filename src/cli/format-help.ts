import type { CommandFlag } from '../options/command-flags.js';
import { formatOptionValue } from '../options/format-option-value.js';
import { OPTION_GROUPS, type OptionDefinition } from '../options/option-definition.js';
import { definitionOf, OPTION_NAMES } from '../options/option-table.js';
import type { OptionName } from '../options/resolved-options.js';
import { COMMANDS, type CommandDefinition } from './command-table.js';

const WIDTH = 80;
const FLAG_COLUMN = 32;

/** What `loadwright --help` prints. */
export function formatProgramHelp(): string {
  const commands = COMMANDS.map(({ name, usage, summary }) => formatRow(`  ${name} ${usage}`.trimEnd(), summary));
  return [
    'Load tests in TypeScript.',
    '',
    'Usage: loadwright <command> [flags]',
    '',
    'Commands',
    ...commands,
    '',
    formatRow('  <command> --help', 'Flags of a command.'),
    formatRow('  --version', 'The version of Loadwright.'),
    '',
    'Start here',
    ...['run', 'demo', 'init'].map((name) => `  ${name === 'run' ? 'loadwright demo' : exampleOf(name)}`),
    '',
  ].join('\n');
}

/** What `loadwright <command> --help` prints: every flag, by group, from the option table. */
export function formatCommandHelp(command: CommandDefinition): string {
  const own = command.flags.map((flag) => formatRow(formatFlagNames(flag), flag.help));
  const lines = [`Usage: loadwright ${command.name} ${command.usage} [flags]`, '', ...wrap(command.summary, WIDTH), ''];
  if (own.length > 0) lines.push('Flags', ...own, '');
  if (command.takesOptions) {
    for (const group of OPTION_GROUPS) {
      const names = OPTION_NAMES.filter((name) => definitionOf(name).group === group);
      lines.push(group, ...names.map((name) => formatOption(name)), '');
    }
  }
  lines.push(
    'Example',
    ...wrap(command.example, WIDTH - 4).map((line, index) => `${index > 0 ? '    ' : '  '}${line}`),
  );
  if (command.takesOptions) {
    lines.push(
      '',
      ...wrap(
        'Every flag is also an environment variable (LOADWRIGHT_USERS=10) and a key of loadwright.json ({ "users": 10 }). Flags win. More: docs/options.md',
        WIDTH,
      ),
    );
  }
  return `${lines.join('\n')}\n`;
}

function exampleOf(name: string): string {
  return COMMANDS.find((command) => command.name === name)?.example ?? '';
}

function formatOption(name: OptionName): string {
  const definition = definitionOf(name);
  return formatRow(
    formatFlagNames(asFlag(definition)),
    `${definition.negatedHelp ?? definition.help}${formatDefault(name, definition)}`,
  );
}

function asFlag(definition: OptionDefinition<unknown>): Pick<CommandFlag, 'flag' | 'short' | 'metavar'> {
  const { short, metavar } = definition;
  const flag = definition.default === true ? `no-${definition.flag}` : definition.flag;
  return { flag, metavar, ...(short === undefined ? {} : { short }) };
}

function formatDefault(name: OptionName, definition: OptionDefinition<unknown>): string {
  if (definition.kind === 'boolean') return '';
  const text = definition.defaultText ?? formatOptionValue(name, definition.default);
  const repeat = definition.isRepeatable ? '; repeatable' : '';
  return text === '' ? '' : ` (default ${text}${repeat})`;
}

function formatFlagNames({ flag, short, metavar }: Pick<CommandFlag, 'flag' | 'short' | 'metavar'>): string {
  const value = metavar === '' ? '' : ` ${metavar.startsWith('[') ? metavar : `<${metavar}>`}`;
  return `  ${short === undefined ? '    ' : `-${short}, `}--${flag}${value}`;
}

function formatRow(left: string, text: string): string {
  const [first = '', ...rest] = wrap(text, WIDTH - FLAG_COLUMN);
  const isLong = left.length > FLAG_COLUMN - 2;
  const indent = ' '.repeat(FLAG_COLUMN);
  const head = isLong ? [left, `${indent}${first}`] : [`${left.padEnd(FLAG_COLUMN)}${first}`];
  return [...head, ...rest.map((line) => `${indent}${line}`)].join('\n');
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
