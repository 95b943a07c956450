import { LoadwrightError } from '../../errors.js';
import { requireKeys } from './require-keys.js';
import type { UserContext } from './user-context-types.js';
import type { WaitTime } from './wait.js';

export const USER_BRAND: unique symbol = Symbol.for('loadwright.user') as never;
const SEQUENCE_BRAND: unique symbol = Symbol.for('loadwright.sequence') as never;
const TASK_BRAND: unique symbol = Symbol.for('loadwright.task') as never;

/** What a task does. Its return value is not looked at. */
export type TaskFunction<State> = (context: UserContext<State>) => unknown;

/** A task with a weight or tags. */
export interface TaskEntry<State> {
  /** How often it is chosen, compared with its siblings; 1 if not given, 0 never. */
  weight?: number;
  /** For `--tags` and `--exclude-tags`. */
  tags?: readonly string[];
  run(context: UserContext<State>): unknown;
}

/** Tasks inside a task: entered like a task, and left only by `interrupt()`. */
export interface TaskSet<State> {
  weight?: number;
  tags?: readonly string[];
  waitTime?: WaitTime;
  tasks: Tasks<State>;
}

/** Tasks that run in the order written, once through. */
export interface Sequence<State> {
  readonly [SEQUENCE_BRAND]: true;
  readonly weight?: number;
  readonly tags?: readonly string[];
  readonly steps: readonly TaskItem<State>[];
}

/** A task made by `task()`. */
export interface WeightedTask<State> extends TaskEntry<State> {
  readonly [TASK_BRAND]: true;
}

export type TaskItem<State> =
  | TaskFunction<State>
  | TaskEntry<State>
  | TaskSet<State>
  | Sequence<State>
  | WeightedTask<State>;

/** Named tasks, a list of them, or one sequence. */
export type Tasks<State> = Readonly<Record<string, TaskItem<State>>> | readonly TaskItem<State>[] | Sequence<State>;

/** What `defineUser` takes. */
export interface UserOptions<State> {
  /** How many of these there are, compared with the other kinds; 1 if not given. 0: only when picked by name. */
  weight?: number;
  /** Exactly this many, started before the others; `weight` then does not apply. */
  fixedCount?: number;
  /** Base URL of this kind's requests, unless `--host` is given. */
  host?: string;
  /** Seconds to wait after each task; none if not given. */
  waitTime?: WaitTime;
  tags?: readonly string[];
  /** Runs once before the first task; what it returns is the user's `state`. If it throws, the user ends. */
  onStart?(context: UserContext<undefined>): State | Promise<State>;
  tasks: Tasks<State>;
  /** Runs when the user ends, also when the run stops; has at least a second. Not for users whose `onStart` failed. */
  onStop?(context: UserContext<NoInfer<State>>): unknown;
}

/** A kind of user with any state. */
export interface AnyUser {
  readonly [USER_BRAND]: true;
}

const USER_KEYS = ['weight', 'fixedCount', 'host', 'waitTime', 'tags', 'onStart', 'tasks', 'onStop'];
const TASK_KEYS = ['weight', 'tags', 'run'];
const SET_KEYS = ['weight', 'tags', 'waitTime', 'tasks'];

/** A kind of user: frozen plain data that can be imported anywhere without effect. */
export interface UserDefinition<State = unknown> extends Readonly<UserOptions<State>>, AnyUser {}

/**
 * Defines a kind of user: what it does when it starts, its tasks, and how long it waits between them.
 *
 * Write `onStart` before `tasks`: the type of `state` is inferred from what it returns. Inside `task()` and `sequence()`
 * TypeScript cannot infer it, and it is `any`, unless it is named once: `defineUser<Session>({ … })`. Variables outside the
 * definition are shared by all users of one worker thread, not by all users of the run; what belongs to one user goes
 * into `state`.
 *
 * When the run stops, pending `http`, `sleep` and `measure` calls reject with `UserStopped`, then `onStop` runs with a
 * fresh context.
 *
 * @throws LoadwrightError `ERR_SCENARIO_INVALID` if there are no tasks, something among them is not a task, a weight or
 * count is not a number of 0 or more, or a key does not exist
 * @example
 * ```ts
 * import { between, defineUser } from 'loadwright';
 *
 * export const Visitor = defineUser({
 *   waitTime: between(1, 3),
 *   async onStart({ http }) {
 *     const response = await http.post('/login', { json: { user: 'a' }, required: true });
 *     return { token: response.json<{ token: string }>().token };
 *   },
 *   tasks: {
 *     async home({ http, state }) {
 *       await http.get('/', { headers: { authorization: `Bearer ${state.token}` } });
 *     },
 *   },
 * });
 * ```
 */
