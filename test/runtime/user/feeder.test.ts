import { describe, expect, it } from 'vitest';
import { LoadwrightError } from '../../../src/errors.js';
import { describeFeeders, FEEDER_BRAND, feeder, formatFeederName, isFeeder } from '../../../src/runtime/user/feeder.js';
import { collectFeeders, feedersDefined } from '../../../src/runtime/user/feeder-registry.js';

function refusalOf(attempt: () => unknown): LoadwrightError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof LoadwrightError) return error;
    throw error;
  }
  expect.fail('it was not refused');
}

let modules = 0;
const anyUrl = () => `file:///scenario-${++modules}.mjs`;

describe('feeder', () => {
  it('is frozen plain data with a brand that any copy of the library knows', () => {
    const rows = [{ user: 'a' }, { user: 'b' }];
    const accounts = feeder(rows, { unique: 'user', atEnd: 'stop', shuffle: true });
    expect(accounts).toMatchObject({ order: 'sequential', isShuffled: true, unique: 'user', atEnd: 'stop' });
    expect(Object.isFrozen(accounts) && Object.isFrozen(accounts.source)).toBe(true);
    expect(FEEDER_BRAND).toBe(Symbol.for('loadwright.feeder'));
    expect(isFeeder(accounts)).toBe(true);
    expect([rows, null, 'accounts', {}].map(isFeeder)).toEqual([false, false, false, false]);
  });

  it('is sequential, without a choice of what comes behind the end', () => {
    const words = feeder(['a']);
    expect(words).toMatchObject({ order: 'sequential', isShuffled: false });
    expect([words.unique, words.atEnd]).toEqual([undefined, undefined]);
  });

  it('keeps the rows that it was given, whatever becomes of the list', () => {
    const rows = ['a', 'b'];
    const words = feeder(rows);
    rows.length = 0;
    expect(words.source).toEqual({ type: 'array', rows: ['a', 'b'] });
  });

  it('takes circular for sequential that begins again', () => {
    for (const circular of [
      feeder(['a'], { order: 'circular' }),
      feeder(['a'], { order: 'circular', atEnd: 'wrap' }),
    ]) {
      expect(circular).toMatchObject({ order: 'sequential', atEnd: 'wrap' });
    }
  });

  it.each([
    ['an empty array', () => feeder([]), /at least one row/],
    ['no source', () => feeder(undefined as never), /takes an array, .* gave undefined/],
    ['a path alone', () => feeder('./a.csv' as never), /takes an array, .* gave \.\/a\.csv/],
    ['another object', () => feeder({ file: './a.csv' } as never), /takes an array, .* gave \{"file":"\.\/a\.csv"\}/],
    ['two sources', () => feeder({ csv: 'a', json: 'b' } as never), /takes an array/],
    ['a path that is none', () => feeder({ csv: 7 as never }), /"csv" .* path of a file, .* gave 7/],
    ['an empty path', () => feeder({ json: '' }), /"json" .* path of a file/],
    ['a separator for JSON', () => feeder({ json: 'a', separator: ';' } as never), /no key "separator"/],
    ['a separator that is none', () => feeder({ csv: 'a', separator: '' }), /"separator" .* gave ""/],
    ['a quote as a separator', () => feeder({ csv: 'a', separator: '"' }), /"separator"/],
    ['a misspelt option', () => feeder(['a'], { uniq: 'user' } as never), /no key "uniq"/],
    [
      'an order there is not',
      () => feeder(['a'], { order: 'reverse' as never }),
      /"order" .* "circular", .* "reverse"/,
    ],
    ['a shuffle that is no boolean', () => feeder(['a'], { shuffle: 'yes' as never }), /"shuffle" .* true, false/],
    [
      'unique random rows',
      () => feeder(['a'], { order: 'random', unique: 'user' }),
      /more than once, .* unique: "user"/,
    ],
    ['circular to the end', () => feeder(['a'], { order: 'circular', atEnd: 'stop' }), /"circular" never runs out/],
    ['random to the end', () => feeder(['a'], { order: 'random', atEnd: 'stop' }), /"random" never runs out/],
  ])('refuses %s', (_what, attempt, message) => {
    const refusal = refusalOf(attempt);
    expect(refusal.code).toBe('ERR_SCENARIO_INVALID');
    expect(refusal.message).toMatch(message);
    expect(refusal.hint).toBeTruthy();
  });
});

describe('the feeders of a scenario', () => {
  it('are numbered from 0 in the order in which its file makes them, each time', async () => {
    const load = async () => [feeder(['a']), feeder({ csv: './a.csv', separator: ';' }), feeder({ json: './b.json' })];
    for (const url of [anyUrl(), anyUrl()]) {
      const made = await collectFeeders(url, load);
      expect(made.map(({ number }) => number)).toEqual([0, 1, 2]);
      expect(feedersDefined(url)).toEqual(made);
      expect(describeFeeders(feedersDefined(url))).toEqual([
        { number: 1, format: 'csv', path: './a.csv', separator: ';' },
        { number: 2, format: 'json', path: './b.json', separator: ',' },
      ]);
      expect(formatFeederName(made[0]!)).toContain('feeder 1');
      expect(formatFeederName(made[1]!)).toBe('The feeder of ./a.csv');
    }
  });

  it('are still known when a module that is in memory is loaded again', async () => {
    const url = anyUrl();
    await collectFeeders(url, async () => feeder(['a']));
    await collectFeeders(url, async () => {});
    expect(feedersDefined(url)).toHaveLength(1);
  });

  it('are kept apart when two files are loaded at once', async () => {
    const urls = [anyUrl(), anyUrl()];
    const load = async (path: string) => {
      feeder({ csv: path });
      await new Promise((resolve) => setImmediate(resolve));
      feeder({ json: path });
    };
    await Promise.all(urls.map((url) => collectFeeders(url, () => load(url))));
    for (const url of urls) expect(describeFeeders(feedersDefined(url)).map(({ path }) => path)).toEqual([url, url]);
  });

  it('are forgotten when the file threw, and the next one is loaded as ever', async () => {
    const [broken, whole] = [anyUrl(), anyUrl()];
    const failure = collectFeeders(broken, async () => {
      feeder(['a']);
      throw new Error('broken');
    });
    const success = collectFeeders(whole, async () => feeder(['b']).number);
    await expect(failure).rejects.toThrow('broken');
    expect(feedersDefined(broken)).toEqual([]);
    expect(await success).toBe(0);
  });

  it('are never taken for one that was made elsewhere', async () => {
    const before = feeder({ csv: './before.csv' });
    const url = anyUrl();
    const inside = await collectFeeders(url, async () => feeder({ csv: './inside.csv' }));
    const after = feeder({ csv: './after.csv' });
    expect(inside.number).toBe(0);
    expect(before.number).toBeLessThan(0);
    expect(after.number).toBe(before.number - 1);
    expect(feedersDefined()).toContain(before);
    expect(feedersDefined()).not.toContain(inside);
    expect(feedersDefined(url)).toEqual([inside]);
  });
});
