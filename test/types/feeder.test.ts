import { describe, expectTypeOf, it } from 'vitest';
import { type AnyFeeder, type Feeder, feeder } from '../../src/runtime/user/feeder.js';

interface Account {
  user: string;
  password: string;
}

/** The form that `next` has in a task. */
function next<Row>(_feeder: Feeder<Row>): Row {
  return undefined as never;
}

describe('rows', () => {
  it('of an array are its members', () => {
    expectTypeOf(feeder([{ user: 'a', age: 7 }])).toEqualTypeOf<Feeder<{ user: string; age: number }>>();
    expectTypeOf(next(feeder(['a', 'b'], { order: 'random' }))).toEqualTypeOf<string>();
    const accounts: readonly Account[] = [{ user: 'a', password: 'b' }];
    expectTypeOf(next(feeder(accounts))).toEqualTypeOf<Account>();
    const pairs = [['a', 1]] as const;
    expectTypeOf(next(feeder(pairs))).toEqualTypeOf<readonly ['a', 1]>();
  });

  it('of a CSV file are texts by column', () => {
    expectTypeOf(next(feeder({ csv: './a.csv' }))).toEqualTypeOf<Record<string, string>>();
    expectTypeOf(next(feeder({ csv: './a.csv', separator: ';' }, { unique: 'user' }))).toEqualTypeOf<
      Record<string, string>
    >();
    expectTypeOf(next(feeder<Account>({ csv: './a.csv' }))).toEqualTypeOf<Account>();
    // @ts-expect-error: a CSV file has no numbers
    feeder<{ age: number }>({ csv: './a.csv' });
  });

  it('of a JSON file are what the scenario says', () => {
    expectTypeOf(next(feeder<{ age: number }>({ json: './a.json' }))).toEqualTypeOf<{ age: number }>();
    expectTypeOf(next(feeder({ json: './a.json' }))).toEqualTypeOf<unknown>();
  });

  it('do not keep feeders out of a list of any', () => {
    expectTypeOf(feeder(['a'])).toExtend<AnyFeeder>();
    expectTypeOf(feeder(['a'])).not.toExtend<Feeder<number>>();
  });
});

describe('options', () => {
  it('have no other names and values', () => {
    // @ts-expect-error: misspelt
    const misspelt = () => feeder(['a'], { uniq: 'user' });
    // @ts-expect-error: no such order
    const unordered = () => feeder(['a'], { order: 'reverse' });
    // @ts-expect-error: one source
    const both = () => feeder({ csv: './a.csv', json: './a.json' });
    // @ts-expect-error: a path has to say what it leads to
    const path = () => feeder('./a.csv');
    expectTypeOf([misspelt, unordered, both, path]).toBeArray();
  });
});
