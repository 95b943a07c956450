import { describe, expect, it } from 'vitest';
import { runChecks } from '../../../src/runtime/user/run-checks.js';

function recording() {
  const recorded: [string, boolean][] = [];
  return { recorded, record: (name: string, hasPassed: boolean) => recorded.push([name, hasPassed]) };
}

describe('checks', () => {
  it('are all run and counted, and pass together', () => {
    const { recorded, record } = recording();
    expect(runChecks(5, { 'is 5': (value) => value === 5, 'is odd': (value) => value % 2 === 1 }, record)).toBe(true);
    expect(recorded).toEqual([
      ['is 5', true],
      ['is odd', true],
    ]);
  });

  it('fail together if one does, and those after it still run', () => {
    const { recorded, record } = recording();
    expect(runChecks(5, { 'is 4': (value) => value === 4, 'is odd': () => true }, record)).toBe(false);
    expect(recorded).toEqual([
      ['is 4', false],
      ['is odd', true],
    ]);
  });

  it('that throw have failed', () => {
    const { recorded, record } = recording();
    const checks = {
      throws: () => {
        throw new Error('no');
      },
    };
    expect(runChecks(null, checks, record)).toBe(false);
    expect(recorded).toEqual([['throws', false]]);
  });

  it('are judged by truth: undefined is not passed', () => {
    const { recorded, record } = recording();
    const checks = { nothing: () => undefined as never, text: () => 'yes' as never };
    expect(runChecks('', checks, record)).toBe(false);
    expect(recorded).toEqual([
      ['nothing', false],
      ['text', true],
    ]);
  });

  it('give a promise only if one of them is async, and it never rejects', async () => {
    const { recorded, record } = recording();
    const result = runChecks(
      1,
      {
        'later yes': async () => true,
        'later no': async () => false,
        rejects: async () => Promise.reject(new Error('no')),
        now: () => true,
      },
      record,
    );
    expect(result).toBeInstanceOf(Promise);
    expect(recorded).toEqual([['now', true]]);
    expect(await result).toBe(false);
    expect(new Map(recorded)).toEqual(
      new Map([
        ['now', true],
        ['later yes', true],
        ['later no', false],
        ['rejects', false],
      ]),
    );
  });

  it('that are async pass together too', async () => {
    const { record } = recording();
    expect(await runChecks(1, { a: async () => true, b: async () => true }, record)).toBe(true);
    expect(await runChecks(1, { a: async () => true, b: () => false }, record)).toBe(false);
  });

  it('without any pass', () => {
    expect(runChecks(1, {}, () => expect.fail('nothing to record'))).toBe(true);
  });
});
