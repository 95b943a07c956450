import { AsyncLocalStorage } from 'node:async_hooks';

let storage: AsyncLocalStorage<true> | undefined;

/** True in code that runs, also after waiting, inside a function given to `measure`. */
export function isInsideMeasure(): boolean {
  return storage !== undefined && storage.getStore() === true;
}

/**
 * Runs a measured function so that `http` inside it can be refused. Following a call through its waits makes every
 * promise of the thread a little dearer, so it begins with the first `measure`.
 */
export function runInsideMeasure<T>(fn: () => T): T {
  storage ??= new AsyncLocalStorage<true>();
  return storage.run(true, fn);
}
