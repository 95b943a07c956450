import { describe, expect, it } from 'vitest';
import { fromScript } from '../../src/options/from-script.js';
import { OPTION_NAMES } from '../../src/options/option-table.js';
import { resolveOptions } from '../../src/options/resolve-options.js';
import { LAYER_ORDER, type LayerName, type OptionLayer } from '../../src/options/resolved-options.js';

function layer(name: LayerName, values: Record<string, unknown>, origin: string = name): OptionLayer {
  return {
    layer: name,
    values: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value, origin }])),
  };
}

describe('resolveOptions', () => {
  it('gives every option its default, with its origin', () => {
    const { values, origins } = resolveOptions([]);
    expect(Object.keys(values).sort()).toEqual([...OPTION_NAMES].sort());
    expect(values).toMatchObject({ users: 1, spawnRate: 1, runTime: undefined, stopTimeout: 0, drainTimeout: 5_000 });
    expect(values).toMatchObject({ timeout: 60_000, maxRedirects: 10, maxBodyBytes: 67_108_864, preflight: true });
    for (const name of OPTION_NAMES) expect(origins[name]).toEqual({ layer: 'default', origin: 'default' });
  });

  it('lets each later layer win, whatever order they come in', () => {
    const given = LAYER_ORDER.slice(1);
    for (let count = 1; count <= given.length; count += 1) {
      const layers = given.slice(0, count).map((name, index) => layer(name, { users: 10 + index }));
      const { values, origins } = resolveOptions(layers.reverse());
      expect(values.users).toBe(9 + count);
      expect(origins.users.layer).toBe(given[count - 1]);
    }
  });

  it('overrides what a layer names and nothing else', () => {
    const { values, origins } = resolveOptions([
      fromScript({ users: 100, spawnRate: 5, runTime: '5m' }),
      layer('flag', { users: '7' }, '--users'),
    ]);
    expect(values).toMatchObject({ users: 7, spawnRate: 5, runTime: 300_000 });
    expect(origins.users).toEqual({ layer: 'flag', origin: '--users' });
    expect(origins.spawnRate).toEqual({ layer: 'script', origin: 'the scenario' });
  });

  it('overrides single keys of env', () => {
    const { values } = resolveOptions([
      layer('config', { env: { A: '1', B: '2' } }),
      layer('flag', { env: ['B=3'] }, '--env'),
    ]);
    expect(values.env).toEqual({ A: '1', B: '3' });
  });

  it('overrides single labels', () => {
    const { values } = resolveOptions([
      layer('environment', { labels: ['region=eu', 'build=7'] }),
      layer('flag', { labels: ['build=8'] }, '--label'),
    ]);
    expect(values.labels).toEqual({ region: 'eu', build: '8' });
  });

  it('is frozen and shares nothing with the layers', () => {
    const tags = ['a'];
    const resolved = resolveOptions([layer('flag', { tags })]);
    tags.push('b');
    expect(resolved.values.tags).toEqual(['a']);
    const { env, labels, stages, thresholds } = resolved.values;
    for (const part of [resolved, resolved.values, resolved.origins, resolved.values.tags, env, labels, stages]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(thresholds).not.toBe(resolveOptions([]).values.thresholds);
  });

  it('takes undefined for not given', () => {
    expect(resolveOptions([layer('flag', { users: undefined })]).values.users).toBe(1);
  });

  it('says where a wrong value came from and what to type there', () => {
    const message = '"users" must be a whole number of 1 or more, but';
    expect(() => resolveOptions([layer('environment', { users: 'ten' }, 'LOADWRIGHT_USERS')])).toThrow(
      expect.objectContaining({
        message: `${message} LOADWRIGHT_USERS gave "ten".`,
        hint: '--users 10   or   LOADWRIGHT_USERS=10',
      }),
    );
    expect(() => resolveOptions([layer('config', { users: 0 }, 'loadwright.json')])).toThrow(
      expect.objectContaining({
        message: `${message} loadwright.json gave 0.`,
        hint: '"users": 10 in loadwright.json   or   --users 10',
      }),
    );
    expect(() => resolveOptions([fromScript({ users: -1 })])).toThrow(
      expect.objectContaining({
        message: `${message} the scenario gave -1.`,
        hint: 'load: { users: 10 }   or   --users 10',
      }),
    );
    expect(() => resolveOptions([fromScript({ host: 'localhost' })])).toThrow(
      expect.objectContaining({ hint: "host: 'http://localhost'   or   --host http://localhost" }),
    );
  });

  it('never shows a password that stands in a URL', () => {
    expect(() => resolveOptions([layer('flag', { host: 'http://me:geheim@host/path' }, '--host')])).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('geheim') }),
    );
  });

  it('refuses a name that is no option', () => {
    expect(() => resolveOptions([layer('script', { spawnrate: 1 }, 'the scenario')])).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION_UNKNOWN', hint: 'spawnRate' }),
    );
  });

  it.each([
    [{ csvFullHistory: true }, 'csv'],
    [{ tags: 'a b', excludeTags: 'b' }, '"b"'],
    [{ debug: true, workers: 2 }, 'one thread'],
  ])('refuses %j as a conflict', (values, part) => {
    expect(() => resolveOptions([layer('flag', values)])).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION_CONFLICT', message: expect.stringContaining(part) }),
    );
  });

  it('runs --debug in one worker', () => {
    const { values, origins } = resolveOptions([layer('flag', { debug: true }, '--debug')]);
    expect(values.workers).toBe(1);
    expect(origins.workers).toEqual({ layer: 'flag', origin: '--debug' });
  });
});
