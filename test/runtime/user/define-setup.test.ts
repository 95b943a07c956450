import { describe, expect, it } from 'vitest';
import { LoadwrightError } from '../../../src/errors.js';
import {
  defineSetup,
  isSetupDefinition,
  listSetups,
  readSetupTimeoutMs,
  type SetupOptions,
} from '../../../src/runtime/user/define-setup.js';

function refusalOf(define: () => unknown): string {
  try {
    define();
  } catch (error) {
    if (error instanceof LoadwrightError) return `${error.code} ${error.message}`;
  }
  return expect.fail('it was not refused');
}

describe('a setup', () => {
  it('is frozen, marked for every copy of the package, and does nothing by itself', () => {
    const setup = defineSetup(() => expect.fail('it ran'));
    expect(Object.isFrozen(setup)).toBe(true);
    expect(Symbol.for('loadwright.setup') in setup).toBe(true);
    expect(isSetupDefinition(setup)).toBe(true);
    expect(isSetupDefinition({ run: () => 1 })).toBe(false);
  });

  it('may take 60 seconds, or what it says', () => {
    const limitOf = (options: SetupOptions<undefined>) => readSetupTimeoutMs(defineSetup(() => undefined, options));
    expect([limitOf({}), limitOf({ timeout: '2m' }), limitOf({ timeout: 1.5 })]).toEqual([60_000, 120_000, 1500]);
  });

  it('is refused with what is not a function, a time or a key', () => {
    expect(refusalOf(() => defineSetup({} as never))).toMatch(/^ERR_SCENARIO_INVALID The setup must be a function/);
    expect(refusalOf(() => defineSetup(() => 1, { teardown: 'x' as never }))).toContain('"teardown" of defineSetup');
    for (const timeout of ['soon', 0, -1, '1h30', Number.NaN]) {
      expect(refusalOf(() => defineSetup(() => 1, { timeout }))).toContain(`the scenario gave ${timeout}`);
    }
    expect(refusalOf(() => defineSetup(() => 1, { tearDown: () => {} } as never))).toContain('no key "tearDown"');
  });
});

describe('the setups of a test', () => {
  const one = defineSetup(() => 1);
  const other = defineSetup(() => 2);

  it('stand in the order in which they are named', () => {
    expect(listSetups({ b: one, a: other })).toEqual([
      ['b', one],
      ['a', other],
    ]);
    expect(listSetups(undefined)).toEqual([]);
  });

  it('are setups, by name, each once', () => {
    expect(refusalOf(() => listSetups({ a: async () => 1 }))).toBe('ERR_SCENARIO_INVALID "setup.a" is not a setup.');
    for (const wrong of [null, 1, [one], one, () => 1]) {
      expect(refusalOf(() => listSetups(wrong))).toContain('"setup" of defineTest must be an object');
    }
    expect(refusalOf(() => listSetups({ a: one, b: one }))).toContain('"setup.b" and "setup.a" are the same setup');
  });
});
