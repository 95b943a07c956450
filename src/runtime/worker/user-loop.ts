import { now } from '../../metrics/clock.js';
import { BEACON_ON_START, BEACON_ON_STOP } from '../beacon.js';
import { CallScope, type ScopeOwner } from '../user/call-scope.js';
import type { UserDefinition } from '../user/define-user.js';
import { Session } from '../user/http/session.js';
import { createRandom, type Random, RandomStream } from '../user/random.js';
import { chooseChild, type TaskBranch, type TaskLeaf, type TaskNode } from '../user/task-tree.js';
import { Context, type ContextOwner, type UserServices } from '../user/user-context.js';
import type { UserContext } from '../user/user-context-types.js';
import { TaskInterrupted, UserEnded, withoutStack } from '../user/user-signals.js';
import type { WaitTime } from '../user/wait.js';

/** A task that has not ended this long after it was told to stop is left behind. */
const LEAVE_BEHIND_MS = 20;
/** What `onStop` is given at least. */
const ON_STOP_MS = 1000;

/** Salts that keep a user's streams apart. */
const TASK_CHOICE = 1;
const WAITS = 2;
const USER_CODE = 3;

/** Streams derive from (seed, load, user, incarnation); there is one load yet, and nobody is started twice. */
const FIRST_LOAD = 0;
const FIRST_INCARNATION = 0;

/** One kind of user, ready to run. */
export interface CompiledKind {
  number: number;
  name: string;
  host: string | undefined;
  definition: UserDefinition<never>;
  tasks: TaskBranch;
}

/** What users need of the worker they live in. */
export interface UserWorld extends UserServices {
  readonly seed: number;
  readonly iterationsPerUser: number | undefined;
  readonly closesConnectionsAfterIteration: boolean;
  noteResume(kind: number, task: number): void;
  addIteration(durationMs: number): void;
  addException(error: unknown, where: string): void;
  requestStop(reason: string, hasFailed: boolean): void;
  onUserEnded(user: User): void;
}

type Context_ = UserContext<never>;

