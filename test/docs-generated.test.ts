import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatOptionDocs, replaceErrorTable } from '../scripts/format-docs.mjs';
import { ERRORS } from '../src/errors.js';
import { RUN_FLAGS } from '../src/options/command-flags.js';
import { formatOptionValue } from '../src/options/format-option-value.js';
import { LATER_FLAGS } from '../src/options/later-flags.js';
import { OPTION_GROUPS } from '../src/options/option-definition.js';
import { definitionOf, environmentName, OPTION_NAMES } from '../src/options/option-table.js';

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

  it('docs/errors.md lists the errors there are', () => {
    const page = readPage('errors.md');
    expect(page, REMEDY).toBe(replaceErrorTable(page, ERRORS));
  });

  it('docs/errors.md has one section for each error, with something in it', () => {
    const sections = readPage('errors.md').split(/^## /m);
    const coded = sections.filter((section) => section.startsWith('ERR_'));
    expect(coded.map((section) => section.split('\n')[0]).sort()).toEqual(Object.keys(ERRORS).sort());
    for (const section of coded) expect(section.length, section).toBeGreaterThan(200);
  });
});
