/** What is there already in the embedded server, and comes from elsewhere in the real system. */
export type Soon<T> = T | Promise<T>;

/** Goes on at once where nothing has to be waited for: a promise would cost each request a turn of the event loop. */
export function whenReady<T, R>(value: Soon<T>, use: (value: T) => Soon<R>): Soon<R> {
  return value instanceof Promise ? value.then(use) : use(value);
}
