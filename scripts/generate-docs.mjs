// Writes docs/options.md and the table of docs/errors.md from src/.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { formatOptionDocs, replaceErrorTable } from './format-docs.mjs';

const SOURCES = [
  'options/option-definition',
  'options/option-table',
  'options/format-option-value',
  'options/command-flags',
  'options/later-flags',
  'errors',
];

/** Everything the sources export, built for this once. */
async function loadSources() {
  const folder = mkdtempSync(join(tmpdir(), 'loadwright-docs-'));
  const outfile = join(folder, 'sources.mjs');
  try {
    await build({
      stdin: {
        contents: SOURCES.map((name) => `export * from './${name}.js';`).join('\n'),
        resolveDir: fileURLToPath(new URL('../src', import.meta.url)),
        loader: 'ts',
      },
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const {
  OPTION_GROUPS,
  OPTION_NAMES,
  definitionOf,
  environmentName,
  formatOptionValue,
  RUN_FLAGS,
  LATER_FLAGS,
  ERRORS,
} = await loadSources();

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
