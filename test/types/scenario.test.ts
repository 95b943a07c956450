import {
  between,
  defineTest,
  defineUser,
  type HttpClient,
  type HttpResponse,
  type Random,
  sequence,
  task,
  type UserContext,
} from 'loadwright';
import { describe, expectTypeOf, it } from 'vitest';

interface Session {
  token: string;
  productId?: string;
}

const onStart = async (): Promise<Session> => ({ token: 'abc' });

describe('state', () => {
  it('is what onStart returns, in every way of writing tasks', () => {
    defineUser({
      onStart,
      tasks: {
        bare: ({ state }) => expectTypeOf(state).toEqualTypeOf<Session>(),
        entry: { weight: 3, run: ({ state }) => expectTypeOf(state).toEqualTypeOf<Session>() },
        async method({ state }) {
          expectTypeOf(state.token).toEqualTypeOf<string>();
        },
        set: { waitTime: between(1, 2), tasks: { inner: ({ state }) => expectTypeOf(state).toEqualTypeOf<Session>() } },
      },
      onStop: ({ state }) => expectTypeOf(state).toEqualTypeOf<Session>(),
    });
  });

  it('is known in lists', () => {
    defineUser({
      onStart,
      tasks: [
        ({ state }) => expectTypeOf(state).toEqualTypeOf<Session>(),
        { weight: 2, run: ({ state }) => state.token },
        { tasks: [({ state }) => expectTypeOf(state).toEqualTypeOf<Session>()] },
      ],
    });
  });

  it('is known beside tasks that are written elsewhere', () => {
    const written = async ({ http, state }: UserContext<Session>) => http.get(`/${state.token}`);
    defineUser({
      async onStart({ http }): Promise<Session> {
        const response = await http.post('/login', { required: true });
        return { token: response.json<{ access: string }>().access };
      },
      tasks: { written, entry: { weight: 2, run: written }, ordered: sequence<Session>([written]) },
    });
    defineUser({
      // @ts-expect-error: the task was made for another state
      async onStart({ http }) {
        await http.get('/');
        return { other: 1 };
      },
      tasks: { written },
    });
  });

  it('can be used in task() and sequence() where it is not named', () => {
    defineUser({
      onStart,
      tasks: [task(2, ({ state }) => state.token), sequence([({ state }) => state.token])],
    });
  });

  it('is known in task() and sequence() where the user names it: nothing can infer it into a nested call', () => {
    defineUser<Session>({
      onStart,
      tasks: {
        weighted: task(2, ({ state }) => expectTypeOf(state).toEqualTypeOf<Session>()),
        ordered: sequence([
          ({ state }) => expectTypeOf(state).toEqualTypeOf<Session>(),
          { run: ({ state }) => expectTypeOf(state).toEqualTypeOf<Session>() },
          task(1, ({ state }) => expectTypeOf(state).toEqualTypeOf<Session>()),
          sequence([({ state }) => expectTypeOf(state).toEqualTypeOf<Session>()]),
        ]),
        // @ts-expect-error: the state has a token
        wrong: sequence([({ state }) => state.tokn]),
      },
    });
    defineUser<Session>({ onStart, tasks: sequence([({ state }) => state.token.length]) });
    const step = task<Session>(2, ({ state }) => state.token.length);
    defineUser({ onStart, tasks: [step, task(1, ({ state }) => expectTypeOf(state).toBeAny())] });
    // @ts-expect-error: another user's step
    defineUser({ onStart: () => 5, tasks: [step] });
  });

  it('is inferred from an onStart that uses its context, and may be no promise', () => {
    defineUser({
      async onStart({ http, state }) {
        expectTypeOf(state).toEqualTypeOf<undefined>();
        const response = await http.post('/login', { required: true });
        return { token: response.json<{ access: string }>().access };
      },
      tasks: { home: ({ state }) => expectTypeOf(state).toEqualTypeOf<{ token: string }>() },
    });
    defineUser({ onStart: () => 5, tasks: { home: ({ state }) => expectTypeOf(state).toEqualTypeOf<number>() } });
  });

  it('is undefined without onStart', () => {
    defineUser({ tasks: { home: ({ state }) => expectTypeOf(state).toEqualTypeOf<undefined>() } });
  });

  it('has no members that onStart does not return', () => {
    defineUser({
      onStart,
      tasks: {
        // @ts-expect-error: the state has a token
        bare: ({ state }) => state.tokn,
        // @ts-expect-error: it may be missing
        maybe: ({ state }) => state.productId.length,
        // @ts-expect-error: the same in a set
        set: { tasks: { inner: ({ state }) => state.tokn } },
      },
      // @ts-expect-error: and at the end
      onStop: ({ state }) => state.tokn,
    });
  });

  it('is not changed from outside: the context is read-only', () => {
    defineUser({
      onStart,
      tasks: {
        home(context) {
          // @ts-expect-error: what changes belongs into the state, which itself stays
          context.state = { token: 'b' };
          context.state.token = 'b';
        },
      },
    });
  });
});

