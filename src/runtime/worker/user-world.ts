import type { MeasureSource } from '../../metrics/measures.js';
import type { UserDefinition } from '../user/define-user.js';
import type { AnyFeeder } from '../user/feeder.js';
import type { TaskBranch } from '../user/task-tree.js';
import type { UserServices } from '../user/user-context.js';
import type { Gate } from './gate.js';
import type { KindMeter } from './kind-meter.js';
import type { TaskWalker } from './task-walker.js';
import type { User } from './user-loop.js';

/** One kind of user, ready to run. */
export interface CompiledKind {
  number: number;
  name: string;
  host: string | undefined;
  definition: UserDefinition<never>;
  tasks: TaskBranch;
  /** Some wait of its tasks keeps a pace. */
  keepsPace: boolean;
  meter: KindMeter;
  /** The meter's own: how often each place of `tasks` began. */
  starts: Float64Array;
}

/** Which user of the run it is; streams of random numbers derive from load, slot and incarnation. */
export interface UserIdentity {
  /** The user's number in the whole run, the same however it is shared. */
  id: number;
  /** Position of its load in the plan. */
  load: number;
  /** Its place in the load's line of users, from 0. */
  slot: number;
  /** How many users had this place before. */
  incarnation: number;
  source: MeasureSource;
}

/** What users need of the worker they live in, and of the load they belong to. */
export interface UserWorld extends UserServices {
  readonly seed: number;
  /** Closed while the run is paused: no task begins. */
  readonly gate: Gate;
  noteResume(kind: number, task: number): void;
  /** Leave for one more task: its number where starts are numbered, -1 where they are not, undefined: none is left. */
  takeIteration(user: TaskWalker): number | undefined;
  /** False when all there were to do are taken. */
  hasIterations(user: TaskWalker): boolean;
  addIteration(user: TaskWalker, durationMs: number, intervalMs: number | undefined): void;
  /** An iteration had begun, and is cut off. */
  addInterrupted(): void;
  addException(error: unknown, where: string): void;
  /** The next row, or undefined if the user has to end for lack of one. */
  nextRow(feeder: AnyFeeder, user: TaskWalker): { row: unknown } | undefined;
  requestStop(reason: string, hasFailed: boolean): void;
  onUserEnded(user: User): void;
}
