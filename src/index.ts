/**
 * What a scenario imports: definitions, waits and types. Importing it starts nothing and loads no HTTP client.
 */
export { LoadwrightError } from './errors.js';
export {
  defineTest,
  type HttpOptions,
  type PlainLoad,
  type TestDefinition,
  type TestOptions,
} from './runtime/user/define-test.js';
export {
  type AnyUser,
  defineUser,
  type Sequence,
  sequence,
  type TaskEntry,
  type TaskFunction,
  type TaskItem,
  type TaskSet,
  type Tasks,
  task,
  type UserDefinition,
  type UserOptions,
  type WeightedTask,
} from './runtime/user/define-user.js';
export type {
  Expectation,
  ExpectFunction,
  HttpClient,
  HttpResponse,
  MultipartValue,
  RequestBody,
  RequestDefaults,
  RequestOptions,
  RequestTarget,
  Timings,
} from './runtime/user/http/http-types.js';
export type { Random } from './runtime/user/random.js';
export type { MeasureOptions, UserContext } from './runtime/user/user-context-types.js';
export { UserStopped } from './runtime/user/user-signals.js';
export {
  between,
  constant,
  constantPacing,
  constantThroughput,
  poisson,
  type WaitInput,
  type WaitTime,
} from './runtime/user/wait.js';
