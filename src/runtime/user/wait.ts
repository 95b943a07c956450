/** What a wait function is told: seconds and the user's own stream of random numbers. */
export interface WaitInput {
  /** How long the task took that has just ended, in seconds. */
  taskSeconds: number;
  /** The next number in [0, 1) of the user's waits. */
  random: () => number;
}

/** Seconds to wait after a task. */
export interface WaitTime {
  (input: WaitInput): number;
  /** Of waits that keep a pace: the seconds from one start to the next. A task that takes longer misses starts. */
  readonly intervalSeconds?: number;
}

/**
 * A random wait, evenly distributed. Seconds, as in Locust; `between(1000, 3000)` would be a quarter of an hour and more.
 *
 * @param minSeconds least wait
 * @param maxSeconds greatest wait
 * @example
 * ```ts
 * import { between, defineUser } from 'loadwright';
 * export const Visitor = defineUser({
 *   waitTime: between(1, 3),
 *   tasks: { home: async ({ http }) => { await http.get('/'); } },
 * });
 * ```
 */
export function between(minSeconds: number, maxSeconds: number): WaitTime {
  requireSeconds('between', minSeconds);
  requireSeconds('between', maxSeconds);
  if (minSeconds > maxSeconds)
    throw new RangeError(`between(${minSeconds}, ${maxSeconds}): the first must not be larger.`);
  return ({ random }) => minSeconds + random() * (maxSeconds - minSeconds);
}

/** The same wait after every task, in seconds. `constant(0)` does not wait. */
export function constant(seconds: number): WaitTime {
  requireSeconds('constant', seconds);
  return () => seconds;
}

/**
 * Starts a task every `seconds`, however long tasks take: the wait is max(0, seconds − task time). A task that took
 * longer is followed at once by the next; what was missed is not caught up, but counted (`missed_starts`), and the
 * response times are corrected for it.
 */
export function constantPacing(seconds: number): WaitTime {
  requireSeconds('constantPacing', seconds);
  const wait: WaitTime = ({ taskSeconds }) => Math.max(0, seconds - taskSeconds);
  return Object.freeze(Object.assign(wait, { intervalSeconds: seconds }));
}

/** Starts `tasksPerSecond` tasks a second for each user: `constantPacing(1 / tasksPerSecond)`. */
export function constantThroughput(tasksPerSecond: number): WaitTime {
  requireRate('constantThroughput', tasksPerSecond);
  return constantPacing(1 / tasksPerSecond);
}

/** Exponentially distributed waits with a mean of 1 / `tasksPerSecond` seconds, as arrivals that know nothing of each other. */
export function poisson(tasksPerSecond: number): WaitTime {
  requireRate('poisson', tasksPerSecond);
  return ({ random }) => -Math.log(1 - random()) / tasksPerSecond;
}

function requireSeconds(name: string, value: number): void {
  if (!(Number.isFinite(value) && value >= 0)) {
    throw new RangeError(`${name}() takes seconds of 0 or more, but got ${value}.`);
  }
}

function requireRate(name: string, value: number): void {
  if (!(Number.isFinite(value) && value > 0)) {
    throw new RangeError(`${name}() takes a number of tasks a second above 0, but got ${value}.`);
  }
}
