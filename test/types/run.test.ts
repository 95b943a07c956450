import type { TestDefinition } from 'loadwright';
import { type RunEvent, type RunResult, run } from 'loadwright/node';
import { describe, expectTypeOf, it } from 'vitest';

declare const test: TestDefinition;

describe('a result', () => {
  it('is narrowed by its state', () => {
    const read = (result: RunResult) => {
      expectTypeOf(result.state).toEqualTypeOf<'completed' | 'stopped' | 'incomplete'>();
      expectTypeOf(result.total.completed).toEqualTypeOf<number>();
      expectTypeOf(result.total.percentiles[95]).toEqualTypeOf<number | undefined>();
      // @ts-expect-error: 42 is not among the reported percentiles
      result.total.percentiles[42];
      // @ts-expect-error: only a run that was stopped says why
      result.stop;
      if (result.state === 'stopped') {
        expectTypeOf(result.stop.by).toEqualTypeOf<'signal' | 'script' | 'threshold'>();
        if (result.stop.by === 'script') expectTypeOf(result.stop.hasFailed).toEqualTypeOf<boolean>();
        if (result.stop.by === 'signal') {
          expectTypeOf(result.stop.signal).toEqualTypeOf<'SIGINT' | 'SIGTERM' | 'abort'>();
        }
      }
    };
    expectTypeOf(read).toBeFunction();
  });
});

describe('run', () => {
  it('takes a file or a test, and not both or neither', () => {
    const call = async () => {
      expectTypeOf(await run({ test })).toEqualTypeOf<RunResult>();
      await run({ script: './stock.ts', workers: 2, kinds: ['Visitor'], load: { users: 5, runTime: '2s' } });
      // @ts-expect-error: one of them
      await run({ test, script: './stock.ts' });
      // @ts-expect-error: at least one of them
      await run({ host: 'http://localhost' });
      // @ts-expect-error: users belong into load
      await run({ test, users: 5 });
      // @ts-expect-error: a number
      await run({ test, seed: '7' });
    };
    expectTypeOf(call).toBeFunction();
  });

  it('tells events that are told apart by their type', () => {
    const hear = (event: RunEvent) => {
      if (event.type === 'interval-closed') expectTypeOf(event.plannedUsers).toEqualTypeOf<number>();
      if (event.type === 'run-finished') expectTypeOf(event.result).toEqualTypeOf<RunResult>();
      if (event.type === 'worker-lost') expectTypeOf(event.task).toEqualTypeOf<string | undefined>();
    };
    const call = () => run({ test, onEvent: hear, signal: AbortSignal.timeout(5) });
    expectTypeOf(call).toBeFunction();
  });
});
