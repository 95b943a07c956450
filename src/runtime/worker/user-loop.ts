import { now } from '../../metrics/clock.js';
import { BEACON_ON_START, BEACON_ON_STOP } from '../beacon.js';
import { CallScope, type ScopeOwner } from '../user/call-scope.js';
import type { AnyFeeder } from '../user/feeder.js';
import { Session } from '../user/http/session.js';
import { Context, type ContextOwner } from '../user/user-context.js';
import type { UserContext } from '../user/user-context-types.js';
import { TaskInterrupted, UserEnded, withoutStack } from '../user/user-signals.js';
import { TaskWalker } from './task-walker.js';
import type { CompiledKind, UserIdentity, UserWorld } from './user-world.js';

/** A task that has not ended this long after it was told to stop is left behind. */
const LEAVE_BEHIND_MS = 20;
/** What `onStop` is given at least. */
const ON_STOP_MS = 1000;

type Context_ = UserContext<never>;

/** One user's life: start, tasks and waits, stop. */
export class User extends TaskWalker implements ContextOwner, ScopeOwner {
  readonly session: Session;
  state: unknown;
  /** True between the iterations of an open load. */
  isIdle = false;
  protected readonly scope = new CallScope(this);
  #context: Context_ | undefined;
  #hasStarted = false;
  #task = BEACON_ON_START;
  #timer: NodeJS.Timeout | undefined;
  /** When it is cut off. */
  #stopAtMs = Number.POSITIVE_INFINITY;
  #onLeft: (() => void) | undefined;

  constructor(world: UserWorld, kind: CompiledKind, identity: UserIdentity) {
    super(world, kind, identity);
    this.session = new Session(world.engine, kind.host, identity.source);
    this.session.keepsLastRequest = kind.keepsPace;
    this.session.place = identity.slot + identity.load;
  }

  get id(): number {
    return this.identity.id;
  }

  get kindName(): string {
    return this.kind.name;
  }

  /** Begins the life of a user that loops over its tasks; how it ends is told by `onUserEnded`. */
  start(): void {
    const context = this.#createContext();
    const live = async () => {
      if (await this.#begin(context)) await this.walk(context);
    };
    void live().then(() => this.#leave());
  }

  /** Begins the life of a user that is given its iterations: true when it can be, false when it has ended. */
  async enter(): Promise<boolean> {
    const hasLeft = new Promise<false>((resolve) => {
      this.#onLeft = () => resolve(false);
    });
    this.isIdle = await Promise.race([this.#begin(this.#createContext()), hasLeft]);
    if (!this.isIdle) this.#leave();
    return this.isIdle;
  }

  /** One iteration of an open load. Resolves when it has ended; the user may have ended with it. */
  async iterate(start: { index: number; lagMs: number }): Promise<void> {
    this.isIdle = false;
    await this.walkOnce(this.#context!, start);
    if (this.isEnding) this.#leave();
    else this.isIdle = true;
  }

  /** The run is over: a waiting user ends now, one at work within `gracefulStopMs`. */
  stop(gracefulStopMs: number): void {
    this.isEnding = true;
    if (this.hasLeft) return;
    if (this.isIdle) {
      this.#leave();
      return;
    }
    if (this.cancelWait !== undefined) {
      this.cancelWait();
      return;
    }
    // Told again, less may be granted, never more.
    const stopAtMs = now() + gracefulStopMs;
    if (stopAtMs >= this.#stopAtMs) return;
    this.#stopAtMs = stopAtMs;
    clearTimeout(this.#timer);
    if (gracefulStopMs > 0) this.#timer = setTimeout(() => this.#cutOff(), gracefulStopMs);
    else this.#cutOff();
  }

  onResume(): void {
    this.services.noteResume(this.kind.number, this.#task);
  }

  protected noteTask(task: number): void {
    this.#task = task;
    this.onResume();
  }

  /** The next row of a feeder; a user for whom there is none ends. */
  nextRow(feeder: AnyFeeder): unknown {
    const next = this.services.nextRow(feeder, this);
    return next === undefined ? this.stopUser() : next.row;
  }

  onLeftBehind(): void {
    this.#leave();
  }

  interrupt(): never {
    this.noteInterrupt();
    throw withoutStack(() => new TaskInterrupted('interrupt()'));
  }

  stopUser(): never {
    this.isEnding = true;
    throw withoutStack(() => new UserEnded('stopUser()'));
  }

  stopRun(reason: string, hasFailed: boolean): never {
    this.isEnding = true;
    this.services.requestStop(reason, hasFailed);
    throw withoutStack(() => new UserEnded('stopRun()'));
  }

  /** `onStart`; true if the user may go on. */
  async #begin(context: Context_): Promise<boolean> {
    const { onStart } = this.kind.definition;
    if (onStart !== undefined) {
      this.onResume();
      try {
        this.state = await onStart(context as never);
      } catch (error) {
        if (!this.hasLeft) this.services.addException(error, `${this.kind.name}.onStart`);
        return false;
      }
    }
    this.#hasStarted = true;
    return !this.isEnding;
  }

  #createContext(): Context_ {
    this.#context = new Context(this, this.scope) as unknown as Context_;
    return this.#context;
  }

  #cutOff(): void {
    clearTimeout(this.#timer);
    if (this.hasLeft) return;
    if (this.isInIteration) this.services.addInterrupted();
    this.#timer = setTimeout(() => this.#leave(), LEAVE_BEHIND_MS);
    this.scope.stop();
  }

  /** The user's tasks are over, by themselves or left behind: `onStop`, then the end. */
  #leave(): void {
    if (this.hasLeft) return;
    this.hasLeft = true;
    this.#onLeft?.();
    this.isEnding = true;
    clearTimeout(this.#timer);
    this.scope.stop();
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
}
