import type { HttpResponse } from './http-types.js';

/** Of the promise that was made last. */
export const lastSettlers: { resolve(response: HttpResponse): void; reject(error: unknown): void } = {
  resolve() {},
  reject() {},
};

/** What promises of answers are made with: one function for all of them, instead of a closure for each. */
export function keepSettlers(resolve: (response: HttpResponse) => void, reject: (error: unknown) => void): void {
  lastSettlers.resolve = resolve;
  lastSettlers.reject = reject;
}
