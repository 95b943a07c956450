import { describe, expect, it } from 'vitest';
import { deepFreeze } from '../../../src/runtime/worker/deep-freeze.js';

describe('deepFreeze', () => {
  it('freezes objects and arrays all the way down, also in a Map and a Set', () => {
    const value = {
      list: [{ id: 1 }],
      map: new Map([['a', { id: 2 }]]),
      set: new Set([[3]]),
      bare: Object.assign(Object.create(null), { inner: {} }) as { inner: object },
    };
    expect(deepFreeze(value)).toBe(value);
    const parts = [value, value.list, value.list[0], value.map.get('a'), [...value.set][0], value.bare.inner];
    expect(parts.map((part) => Object.isFrozen(part))).toEqual(parts.map(() => true));
  });

  it('leaves alone what cannot be frozen', () => {
    const value = { map: new Map(), bytes: new Uint8Array(2), date: new Date(0), text: 'a', none: null };
    deepFreeze(value);
    value.map.set('a', 1);
    value.bytes[0] = 7;
    expect([value.map.size, value.bytes[0]]).toEqual([1, 7]);
  });

  it('ends with circles, and takes depth', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(Object.isFrozen(deepFreeze(circle))).toBe(true);
    let deep: object = {};
    for (let depth = 0; depth < 50_000; depth++) deep = { deep };
    expect(Object.isFrozen(deepFreeze(deep))).toBe(true);
  });
});
