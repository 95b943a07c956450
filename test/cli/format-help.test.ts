import { describe, expect, it } from 'vitest';
import { COMMANDS, commandNamed } from '../../src/cli/command-table.js';
import { formatCommandHelp, formatProgramHelp } from '../../src/cli/format-help.js';
import { OPTION_NAMES, OPTION_TABLE } from '../../src/options/option-table.js';

describe('help', () => {
  it.each(COMMANDS.map(({ name }) => name))('of %s fits into 80 columns', (name) => {
    const lines = formatCommandHelp(commandNamed(name)!).split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it('names every flag of run', () => {
    const help = formatCommandHelp(commandNamed('run')!);
    for (const name of OPTION_NAMES) expect(help).toMatch(new RegExp(`--(no-)?${OPTION_TABLE[name].flag}\\b`));
    expect(help).toContain('-l, --list');
    expect(help).toContain('--config');
  });

  it('names every command', () => {
    const help = formatProgramHelp();
    for (const { name } of COMMANDS) expect(help).toContain(`  ${name}`);
    expect(help.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});
