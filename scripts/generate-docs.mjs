// Writes from src/: schema/result.json, docs/options.md, the tables of docs/errors.md, docs/thresholds.md and
// docs/bottlenecks.md, and docs/figures/.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { drawFigures } from './draw-figures.mjs';
import { formatOptionDocs, replaceErrorTable, replaceMetricTable, replaceRuleTable } from './format-docs.mjs';
import { formatResultSchema } from './format-schema.mjs';

const SOURCES = [
  'options/option-definition',
  'options/option-table',
  'options/format-option-value',
  'options/command-flags',
  'options/later-flags',
  'errors',
  'metrics/metric-table',
  'metrics/bottlenecks/rule-table',
  'reporters/result/result-schema',
  'runtime/user/define-loads',
  'runtime/conductor/plan-load-model',
  'runtime/conductor/shape-load',
  'runtime/load/users',
  'runtime/load/starts',
];

/** Everything the sources export, built for this once. */
async function loadSources() {
  // In the project, where packages are found.
  const place = fileURLToPath(new URL('../.loadwright/', import.meta.url));
  mkdirSync(place, { recursive: true });
  const folder = mkdtempSync(join(place, 'docs-'));
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

const source = await loadSources();
const {
  OPTION_GROUPS,
  OPTION_NAMES,
  definitionOf,
  environmentName,
  formatOptionValue,
  RUN_FLAGS,
  LATER_FLAGS,
  ERRORS,
  METRIC_TABLE,
  BOTTLENECK_RULES,
  resultSchema,
} = source;
const docs = (name) => new URL(`../docs/${name}`, import.meta.url);

const options = formatOptionDocs({
  groups: OPTION_GROUPS,
  names: OPTION_NAMES,
  definitionOf,
  environmentName,
  formatOptionValue,
  runFlags: RUN_FLAGS,
  laterFlags: LATER_FLAGS,
});
writeFileSync(docs('options.md'), options);
mkdirSync(new URL('../schema/', import.meta.url), { recursive: true });
writeFileSync(new URL('../schema/result.json', import.meta.url), formatResultSchema(resultSchema));
rewrite('errors.md', (page) => replaceErrorTable(page, ERRORS));
rewrite('thresholds.md', (page) => replaceMetricTable(page, METRIC_TABLE));
rewrite('bottlenecks.md', (page) => replaceRuleTable(page, BOTTLENECK_RULES));

const figures = drawFigures(readFileSync(docs('load-models.md'), 'utf8'), source);
mkdirSync(docs('figures/'), { recursive: true });
for (const [name, figure] of Object.entries(figures)) writeFileSync(docs(`figures/${name}`), figure);

function rewrite(name, change) {
  writeFileSync(docs(name), change(readFileSync(docs(name), 'utf8')));
}
