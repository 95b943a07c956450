import { describe, expectTypeOf, it } from 'vitest';
import type { RunResult } from '../../src/runtime/protocol.js';
import {
  defineSetup,
  type SetupContext,
  type SetupData,
  type SetupDefinition,
  type SetupRecord,
  type Verify,
} from '../../src/runtime/user/define-setup.js';

interface Product {
  id: string;
  stock: number;
}

const catalogue = defineSetup(async ({ http }): Promise<Product[]> => (await http.get('/products')).json<Product[]>());
const count = defineSetup(() => 3);
const nothing = defineSetup(async () => {});

/** As a test takes its setups: `verify` is typed by the record beside it. */
function takeTest<Setups extends SetupRecord>(test: { setup: Setups; verify?: Verify<Setups> }) {
  return test;
}

/** As a user's context gives data. */
declare function get<T>(setup: SetupDefinition<T>): Readonly<T>;

describe('a setup', () => {
  it('has the type of what its function returns', () => {
    expectTypeOf(catalogue).toEqualTypeOf<SetupDefinition<Product[]>>();
    expectTypeOf(count).toEqualTypeOf<SetupDefinition<number>>();
    expectTypeOf(defineSetup(({ random }) => (random() < 2 ? { a: 1 } : undefined))).toEqualTypeOf<
      SetupDefinition<{ a: number } | undefined>
    >();
  });

  it('is read by its type, and cannot be changed', () => {
    const read = () => get(catalogue);
    expectTypeOf<ReturnType<typeof read>>().toEqualTypeOf<readonly Product[]>();
    expectTypeOf<ReturnType<typeof get<number>>>().toEqualTypeOf<number>();
    // @ts-expect-error: a list that is shared has no push
    () => get(catalogue).push({ id: 'a', stock: 1 });
    // @ts-expect-error: an object of the same form is no setup
    () => get({ run: () => 1 });
  });

  it('gives its teardown what it returned', () => {
    defineSetup(async () => ({ token: 'a' }), {
      teardown: async (data, context) => {
        expectTypeOf(data).toEqualTypeOf<Readonly<{ token: string }>>();
        expectTypeOf(context).toEqualTypeOf<SetupContext>();
      },
      timeout: '2m',
    });
    // @ts-expect-error: there is no such key
    () => defineSetup(() => 1, { tearDown: () => {} });
  });
});

describe('verify', () => {
  it('knows the data of the setups beside it', () => {
    takeTest({
      setup: { catalogue, count, nothing },
      verify: (result, data, { http }) => {
        expectTypeOf(result).toEqualTypeOf<RunResult>();
        expectTypeOf(data.catalogue).toEqualTypeOf<readonly Product[]>();
        expectTypeOf(data.count).toEqualTypeOf<number>();
        expectTypeOf(http.get).toBeFunction();
        // @ts-expect-error: no setup has this name
        data.other;
        return data.count > 2 || 'too few';
      },
    });
    expectTypeOf<SetupData<{ count: typeof count }>>().toEqualTypeOf<{ readonly count: number }>();
  });

  it('of an unknown test reads data by any name', () => {
    expectTypeOf<Parameters<Verify>[1]['any']>().toEqualTypeOf<unknown>();
  });

  it('takes nothing but setups', () => {
    // @ts-expect-error: a bare function is not a setup
    takeTest({ setup: { catalogue: async () => [] } });
  });
});