describe('the context', () => {
  it('has what scenarios need, with types', () => {
    const use = async (context: UserContext<Session>) => {
      expectTypeOf(context.http).toEqualTypeOf<HttpClient>();
      expectTypeOf(context.random).toEqualTypeOf<Random>();
      expectTypeOf(context.env.KEY).toEqualTypeOf<string | undefined>();
      expectTypeOf(context.random.pick(['a', 'b'] as const)).toEqualTypeOf<'a' | 'b'>();
      expectTypeOf(await context.measure('call', async () => 5)).toEqualTypeOf<number>();
      expectTypeOf(await context.group('part', ({ state }) => state.token)).toEqualTypeOf<string>();
      expectTypeOf(context.check(5, { 'is 5': (value) => value === 5 })).toEqualTypeOf<boolean>();
      expectTypeOf(context.check(5, { later: async (value: number) => value === 5 })).toEqualTypeOf<
        boolean | Promise<boolean>
      >();
      expectTypeOf(context.stopUser).returns.toEqualTypeOf<never>();
      // @ts-expect-error: `failed`, not `hasFailed`
      context.stopRun('done', { hasFailed: true });
    };
    expectTypeOf(use).toBeFunction();
  });
});

describe('http', () => {
  it('answers with a response whose JSON has the type asked for', () => {
    const use = async ({ http }: UserContext) => {
      const response = await http.get(['/products/:id/', { id: 5 }], { query: { page: 1, tag: ['a', 'b'] } });
      expectTypeOf(response).toEqualTypeOf<HttpResponse>();
      expectTypeOf(response.json()).toEqualTypeOf<unknown>();
      expectTypeOf(response.json<{ results: string[] }>().results).toEqualTypeOf<string[]>();
    };
    expectTypeOf(use).toBeFunction();
  });

  it('takes expectations in four forms, but no async one', () => {
    const use = async ({ http }: UserContext) => {
      await http.get('/', { expect: 200 });
      await http.get('/', { expect: [200, 404] });
      await http.get('/', { expect: (response) => response.json<string[]>().length > 0 || 'empty' });
      await http.get('/', { expect: { status: 404, body: (response) => response.text() === '' } });
      // @ts-expect-error: success is decided before the request is recorded
      await http.get('/', { expect: async () => true });
      // @ts-expect-error: a status is a number
      await http.get('/', { expect: '200' });
    };
    expectTypeOf(use).toBeFunction();
  });

  it('refuses options that do not exist', () => {
    const use = async ({ http }: UserContext) => {
      // @ts-expect-error: `query`
      await http.get('/', { params: { page: 1 } });
      // @ts-expect-error: `json` or `form`
      await http.post('/', { data: {} });
      // @ts-expect-error: values of a template are text or numbers
      await http.get(['/products/:id/', { id: undefined }]);
      // @ts-expect-error: the host is the option `host`
      http.setDefaults({ baseUrl: 'http://localhost' });
      await http.get('/', { body: 'discard', timeout: '400ms', headers: { 'x-a': undefined } });
    };
    expectTypeOf(use).toBeFunction();
  });
});

describe('definitions', () => {
  it('refuse what does not exist', () => {
    const home = () => {};
    const refuse = () => {
      // @ts-expect-error: `waitTime`
      defineUser({ waittime: between(1, 2), tasks: { home } });
      // @ts-expect-error: tasks are needed
      defineUser({ weight: 1 });
      // @ts-expect-error: a task is a function, or has `run` or `tasks`
      defineUser({ tasks: { home: 'GET /' } });
      // @ts-expect-error: seconds are numbers
      between('1s', '2s');
      // @ts-expect-error: the weight comes first
      task(home, 1);
      // @ts-expect-error: users are given by name
      defineTest({ users: [defineUser({ tasks: { home } })] as const, load: { user: 5 } });
      // @ts-expect-error: a user is made by defineUser
      defineTest({ users: { Visitor: { tasks: { home } } } });
      // @ts-expect-error: `spawnRate`
      defineTest({ users: { Visitor: defineUser({ tasks: { home } }) }, load: { spawn_rate: 5 } });
      // @ts-expect-error: `connectionReuse` is one of three words
      defineTest({ users: { Visitor: defineUser({ tasks: { home } }) }, http: { connectionReuse: 'never' } });
    };
    expectTypeOf(refuse).toBeFunction();
  });

  it('take users of different states together', () => {
    const WithState = defineUser({ onStart, tasks: { home: ({ state }) => state.token } });
    const Without = defineUser({ tasks: { home: () => {} } });
    const test = defineTest({ users: { WithState, Without }, load: { users: 5, runTime: '5m', stopTimeout: 2 } });
    const change = () => {
      // @ts-expect-error: definitions do not change
      test.host = 'http://localhost';
      // @ts-expect-error: nor do users
      WithState.weight = 5;
    };
    expectTypeOf(change).toBeFunction();
  });
});
