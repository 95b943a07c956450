import { formatOptionValue } from '../../options/format-option-value.js';
import { OPTION_NAMES } from '../../options/option-table.js';
import type { OptionLayer, ResolvedOptions } from '../../options/resolved-options.js';
import { padEnd, widthOf } from '../../reporters/format/pad-text.js';
import { commandNamed } from '../command-table.js';
import { parseCommandLine } from '../parse-command-line.js';
import { readLayers } from '../read-layers.js';

/** `loadwright options [file]`: every value and where it came from. */
export async function optionsCommand(words: readonly string[]): Promise<number> {
  const line = parseCommandLine(words, commandNamed('options')!);
  const [path] = line.words;
  const { layers, early } = readLayers(line);
  process.stdout.write(formatOptions(path === undefined ? early : await resolveWithScript(path, layers)));
  return 0;
}

async function resolveWithScript(path: string, layers: readonly OptionLayer[]): Promise<ResolvedOptions> {
  const { describeScenario } = await import('../../runtime/conductor/describe-scenario.js');
  const { resolveRunOptions } = await import('../../runtime/conductor/resolve-run-options.js');
  return resolveRunOptions(layers, await describeScenario(path));
}

/** A table of option, value and origin. */
export function formatOptions({ values, origins }: ResolvedOptions): string {
  const rows = OPTION_NAMES.map((name) => [name, formatOptionValue(name, values[name]) || '-', origins[name].origin]);
  const header = ['Option', 'Value', 'From'];
  const widths = header.map((title, column) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(row[column] ?? ''))),
  );
  const format = (row: string[]) => row.map((cell, column) => padEnd(cell, widths[column] ?? 0)).join('  ');
  const lines = [format(header), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(format)];
  return `${lines.map((text) => text.trimEnd()).join('\n')}\n`;
}
