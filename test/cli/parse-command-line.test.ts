import { describe, expect, it } from 'vitest';
import { commandNamed } from '../../src/cli/command-table.js';
import { parseCommandLine } from '../../src/cli/parse-command-line.js';
import { fromFlags } from '../../src/options/from-flags.js';
import { LATER_FLAGS } from '../../src/options/later-flags.js';
import { resolveOptions } from '../../src/options/resolve-options.js';

const RUN = commandNamed('run')!;

function parse(text: string) {
  return parseCommandLine(text.split(' '), RUN);
}

function resolve(text: string) {
  return resolveOptions([fromFlags(parse(text).flags)]).values;
}

describe('parseCommandLine', () => {
  it('reads the command line of the stock guide', () => {
    const text =
      'examples/stock/scenario.ts --host=http://localhost:8000 --users 1000 --spawn-rate 10 --run-time 300s ' +
      '--headless --csv=results/load_test';
    expect(parse(text).words).toEqual(['examples/stock/scenario.ts']);
    expect(resolve(text)).toMatchObject({
      host: 'http://localhost:8000',
      users: 1_000,
      spawnRate: 10,
      runTime: 300_000,
      headless: true,
      csv: 'results/load_test',
    });
  });

  it('reads letters, with and without a space', () => {
    expect(resolve('a.ts -u 10 -r2.5 -t1m -s 2 -H http://h -L ERROR')).toMatchObject({
      users: 10,
      spawnRate: 2.5,
      runTime: 60_000,
      stopTimeout: 2_000,
      host: 'http://h',
      logLevel: 'error',
    });
  });

  it('keeps kinds behind the file', () => {
    expect(parse('a.ts One --headless Two').words).toEqual(['a.ts', 'One', 'Two']);
  });

  it.each(['a.ts One -T x y --headless', '-T x y a.ts One --headless', 'a.ts One -T x -T y', 'a.ts One --tags=x,y'])(
    'takes the words behind --tags: %s',
    (text) => {
      expect(parse(text).words).toEqual(['a.ts', 'One']);
      expect(resolve(text).tags).toEqual(['x', 'y']);
    },
  );

  it.each<[string, number]>([
    ['--trace a.ts', 1],
    ['a.ts --trace', 1],
    ['--trace 0.1 a.ts', 0.1],
    ['a.ts --trace=10%', 0.1],
    ['a.ts --no-trace', 0],
  ])('reads a share, or none for all of it: %s', (text, trace) => {
    expect(parse(text).words).toEqual(['a.ts']);
    expect(resolve(text).trace).toBe(trace);
  });

  it('switches booleans off and on', () => {
    expect(resolve('a.ts --no-preflight --no-headless')).toMatchObject({ preflight: false, headless: false });
    expect(resolve('a.ts --headless=false --only-summary=true')).toMatchObject({ headless: false, onlySummary: true });
  });

  it('keeps flags of the command apart from options', () => {
    expect(parse('a.ts -l --config my.json').own).toEqual({ list: true, config: 'my.json' });
    expect(parse('a.ts --list=false').own).toEqual({ list: false });
  });

  it.each([
    ['a.ts --user 5', '--user', '--users'],
    ['a.ts --usrs=5', '--usrs', '--users'],
    ['a.ts --spawnRate 5', '--spawnRate', '--spawn-rate'],
    ['a.ts --no-preflite', '--no-preflite', '--no-preflight'],
    ['a.ts -users 5', '-users', '--users'],
    ['a.ts --confg x', '--confg', '--config'],
    ['a.ts --runtime 5', '--runtime', '--run-time'],
    ['a.ts -Z', '-Z', 'loadwright --help'],
    ['a.ts --no-users', '--no-users', '--users'],
  ])('refuses %s with the nearest flag', (text, written, hint) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        code: 'ERR_OPTION_UNKNOWN',
        exitCode: 2,
        hint,
        message: `There is no flag ${written}.`,
      }),
    );
  });

  it.each(LATER_FLAGS)('refuses --$flag by name', ({ flag, short }) => {
    const words = [`--${flag}`, `--${flag}=x`, ...(short === undefined ? [] : [`-${short}`])];
    for (const word of words) {
      expect(() => parseCommandLine(['a.ts', word], RUN)).toThrow(
        expect.objectContaining({
          code: 'ERR_NOT_SUPPORTED',
          message: expect.stringContaining('not part of this version'),
        }),
      );
    }
  });

  it.each([
    ['a.ts --users', 'nothing follows it'],
    ['a.ts --csv --headless', '--headless follows it'],
    ['a.ts --no-preflight=x', 'takes no value'],
    ['a.ts --list=perhaps', 'true or false'],
  ])('refuses %s', (text, part) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION_INVALID', message: expect.stringContaining(part) }),
    );
  });

  it('leaves a negative number to the option', () => {
    expect(() => resolve('a.ts --users -5')).toThrow(
      expect.objectContaining({ message: expect.stringContaining('but --users gave "-5"') }),
    );
  });
});
