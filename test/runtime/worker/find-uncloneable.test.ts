import { describe, expect, it } from 'vitest';
import { findUncloneable } from '../../../src/runtime/worker/find-uncloneable.js';

describe('findUncloneable', () => {
  it('says where the first thing is that cannot be copied, and what it is', () => {
    class Pool {
      query = () => {};
    }
    const cases: [value: unknown, path: string, what: string][] = [
      [() => {}, 'c', 'a function'],
      [{ products: [{}, { save: () => {} }] }, 'c.products[1].save', 'a function'],
      [{ 'my key': Symbol('a') }, 'c["my key"]', 'a symbol'],
      [{ answer: Promise.resolve() }, 'c.answer', 'an instance of Promise'],
      [new Map([['a', { b: new WeakMap() }]]), 'c.get("a").b', 'an instance of WeakMap'],
      [new Pool(), 'c.query', 'a function'],
    ];
    for (const [value, path, what] of cases) expect(findUncloneable(value, 'c')).toEqual({ path, what });
  });

  it('takes what can be copied, and circles', () => {
    expect(findUncloneable({ a: [1, new Map(), new Date(), undefined, 1n] }, 'c')).toBeUndefined();
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    circle.end = () => {};
    expect(findUncloneable(circle, 'c')).toEqual({ path: 'c.end', what: 'a function' });
  });
});
