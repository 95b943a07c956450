import { describe, expect, it } from 'vitest';
import { CallScope, type PendingCall } from '../../../src/runtime/user/call-scope.js';

function createScope() {
  const rejected: string[] = [];
  const scope = new CallScope({ onResume() {}, onLeftBehind() {} });
  const call = (name: string): PendingCall => ({ reject: () => void rejected.push(name) });
  return { scope, rejected, call };
}

describe('the calls of a scope', () => {
  it.each([
    ['the only one', ['a'], ['a'], []],
    ['the last', ['a', 'b', 'c'], ['c'], ['a', 'b']],
    ['the first', ['a', 'b', 'c'], ['a'], ['b', 'c']],
    ['one in the middle', ['a', 'b', 'c'], ['b'], ['a', 'c']],
    ['one twice', ['a', 'b'], ['a', 'a'], ['b']],
    ['one that never came', ['a', 'b'], ['x'], ['a', 'b']],
    ['all', ['a', 'b', 'c'], ['b', 'c', 'a'], []],
    ['one of none', [], ['x'], []],
  ])('are told of the stop, those that left are not: %s', (_which, entered, left, told) => {
    const { scope, rejected, call } = createScope();
    const calls = new Map([...entered, ...left].map((name) => [name, call(name)]));
    for (const name of entered) scope.enter(calls.get(name)!);
    for (const name of left) scope.leave(calls.get(name)!);
    scope.stop();
    expect(rejected.sort()).toEqual(told);
    scope.stop();
    expect(rejected).toEqual(told);
  });
});
