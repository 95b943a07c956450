// Writes docs/options.md and the table of docs/errors.md from the built package: npm run build comes first.
// Another build than dist/ can be named: node scripts/generate-docs.mjs <folder>
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { formatOptionDocs, replaceErrorTable } from './format-docs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = pathToFileURL(`${resolve(process.argv[2] ?? `${root}dist`)}/`);
const load = async (file) => await import(new URL(file, dist));

const { OPTION_GROUPS } = await load('options/option-definition.js');
const { OPTION_NAMES, definitionOf, environmentName } = await load('options/option-table.js');
const { formatOptionValue } = await load('options/format-option-value.js');
const { RUN_FLAGS } = await load('options/command-flags.js');
const { LATER_FLAGS } = await load('options/later-flags.js');
const { ERRORS } = await load('errors.js');

const options = formatOptionDocs({
  groups: OPTION_GROUPS,
  names: OPTION_NAMES,
  definitionOf,
  environmentName,
  formatOptionValue,
  runFlags: RUN_FLAGS,
  laterFlags: LATER_FLAGS,
});
writeFileSync(new URL('../docs/options.md', import.meta.url), options);
const errorsPage = new URL('../docs/errors.md', import.meta.url);
writeFileSync(errorsPage, replaceErrorTable(readFileSync(errorsPage, 'utf8'), ERRORS));
