import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RUN_FLAGS } from '../../src/options/command-flags.js';
import { formatOptionValue } from '../../src/options/format-option-value.js';
import { LATER_FLAGS } from '../../src/options/later-flags.js';
import { definitionOf, environmentName, OPTION_NAMES } from '../../src/options/option-table.js';

/** Names of the members of `interface OptionValues`, read from its source. */
function readOptionValues(): string[] {
  const source = readFileSync(new URL('../../src/options/resolved-options.ts', import.meta.url), 'utf8');
  const body = /interface OptionValues \{([\s\S]*?)\n\}/.exec(source)?.[1] ?? '';
  return [...body.matchAll(/^ {2}(\w+)\??:/gm)].map((match) => match[1] ?? '');
}

describe('the option table', () => {
  it('has exactly the options of OptionValues', () => {
    expect(readOptionValues().length).toBeGreaterThan(30);
    expect([...OPTION_NAMES].sort()).toEqual(readOptionValues().sort());
  });

  it('uses every flag, letter and environment name once', () => {
    const definitions = OPTION_NAMES.map(definitionOf);
    const flags = [...definitions, ...LATER_FLAGS, ...RUN_FLAGS].map(({ flag }) => flag);
    const letters = [...definitions, ...LATER_FLAGS, ...RUN_FLAGS].flatMap(({ short }) => short ?? []);
    expect(new Set(flags).size).toBe(flags.length);
    expect(new Set(letters).size).toBe(letters.length);
    expect(new Set(OPTION_NAMES.map(environmentName)).size).toBe(OPTION_NAMES.length);
  });

  it('keeps the letters of Locust', () => {
    const letters = Object.fromEntries(
      OPTION_NAMES.flatMap((name) => {
        const { short, flag } = definitionOf(name);
        return short === undefined ? [] : [[short, flag]];
      }),
    );
    expect(letters).toEqual({
      H: 'host',
      u: 'users',
      r: 'spawn-rate',
      t: 'run-time',
      T: 'tags',
      E: 'exclude-tags',
      s: 'stop-timeout',
      L: 'loglevel',
      P: 'web-port',
    });
  });

  it.each(OPTION_NAMES)('%s: takes its own example, and its default as it is printed', (name) => {
    const definition = definitionOf(name);
    expect(definition.parse(definition.example)).toMatchObject({ isValid: true });
    const isEmpty = Array.isArray(definition.default) || definition.kind === 'pairs';
    if (definition.default === undefined || isEmpty) return;
    const text = formatOptionValue(name, definition.default);
    expect(definition.parse(text)).toEqual({ isValid: true, value: definition.default });
  });

  it.each(OPTION_NAMES)('%s: refuses what is no value of its kind', (name) => {
    for (const nonsense of [null, '', [], {}, [{}]]) {
      const isEmptyPairs =
        definitionOf(name).kind === 'pairs' && JSON.stringify(nonsense).length === 2 && nonsense !== '';
      if (isEmptyPairs) continue;
      expect(definitionOf(name).parse(nonsense), JSON.stringify(nonsense)).toMatchObject({ isValid: false });
    }
  });

  it('derives environment names from flags', () => {
    expect(environmentName('spawnRate')).toBe('LOADWRIGHT_SPAWN_RATE');
    expect(environmentName('logLevel')).toBe('LOADWRIGHT_LOGLEVEL');
    expect(environmentName('preflight')).toBe('LOADWRIGHT_PREFLIGHT');
  });
});
