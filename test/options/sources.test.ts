import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromFlags } from '../../src/options/from-flags.js';
import { LATER_FLAGS } from '../../src/options/later-flags.js';
import { environmentName, OPTION_NAMES, OPTION_TABLE } from '../../src/options/option-table.js';
import { readConfigFile } from '../../src/options/read-config-file.js';
import { readEnvironment } from '../../src/options/read-environment.js';
import { resolveOptions } from '../../src/options/resolve-options.js';

describe('readEnvironment', () => {
  it.each(OPTION_NAMES)('reads %s', (name) => {
    const { example } = OPTION_TABLE[name];
    const layer = readEnvironment({ [environmentName(name)]: example, PATH: '/bin' });
    expect(Object.keys(layer.values)).toEqual([name]);
    const csv = { csv: { value: 'x', origin: '--csv' } };
    const { origins } = resolveOptions([layer, { layer: 'flag', values: name === 'csvFullHistory' ? csv : {} }]);
    expect(origins[name]).toEqual({ layer: 'environment', origin: environmentName(name) });
  });

  it('reads several pairs, with spaces in their values', () => {
    const { values } = resolveOptions([readEnvironment({ LOADWRIGHT_ENV: 'A=1 B=two words C=' })]);
    expect(values.env).toEqual({ A: '1', B: 'two words', C: '' });
  });

  it('reads several stages and labels', () => {
    const { values } = resolveOptions([
      readEnvironment({ LOADWRIGHT_STAGE: '30s:10 1m:0', LOADWRIGHT_LABEL: 'region=eu build=7' }),
    ]);
    expect(values.stages.map(({ target }) => target)).toEqual([10, 0]);
    expect(values.labels).toEqual({ region: 'eu', build: '7' });
  });

  it('names the nearest variable', () => {
    expect(() => readEnvironment({ LOADWRIGHT_USER: '1' })).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION_UNKNOWN', hint: expect.stringContaining('LOADWRIGHT_USERS') }),
    );
  });

  it.each(LATER_FLAGS)('refuses the variable of --$flag by name', ({ flag }) => {
    const variable = `LOADWRIGHT_${flag.replaceAll('-', '_').toUpperCase()}`;
    expect(() => readEnvironment({ [variable]: 'x' })).toThrow(
      expect.objectContaining({ code: 'ERR_NOT_SUPPORTED', message: expect.stringContaining(variable) }),
    );
  });
});

describe('fromFlags', () => {
  it('collects repeatable flags and takes the last of others', () => {
    const { values } = resolveOptions([
      fromFlags([
        { flag: 'users', written: '-u', value: '1' },
        { flag: 'users', written: '--users', value: '2' },
        { flag: 'env', written: '--env', value: 'A=1' },
        { flag: 'env', written: '--env', value: 'B=2' },
        { flag: 'tags', written: '-T', value: 'a' },
        { flag: 'tags', written: '-T', value: 'b' },
      ]),
    ]);
    expect(values).toMatchObject({ users: 2, env: { A: '1', B: '2' }, tags: ['a', 'b'] });
  });

  it('collects stages and thresholds in the order given', () => {
    const { values } = resolveOptions([
      fromFlags([
        { flag: 'stage', written: '--stage', value: '30s:10' },
        { flag: 'threshold', written: '--threshold', value: 'http_reqs{name:a, b}:count>5' },
        { flag: 'stage', written: '--stage', value: '1m:0' },
        { flag: 'threshold', written: '--threshold', value: 'checks:rate==1' },
      ]),
    ]);
    expect(values.stages).toEqual([
      { durationMs: 30_000, target: 10 },
      { durationMs: 60_000, target: 0 },
    ]);
    expect(values.thresholds).toEqual(['http_reqs{name:a, b}:count>5', 'checks:rate==1']);
  });
});

describe('readConfigFile', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'loadwright-config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function read(text: string) {
    writeFileSync(join(folder, 'loadwright.json'), text);
    return readConfigFile({ folder });
  }

  it('is nothing where there is no file', () => {
    expect(readConfigFile({ folder })).toEqual({ layer: 'config', values: {} });
  });

  it('must exist when it is named', () => {
    expect(() => readConfigFile({ folder, path: join(folder, 'other.json') })).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION_INVALID', message: expect.stringContaining('ENOENT') }),
    );
  });

  it('reads the file that is named instead', () => {
    writeFileSync(join(folder, 'other.json'), '{"users":3}');
    const path = join(folder, 'other.json');
    expect(readConfigFile({ folder, path }).values).toEqual({ users: { value: 3, origin: path } });
  });

  it('takes both spellings of a key', () => {
    const layer = read('\uFEFF{"spawn-rate": 2, "runTime": "5m", "loglevel": "ERROR", "env": {"A": 1}}');
    const { values } = resolveOptions([layer]);
    expect(values).toMatchObject({ spawnRate: 2, runTime: 300_000, logLevel: 'error', env: { A: '1' } });
  });

  it('refuses a key that is there in both', () => {
    expect(() => read('{"spawn-rate": 2, "spawnRate": 3}')).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION_CONFLICT' }),
    );
  });

  it('names the nearest key', () => {
    expect(() => read('{"spawnrate": 2}')).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION_UNKNOWN', hint: '"spawnRate"' }),
    );
  });

  it('refuses keys of later versions by name', () => {
    expect(() => read('{"agents": 1}')).toThrow(expect.objectContaining({ code: 'ERR_NOT_SUPPORTED' }));
  });

  it.each([
    ['{\n  "users": 10,\n  "host": x\n}', 3, 11, '"x"'],
    ['{\n  "users": 10,\n}', 3, 1, '"}"'],
    ['{\n  "users": 10\n  "host": "a"\n}', 3, 3, '"""'],
    ['{"users": 10', 1, 13, 'the end of the file'],
    ['', 1, 1, 'the end of the file'],
    ['{"users": 10} trailing', 1, 15, '"trailing"'],
    ["{'users': 10}", 1, 2, '"\'"'],
    ['{\n  // users\n  "users": 10\n}', 2, 3, '"/"'],
    ['{"a": [1, 2,, 3]}', 1, 13, '","'],
    ['{"a": "x\ny"}', 1, 7, '"""'],
  ])('says where %j stops being JSON', (text, line, column, found) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({
        code: 'ERR_OPTION_INVALID',
        message: `loadwright.json is not JSON: ${found} is unexpected at line ${line}, column ${column}.`,
      }),
    );
  });

  it.each(['[]', '5', 'null', '"x"'])('refuses %s, which is no object', (text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'ERR_OPTION_INVALID' }));
  });
});
