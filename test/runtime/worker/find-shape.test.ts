import { describe, expect, it } from 'vitest';
import { LoadwrightError } from '../../../src/errors.js';
import { askShape, findShape } from '../../../src/runtime/worker/find-shape.js';

const shape = () => null;
const other = () => null;

describe('findShape', () => {
  it('looks where loads are', () => {
    expect(findShape({ load: { shape } }, { load: 'default' })).toBe(shape);
    expect(findShape({ loads: { a: { shape: other }, b: { shape } } }, { load: 'b' })).toBe(shape);
    expect(findShape({ load: { shape } }, { load: 'a' })).toBeUndefined();
    expect(findShape({ load: { users: 1 } }, { load: 'default' })).toBeUndefined();
    expect(findShape({}, { load: 'toString' })).toBeUndefined();
  });

  it('looks into the profile first, in each of its forms', () => {
    const test = {
      load: { shape: other },
      profiles: { bare: { shape }, one: { load: { shape } }, many: { loads: { a: { shape } } } },
    };
    expect(findShape(test, { profile: 'bare', load: 'default' })).toBe(shape);
    expect(findShape(test, { profile: 'one', load: 'default' })).toBe(shape);
    expect(findShape(test, { profile: 'many', load: 'a' })).toBe(shape);
    expect(findShape(test, { profile: 'elsewhere', load: 'default' })).toBe(other);
  });
});

describe('askShape', () => {
  const ask = (given: unknown, from = 0, to = 0) => askShape(given as typeof shape, 'main', { from, to });

  it('gives an answer for each second, both ends included', () => {
    const seconds: number[] = [];
    const rising = (second: number) => {
      seconds.push(second);
      return { users: second * 2, spawnRate: 0.5 };
    };
    expect(ask(rising, 3, 5)).toEqual([6, 8, 10].map((users) => ({ users, spawnRate: 0.5 })));
    expect(seconds).toEqual([3, 4, 5]);
    expect(ask(() => ({ rate: 0 }))).toEqual([{ rate: 0 }]);
    expect(ask(() => ({ users: 0 }))).toEqual([{ users: 0 }]);
  });

  it('does not ask again behind the end', () => {
    let asked = 0;
    const ending = (second: number) => {
      asked++;
      return second < 2 ? { users: 1 } : null;
    };
    expect(ask(ending, 0, 4)).toEqual([{ users: 1 }, { users: 1 }, null, null, null]);
    expect(asked).toBe(3);
  });

  it('refuses what is none, and says what it was, and when', () => {
    const wrong: [returned: unknown, shown: string][] = [
      [undefined, 'undefined'],
      [{ users: -1, spawnRate: 1 }, '{ users: -1, spawnRate: 1 }'],
      [{ users: 1, spawnRate: Number.NaN }, 'spawnRate: NaN'],
      [{ users: 1, rate: 1 }, 'rate: 1'],
      [{ rate: Number.POSITIVE_INFINITY }, 'rate: Infinity'],
      [{ users: '5' }, "users: '5'"],
      [[1, 2], '[ 1, 2 ]'],
      [Promise.reject(new Error('late')), 'Promise'],
      [{}, '{}'],
    ];
    for (const [returned, shown] of wrong) {
      expect(() => ask(() => returned, 7, 7), shown).toThrow(shown);
      expect(() => ask(() => returned, 7, 7)).toThrow('load "main" returned');
      expect(() => ask(() => returned, 7, 7)).toThrow('at second 7');
    }
  });

  it('refuses keys that are none, and names the nearest', () => {
    for (const [returned, key, hint] of [
      [{ users: 10, spawnRat: 1 }, 'spawnRat', 'spawnRate'],
      [{ users: 10, spawn_rate: 1 }, 'spawn_rate', 'spawnRate'],
      [{ rates: 10 }, 'rates', 'rate'],
      [{ users: 10, note: '' }, 'note', 'Return { users, spawnRate }'],
    ] as const) {
      const message = `The shape of the load "main" returned a key "${key}" at second 7`;
      expect(() => ask(() => returned, 7, 7)).toThrow(
        expect.objectContaining({
          code: 'ERR_SCENARIO_INVALID',
          message: expect.stringContaining(message),
          hint: expect.stringContaining(hint),
        }),
      );
    }
  });

  it('passes on what it throws, as a mistake of the scenario', () => {
    const broken = () => {
      throw new RangeError('no row for this second');
    };
    try {
      ask(broken, 3, 3);
      expect.fail('it did not throw');
    } catch (error) {
      expect(error).toBeInstanceOf(LoadwrightError);
      expect((error as LoadwrightError).code).toBe('ERR_SCENARIO_INVALID');
      expect((error as LoadwrightError).message).toMatch(
        /at second 3\.\n\nRangeError: no row.*\n.*find-shape\.test\.ts/,
      );
    }
  });
});
