import { describe, expect, it } from 'vitest';
import { isPageWanted } from '../../src/cli/is-page-wanted.js';
import { resolveOptions } from '../../src/options/resolve-options.js';
import type { LayerName } from '../../src/options/resolved-options.js';

type Given = readonly [layer: LayerName, name: string, value: unknown];

function isWanted(given: readonly Given[], hasTerminal = false): boolean {
  const layers = given.map(([layer, name, value]) => ({ layer, values: { [name]: { value, origin: layer } } }));
  return isPageWanted(resolveOptions(layers), hasTerminal);
}

describe('a page', () => {
  it('is there on a terminal, and nowhere else by itself', () => {
    expect(isWanted([], true)).toBe(true);
    expect(isWanted([], false)).toBe(false);
  });

  it.each<[readonly Given[], boolean]>([
    [[['flag', 'headless', true]], false],
    [[['flag', 'headless', false]], true],
    [[['flag', 'autostart', true]], true],
    [[['flag', 'webPort', 8090]], true],
    [[['environment', 'webHost', '0.0.0.0']], true],
    [
      [
        ['flag', 'debug', true],
        ['flag', 'webPort', 8090],
      ],
      false,
    ],
    [
      [
        ['profile', 'headless', true],
        ['flag', 'autostart', true],
      ],
      true,
    ],
    [
      [
        ['environment', 'webPort', 8090],
        ['flag', 'headless', true],
      ],
      false,
    ],
    [[['flag', 'autoquit', '0s']], true],
  ])('%j: %s, with a terminal or without', (given, wanted) => {
    expect(isWanted(given, false)).toBe(wanted);
    expect(isWanted(given, true)).toBe(wanted);
  });

  it('is not asked for and refused in one place', () => {
    expect(() =>
      isWanted([
        ['flag', 'headless', true],
        ['flag', 'autostart', true],
      ]),
    ).toThrow(
      expect.objectContaining({
        code: 'ERR_OPTION_CONFLICT',
        hint: expect.stringMatching(/--headless and --autostart/),
      }),
    );
  });
});
