import { describe, expect, it } from 'vitest';
import { LoadwrightError } from '../../../src/errors.js';
import { Tally } from '../../../src/metrics/tally.js';
import { formatExceptions } from '../../../src/reporters/format/format-errors.js';
import { defineUser } from '../../../src/runtime/user/define-user.js';
import { TaskInterrupted, UserEnded, UserStopped } from '../../../src/runtime/user/user-signals.js';
import { countException } from '../../../src/runtime/worker/count-exception.js';
import { listen, runShare } from '../../support/run-share.js';

function countAll(...thrown: unknown[]) {
  const tally = new Tally();
  for (const [index, error] of thrown.entries()) {
    countException(tally, error, { where: 'Visitor.home', atMs: index * 100, node: 'worker-0' });
  }
  return tally.read().exceptions;
}

describe('a task that throws', () => {
  it('is counted with where and what, and the user goes on', async () => {
    let calls = 0;
    const Visitor = defineUser({
      tasks: {
        async home() {
          calls++;
          throw new TypeError('no such product');
        },
      },
    });
    const { part } = await runShare({ Visitor }, { load: { users: 2, iterationsPerUser: 3 } });
    expect(calls).toBe(6);
    expect(part.exceptions).toHaveLength(1);
    expect(part.exceptions[0]).toMatchObject({
      message: 'Visitor.home: TypeError: no such product',
      count: 6,
      nodes: ['worker-0'],
    });
    expect(part.exceptions[0]!.traceback).toContain('TypeError: no such product');
    expect(part.exceptions[0]!.traceback).toContain('exceptions.test.ts');
    expect(part.exceptions[0]!.traceback).not.toContain('user-loop');
    expect(part.iterations.count).toBe(6);
  });

  it('because of what Loadwright refuses is told in three parts', () => {
    const error = new LoadwrightError('ERR_DATA_EXHAUSTED', {
      message: 'The feeder has run out.',
      hint: "atEnd: 'stop'",
    });
    const [exception] = countAll(error);
    expect(exception!.message).toBe(
      'Visitor.home: ERR_DATA_EXHAUSTED: The feeder has run out.\n' +
        "Try   atEnd: 'stop'\nMore  docs/errors.md#err_data_exhausted",
    );
    expect(formatExceptions([exception!], 80).slice(0, 3)).toEqual([
      '1 × Visitor.home: ERR_DATA_EXHAUSTED: The feeder has run out. (worker-0)',
      "    Try   atEnd: 'stop'",
      '    More  docs/errors.md#err_data_exhausted',
    ]);
  });

  it('because a required request failed is a failed request and nothing else', async () => {
    const host = await listen((_, response) => response.writeHead(500).end());
    let after = 0;
    const Visitor = defineUser({
      tasks: {
        async home({ http }) {
          await http.get('/', { required: true });
          after++;
        },
      },
    });
    const { part } = await runShare({ Visitor }, { host, load: { iterationsPerUser: 2 } });
    expect(part.series).toMatchObject([{ name: '/', completed: 2, failures: 2 }]);
    expect([part.exceptions, after]).toEqual([[], 0]);
  });

  it('because a failed answer was not JSON is not counted twice; a good answer that is not JSON is', async () => {
    const host = await listen((request, response) =>
      response.writeHead(request.url === '/bad' ? 502 : 200).end('<html>'),
    );
    const Visitor = defineUser({
      tasks: {
        bad: async ({ http }) => (await http.get('/bad')).json(),
        good: async ({ http }) => (await http.get('/good')).json(),
      },
    });
    const { part } = await runShare({ Visitor }, { host, load: { iterationsPerUser: 10 } });
    const countOf = (name: string) => part.series.find((series) => series.name === name)!.completed;
    expect(part.exceptions).toMatchObject([{ count: countOf('/good') }]);
    expect(part.exceptions[0]!.message).toMatch(/^Visitor\.good: NotJson/);
  });
});

describe('what is thrown', () => {
  it('is told apart by place and text', () => {
    expect(
      countAll(new Error('a'), new Error('b'), new Error('a')).map(({ message, count }) => [message, count]),
    ).toEqual([
      ['Visitor.home: Error: a', 2],
      ['Visitor.home: Error: b', 1],
    ]);
  });

  it('keeps the trace of the first, and when it was first and last seen', () => {
    const [first, second] = [new Error('a'), new Error('a')];
    first.stack = 'Error: a\n    at first';
    second.stack = 'Error: a\n    at second';
    expect(countAll(first, second)).toMatchObject([
      { traceback: 'Error: a\n    at first', firstSeenMs: 0, lastSeenMs: 100 },
    ]);
  });

  it('may be anything', () => {
    const unprintable = {
      [Symbol.for('nodejs.util.inspect.custom')]() {
        throw new Error('not even this');
      },
    };
    const nameless = new Error('x');
    Object.defineProperty(nameless, 'message', { value: Symbol('no text') });
    const thrown = ['text', 5, null, undefined, Symbol('s'), { code: 7 }, Object.create(null), unprintable, nameless];
    expect(countAll(...thrown).map(({ message }) => message)).toEqual([
      'Visitor.home: thrown: text',
      'Visitor.home: thrown: 5',
      'Visitor.home: thrown: null',
      'Visitor.home: thrown: undefined',
      'Visitor.home: thrown: Symbol(s)',
      'Visitor.home: thrown: { code: 7 }',
      'Visitor.home: thrown: [Object: null prototype] {}',
      'Visitor.home: thrown: something that cannot be shown',
    ]);
  });

  it('as a signal is not an exception', () => {
    expect(countAll(new UserStopped(), new TaskInterrupted(), new UserEnded())).toEqual([]);
  });
});

describe('a throw of something odd', () => {
  it('neither loses the user nor keeps the run from ending', async () => {
    const Visitor = defineUser({
      tasks: {
        home: () => {
          throw Object.create(null);
        },
      },
    });
    const { part } = await runShare({ Visitor }, { load: { iterationsPerUser: 3 } });
    expect(part.exceptions).toMatchObject([{ count: 3 }]);
  });
});
