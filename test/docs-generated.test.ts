import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawFigures } from '../scripts/draw-figures.mjs';
import { formatOptionDocs, replaceErrorTable, replaceMetricTable, replaceRuleTable } from '../scripts/format-docs.mjs';
import { formatResultSchema } from '../scripts/format-schema.mjs';
import { ERRORS } from '../src/errors.js';
import { ENTRY_NAMES } from '../src/metrics/bottlenecks/evidence.js';
import { BOTTLENECK_RULES } from '../src/metrics/bottlenecks/rule-table.js';
import { METRIC_TABLE } from '../src/metrics/metric-table.js';
import { RUN_FLAGS } from '../src/options/command-flags.js';
import { formatOptionValue } from '../src/options/format-option-value.js';
import { LATER_FLAGS } from '../src/options/later-flags.js';
import { OPTION_GROUPS } from '../src/options/option-definition.js';
import { definitionOf, environmentName, OPTION_NAMES } from '../src/options/option-table.js';
import { resultSchema } from '../src/reporters/result/result-schema.js';
import { planLoadModel } from '../src/runtime/conductor/plan-load-model.js';
import { planShape, shapeLoad } from '../src/runtime/conductor/shape-load.js';
import { rateAt, StartTimes } from '../src/runtime/load/starts.js';
import { usersAt } from '../src/runtime/load/users.js';
import { findShapes, readLoads } from '../src/runtime/user/define-loads.js';
import { EXECUTORS } from '../src/runtime/user/load-models.js';

function readPage(name: string): string {
  return readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8');
}

const REMEDY = 'npm run docs';

describe('generated documentation', () => {
  it('docs/options.md says what the option table says', () => {
    const expected = formatOptionDocs({
      groups: OPTION_GROUPS,
      names: OPTION_NAMES,
      definitionOf,
      environmentName,
      formatOptionValue,
      runFlags: RUN_FLAGS,
      laterFlags: LATER_FLAGS,
    });
    expect(readPage('options.md'), REMEDY).toBe(expected);
  });

  it('schema/result.json says what the document of --json is', () => {
    expect(readPage('../schema/result.json'), REMEDY).toBe(formatResultSchema(resultSchema));
  });

  it('docs/errors.md lists the errors there are', () => {
    const page = readPage('errors.md');
    expect(page, REMEDY).toBe(replaceErrorTable(page, ERRORS));
  });

  it('docs/thresholds.md lists the metrics there are', () => {
    const page = readPage('thresholds.md');
    for (const { name } of METRIC_TABLE) expect(page).toContain(`| \`${name}\` |`);
    expect(page, REMEDY).toBe(replaceMetricTable(page, METRIC_TABLE));
  });

  it('docs/bottlenecks.md lists the rules there are, with their limits', () => {
    const page = readPage('bottlenecks.md');
    for (const rule of Object.keys(BOTTLENECK_RULES)) expect(page).toContain(`| \`${rule}\` |`);
    for (const names of Object.values(ENTRY_NAMES)) {
      expect(page).toContain(`| ${names.map((name) => `\`${name}\``).join(', ')} |`);
    }
    expect(page, REMEDY).toBe(replaceRuleTable(page, BOTTLENECK_RULES));
  });

  it('docs/figures/ shows the loads of docs/load-models.md as they are planned, each model once', () => {
    const source = { readLoads, findShapes, planLoadModel, planShape, shapeLoad, usersAt, rateAt, StartTimes };
    const figures = drawFigures(readPage('load-models.md'), source);
    expect(Object.keys(figures).sort()).toEqual(readdirSync(new URL('../docs/figures/', import.meta.url)).sort());
    const models = ['plain', 'stages', ...EXECUTORS, 'shape'].map((name) => `${name}.svg`);
    expect(Object.keys(figures)).toEqual(expect.arrayContaining(models));
    for (const [name, figure] of Object.entries(figures)) expect(readPage(`figures/${name}`), REMEDY).toBe(figure);
  });

  it('docs/errors.md has one section for each error, with something in it', () => {
    const sections = readPage('errors.md').split(/^## /m);
    const coded = sections.filter((section) => section.startsWith('ERR_'));
    expect(coded.map((section) => section.split('\n')[0]).sort()).toEqual(Object.keys(ERRORS).sort());
    for (const section of coded) expect(section.length, section).toBeGreaterThan(200);
  });
});