/** One user's life: start, tasks and waits, stop. */
export class User implements ContextOwner, ScopeOwner {
  readonly id: number;
  readonly kind: CompiledKind;
  readonly services: UserWorld;
  readonly session: Session;
  iteration = 0;
  state: unknown;
  #random: Random | undefined;
  readonly #choices: RandomStream;
  readonly #waits: RandomStream;
  readonly #scope = new CallScope(this);
  #isEnding = false;
  #isInterrupted = false;
  #hasStarted = false;
  #hasLeft = false;
  #task = BEACON_ON_START;
  #cancelWait: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(world: UserWorld, kind: CompiledKind, id: number) {
    this.services = world;
    this.kind = kind;
    this.id = id;
    this.session = new Session(world.engine, kind.host);
    this.#choices = this.#createStream(TASK_CHOICE);
    this.#waits = this.#createStream(WAITS);
  }

  get kindName(): string {
    return this.kind.name;
  }

  get random(): Random {
    this.#random ??= createRandom(this.#createStream(USER_CODE));
    return this.#random;
  }

  /** Begins the user's life; how it ends is told by `onUserEnded`. */
  start(): void {
    void this.#live().then(() => this.#leave());
  }

  /** The run is over: a waiting user ends now, one at work within `gracefulStopMs`. */
  stop(gracefulStopMs: number): void {
    this.#isEnding = true;
    if (this.#hasLeft) return;
    if (this.#cancelWait !== undefined) {
      this.#cancelWait();
      return;
    }
    clearTimeout(this.#timer);
    if (gracefulStopMs > 0) this.#timer = setTimeout(() => this.#cutOff(), gracefulStopMs);
    else this.#cutOff();
  }

  onResume(): void {
    this.services.noteResume(this.kind.number, this.#task);
  }

  onLeftBehind(): void {
    this.#leave();
  }

  interrupt(): never {
    this.#isInterrupted = true;
    throw withoutStack(() => new TaskInterrupted('interrupt()'));
  }

  stopUser(): never {
    this.#isEnding = true;
    throw withoutStack(() => new UserEnded('stopUser()'));
  }

  stopRun(reason: string, hasFailed: boolean): never {
    this.#isEnding = true;
    this.services.requestStop(reason, hasFailed);
    throw withoutStack(() => new UserEnded('stopRun()'));
  }

  async #live(): Promise<void> {
    const context = new Context(this, this.#scope) as unknown as Context_;
    const { onStart } = this.kind.definition;
    if (onStart !== undefined) {
      this.onResume();
      try {
        this.state = await onStart(context as never);
      } catch (error) {
        if (!this.#hasLeft) this.services.addException(error, `${this.kind.name}.onStart`);
        return;
      }
    }
    this.#hasStarted = true;
    while (!this.#isEnding) {
      if (!(await this.#runBranch(this.kind.tasks, context))) return;
    }
  }

  /** Runs a sequence once through, or chooses from a set until it is left. False if there is nothing to choose. */
  async #runBranch(branch: TaskBranch, context: Context_): Promise<boolean> {
    this.#isInterrupted = false;
    if (branch.type === 'sequence') {
      for (const step of branch.children) {
        await this.#runNode(step, branch, context);
        if (this.#isEnding || this.#takeInterrupt()) break;
      }
      return branch.children.length > 0;
    }
    const isTop = branch === this.kind.tasks;
    while (!this.#isEnding) {
      const node = chooseChild(branch, this.#choices.next());
      if (node === undefined) return false;
      await this.#runNode(node, branch, context);
      if (this.#takeInterrupt() && !isTop) break;
    }
    return true;
  }

  async #runNode(node: TaskNode, parent: TaskBranch, context: Context_): Promise<void> {
    if (node.type !== 'task') {
      await this.#runBranch(node, context);
      return;
    }
    const startedAtMs = now();
    await this.#runTask(node, context);
    if (this.#hasLeft) return;
    const durationMs = now() - startedAtMs;
    if (!this.#scope.isStopped) {
      this.services.addIteration(durationMs);
      this.iteration++;
    }
    if (this.iteration === this.services.iterationsPerUser) this.#isEnding = true;
    if (this.services.closesConnectionsAfterIteration) this.session.close({ all: false });
    if (!this.#isEnding) await this.#wait(parent.waitTime, durationMs);
  }

  async #runTask(task: TaskLeaf, context: Context_): Promise<void> {
    this.#task = task.number;
    this.onResume();
    try {
      await task.run(context);
    } catch (error) {
      if (!this.#hasLeft) this.services.addException(error, `${this.kind.name}.${task.name}`);
    }
  }

  #takeInterrupt(): boolean {
    const wasInterrupted = this.#isInterrupted;
    this.#isInterrupted = false;
    return wasInterrupted;
  }

  /** Even without a wait, other users and the timers get their turn between two tasks. */
  #wait(waitTime: WaitTime | undefined, taskMs: number): Promise<void> {
    const seconds = this.#readWait(waitTime, taskMs);
    return new Promise((resolve) => {
      const end = () => {
        this.#cancelWait = undefined;
        resolve();
      };
      if (seconds <= 0) {
        const immediate = setImmediate(end);
        this.#cancelWait = () => {
          clearImmediate(immediate);
          end();
        };
        return;
      }
      const timer = setTimeout(end, Math.min(seconds * 1000, 2 ** 31 - 1));
      this.#cancelWait = () => {
        clearTimeout(timer);
        end();
      };
    });
  }

  #readWait(waitTime: WaitTime | undefined, taskMs: number): number {
    if (waitTime === undefined) return 0;
    try {
      const seconds = waitTime({ taskSeconds: taskMs / 1000, random: () => this.#waits.next() });
      if (Number.isFinite(seconds)) return seconds;
      throw new RangeError(`waitTime must return seconds, but it returned ${String(seconds)}.`);
    } catch (error) {
      this.services.addException(error, `${this.kind.name}.waitTime`);
      return 1;
    }
  }

  #cutOff(): void {
    clearTimeout(this.#timer);
    if (this.#hasLeft) return;
    this.#timer = setTimeout(() => this.#leave(), LEAVE_BEHIND_MS);
    this.#scope.stop();
  }

  /** The user's tasks are over, by themselves or left behind: `onStop`, then the end. */
  #leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#isEnding = true;
    clearTimeout(this.#timer);
    this.#scope.stop();
    const { onStop } = this.kind.definition;
    if (onStop === undefined || !this.#hasStarted) {
      this.services.onUserEnded(this);
      return;
    }
    void this.#runOnStop(onStop as (context: Context_) => unknown).then(() => this.services.onUserEnded(this));
  }

  /** Resolves when `onStop` has ended, or a second is over. */
  #runOnStop(onStop: (context: Context_) => unknown): Promise<void> {
    return new Promise((resolve) => {
      const scope = new CallScope({ onResume: () => this.onResume(), onLeftBehind: resolve });
      const limit = setTimeout(() => {
        scope.stop();
        this.#timer = setTimeout(resolve, LEAVE_BEHIND_MS);
      }, ON_STOP_MS);
      const run = async () => {
        this.#task = BEACON_ON_STOP;
        this.onResume();
        try {
          await onStop(new Context(this, scope) as unknown as Context_);
        } catch (error) {
          this.services.addException(error, `${this.kind.name}.onStop`);
        }
        clearTimeout(limit);
        clearTimeout(this.#timer);
        resolve();
      };
      void run();
    });
  }

  #createStream(purpose: number): RandomStream {
    return new RandomStream([this.services.seed, FIRST_LOAD, this.id, FIRST_INCARNATION, purpose]);
  }
}
