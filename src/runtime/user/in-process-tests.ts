import type { TestDefinition } from './define-test.js';

/** Tests given as objects: they cannot cross a port, so a number does. */
const tests = new Map<number, TestDefinition>();
let lastId = 0;

export function keepInProcessTest(test: TestDefinition): number {
  tests.set(++lastId, test);
  return lastId;
}

export function findInProcessTest(id: number): TestDefinition {
  const test = tests.get(id);
  if (test === undefined) throw new Error(`There is no test ${id} in this thread.`);
  return test;
}

export function forgetInProcessTest(id: number): void {
  tests.delete(id);
}