export function defineUser<State = undefined>(options: UserOptions<State>): UserDefinition<State> {
  requireKeys('defineUser', options, { known: USER_KEYS });
  requireCount('weight', options.weight);
  requireCount('fixedCount', options.fixedCount, true);
  requireTasks(options.tasks as Tasks<unknown>);
  return Object.freeze({ ...options, [USER_BRAND]: true as const });
}

/**
 * A task with a weight, for tasks written as a list.
 *
 * @param weight how often it is chosen, compared with the others
 * @example
 * ```ts
 * import { defineUser, task } from 'loadwright';
 * export const Visitor = defineUser({
 *   tasks: [task(3, async ({ http }) => http.get('/list')), task(1, async ({ http }) => http.get('/about'))],
 * });
 * ```
 */
// biome-ignore lint/suspicious/noExplicitAny: a call inside defineUser is typed before its state is known; unknown could not be used
export function task<State = any>(weight: number, run: TaskFunction<State>): WeightedTask<State> {
  requireCount('weight', weight);
  return Object.freeze({ [TASK_BRAND]: true as const, weight, run });
}

/**
 * Tasks that run in the order written, with the user's wait after each. As the whole of `tasks` it starts again from
 * the first; inside other tasks it runs once through and returns to them. `interrupt()` leaves it early.
 *
 * @example
 * ```ts
 * import { defineUser, sequence } from 'loadwright';
 * export const Buyer = defineUser({
 *   tasks: sequence([async ({ http }) => http.get('/cart'), async ({ http }) => http.post('/pay')]),
 * });
 * ```
 */
// biome-ignore lint/suspicious/noExplicitAny: as for task()
export function sequence<State = any>(
  steps: readonly TaskItem<State>[],
  options: { weight?: number; tags?: readonly string[] } = {},
): Sequence<State> {
  requireCount('weight', options.weight);
  return Object.freeze({ [SEQUENCE_BRAND]: true as const, ...options, steps: Object.freeze([...steps]) });
}

export function isUserDefinition(value: unknown): value is AnyUser {
  return typeof value === 'object' && value !== null && USER_BRAND in value;
}

export function isSequence(value: unknown): value is Sequence<unknown> {
  return typeof value === 'object' && value !== null && SEQUENCE_BRAND in value;
}

function requireCount(name: string, value: number | undefined, isWhole = false): void {
  if (value === undefined || (value >= 0 && Number.isFinite(value) && (!isWhole || Number.isInteger(value)))) return;
  throw new LoadwrightError('ERR_SCENARIO_INVALID', {
    message: `"${name}" must be a ${isWhole ? 'whole ' : ''}number of 0 or more, but the scenario gave ${String(value)}.`,
  });
}

function requireTasks(tasks: Tasks<unknown> | undefined): void {
  const items: [string, TaskItem<unknown>][] = isSequence(tasks)
    ? Object.entries(tasks.steps)
    : Object.entries((tasks ?? {}) as Record<string, TaskItem<unknown>>);
  if (items.length === 0) {
    throw new LoadwrightError('ERR_SCENARIO_INVALID', {
      message: 'A user needs at least one task, but "tasks" is empty.',
      hint: 'defineUser({ tasks: { home: async ({ http }) => { await http.get("/"); } } })',
    });
  }
  for (const [name, item] of items) requireTask(name, item);
}

function requireTask(name: string, item: TaskItem<unknown>): void {
  if (typeof item === 'function') return;
  const isObject = typeof item === 'object' && item !== null;
  if (isObject && (isSequence(item) || 'tasks' in item)) {
    if (!isSequence(item)) requireKeys(`task "${name}"`, item, { known: SET_KEYS });
    requireCount('weight', item.weight);
    requireTasks(isSequence(item) ? item : item.tasks);
    return;
  }
  if (!isObject || typeof item.run !== 'function') {
    throw new LoadwrightError('ERR_SCENARIO_INVALID', {
      message: `Task "${name}" must be a function, or have "run" or "tasks", but the scenario gave ${String(item)}.`,
      hint: `{ ${name}: { weight: 3, run: async ({ http }) => { await http.get("/"); } } }`,
    });
  }
  requireKeys(`task "${name}"`, item, { known: TASK_KEYS });
  requireCount('weight', item.weight);
}
