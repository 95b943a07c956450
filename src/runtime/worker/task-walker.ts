import { now } from '../../metrics/clock.js';
import type { CallScope } from '../user/call-scope.js';
import type { AnyFeeder } from '../user/feeder.js';
import type { Session } from '../user/http/session.js';
import { createRandom, type Random, RandomStream } from '../user/random.js';
import { chooseChild, type TaskBranch, type TaskLeaf, type TaskNode } from '../user/task-tree.js';
import type { UserContext } from '../user/user-context-types.js';
import type { WaitTime } from '../user/wait.js';
import { loopTurn } from './loop-turn.js';
import { Pace } from './pace.js';
import type { CompiledKind, UserIdentity, UserWorld } from './user-world.js';

/** Salts that keep a user's streams apart. */
const TASK_CHOICE = 1;
const WAITS = 2;
const USER_CODE = 3;
/** What is added for numbered starts: user 5 and start 5 draw different numbers. */
const NUMBERED = 16;

type AnyContext = UserContext<never>;

/** How a user goes through its tasks: chooses, runs, counts, waits. One object with the user itself. */
export abstract class TaskWalker {
  readonly kind: CompiledKind;
  readonly services: UserWorld;
  readonly identity: UserIdentity;
  abstract readonly session: Session;
  /** Tasks run before this one; the number of its start, where starts are numbered. */
  iteration = 0;
  /** The start's number in open loads and shared iterations. */
  startIndex: number | undefined;
  /** Tasks begun by this user. */
  begun = 0;
  #takes: Map<AnyFeeder, number> | undefined;
  protected isEnding = false;
  /** Between the beginning and the end of an iteration. */
  protected isInIteration = false;
  protected hasLeft = false;
  protected cancelWait: (() => void) | undefined;
  protected abstract readonly scope: CallScope;
  #random: Random | undefined;
  #choices: RandomStream;
  #waits: RandomStream;
  #hasPermit = false;
  #isInterrupted = false;
  #pace: Pace | undefined;

  constructor(world: UserWorld, kind: CompiledKind, identity: UserIdentity) {
    this.services = world;
    this.kind = kind;
    this.identity = identity;
    this.#choices = this.#createStream(TASK_CHOICE);
    this.#waits = this.#createStream(WAITS);
  }

  get random(): Random {
    this.#random ??= createRandom(this.#createStream(USER_CODE));
    return this.#random;
  }

  /** Rows that this iteration has taken. */
  takesInIteration(): Map<AnyFeeder, number> {
    this.#takes ??= new Map();
    return this.#takes;
  }

  protected abstract noteTask(task: number): void;

  protected noteInterrupt(): void {
    this.#isInterrupted = true;
  }

  /** Goes on until the user ends, or there is nothing to choose. */
  protected async walk(context: AnyContext): Promise<void> {
    while (!this.isEnding) {
      if (!(await this.#runBranch(this.kind.tasks, context))) return;
    }
  }

  /** One iteration of an open load: one task by weight, or a whole sequence, without waits. */
  protected async walkOnce(context: AnyContext, start: { index: number; lagMs: number }): Promise<void> {
    this.#useIndex(start.index);
    this.session.beginIteration(start.lagMs);
    this.begun++;
    this.#takes?.clear();
    const startedAtMs = now();
    this.isInIteration = true;
    await this.#runOnce(this.kind.tasks, context);
    this.isInIteration = false;
    this.#isInterrupted = false;
    if (!this.hasLeft) this.#endIteration(now() - startedAtMs, undefined);
  }

  async #runOnce(node: TaskNode, context: AnyContext): Promise<void> {
    if (node.type === 'task') {
      this.#beginTask(node);
      try {
        await node.run(context as never);
      } catch (error) {
        this.#addFailure(error, node);
      }
      return;
    }
    this.kind.starts[node.place]!++;
    if (node.type === 'sequence') {
      for (const step of node.children) {
        await this.#runOnce(step, context);
        if (this.isEnding || this.#isInterrupted) return;
      }
    } else {
      const child = chooseChild(node, this.#choices.next());
      if (child !== undefined) await this.#runOnce(child, context);
    }
  }

  /** Runs a sequence once through, or chooses from a set until it is left. False if there is nothing to choose. */
  async #runBranch(branch: TaskBranch, context: AnyContext): Promise<boolean> {
    this.#isInterrupted = false;
    if (branch.type === 'sequence') {
      for (const step of branch.children) {
        if (!this.#tryPermit() && !(await this.#takePermit())) break;
        if (step === branch.children[0]) this.kind.starts[branch.place]!++;
        await this.#runNode(step, branch, context);
        if (this.isEnding || this.#takeInterrupt()) break;
      }
      return branch.children.length > 0;
    }
    const isTop = branch === this.kind.tasks;
    // Nobody leaves the whole of a kind's tasks for another turn.
    if (!isTop) this.kind.starts[branch.place]!++;
    while (!this.isEnding) {
      if (!this.#tryPermit() && !(await this.#takePermit())) break;
      const node = chooseChild(branch, this.#choices.next());
      if (node === undefined) return false;
      await this.#runNode(node, branch, context);
      if (this.#takeInterrupt() && !isTop) break;
    }
    return true;
  }

  #runNode(node: TaskNode, parent: TaskBranch, context: AnyContext): Promise<unknown> {
    return node.type === 'task' ? this.#runLeaf(node, parent, context) : this.#runBranch(node, context);
  }

  async #runLeaf(node: TaskLeaf, parent: TaskBranch, context: AnyContext): Promise<void> {
    this.#hasPermit = false;
    this.begun++;
    this.#takes?.clear();
    this.session.beginIteration(0);
    const turn = loopTurn();
    const startedAtMs = now();
    this.isInIteration = true;
    // Here, as in `#runOnce`, and in no function of its own: that would be one more promise for each task.
    this.#beginTask(node);
    try {
      await node.run(context as never);
    } catch (error) {
      this.#addFailure(error, node);
    }
    this.isInIteration = false;
    if (this.hasLeft) return;
    const durationMs = now() - startedAtMs;
    this.#endIteration(durationMs, parent.waitTime);
    // After the last one there is nothing to wait for.
    if (!this.services.hasIterations(this)) this.isEnding = true;
    if (this.isEnding) return;
    const seconds = this.#readWait(parent.waitTime, durationMs);
    const intervalSeconds = parent.waitTime?.intervalSeconds;
    if (intervalSeconds !== undefined && seconds > 0) {
      this.#pace ??= new Pace();
      await this.#untilDue(this.#pace.nextDueMs(startedAtMs, intervalSeconds * 1000));
      return;
    }
    this.#pace?.lose();
    // Whoever waited for the network has let others have their turn.
    if (seconds > 0 || turn === loopTurn()) await this.#wait(seconds);
  }

  /** A timer may come up to a millisecond early, and a start that was due after the end would be one too many. */
  async #untilDue(dueMs: number): Promise<void> {
    let leftMs = dueMs - now();
    // A start that was late by a timer is followed by a shorter wait.
    if (leftMs <= 0) await this.#wait(0);
    for (; leftMs > 0 && !this.isEnding; leftMs = dueMs - now()) await this.#wait(leftMs / 1000);
  }

  #endIteration(durationMs: number, waitTime: WaitTime | undefined): void {
    if (!this.scope.isStopped) {
      const seconds = waitTime?.intervalSeconds;
      this.services.addIteration(this, durationMs, seconds === undefined ? undefined : seconds * 1000);
      this.iteration++;
    }
    this.session.endIteration();
  }

  #beginTask({ number, place }: TaskLeaf): void {
    this.noteTask(number);
    this.kind.starts[place]!++;
  }

  #addFailure(error: unknown, { name }: TaskLeaf): void {
    if (!this.hasLeft) this.services.addException(error, `${this.kind.name}.${name}`);
  }

  /** Leave for one more task: not while the run is paused, and not when all there were to do are taken. */
  async #takePermit(): Promise<boolean> {
    // It may have been closed again at once.
    while (this.services.gate.isClosed && !this.isEnding) await this.#untilOpen();
    return this.#tryPermit();
  }

  #tryPermit(): boolean {
    if (this.#hasPermit) return true;
    if (this.services.gate.isClosed || this.isEnding) return false;
    const index = this.services.takeIteration(this);
    if (index === undefined) {
      this.isEnding = true;
      return false;
    }
    if (index >= 0) this.#useIndex(index);
    this.#hasPermit = true;
    return true;
  }

  #untilOpen(): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        this.cancelWait = undefined;
        resolve();
      };
      const withdraw = this.services.gate.onOpen(end);
      this.cancelWait = () => {
        withdraw();
        end();
      };
    });
  }

  #takeInterrupt(): boolean {
    const wasInterrupted = this.#isInterrupted;
    this.#isInterrupted = false;
    return wasInterrupted;
  }

  /** Even without a wait, other users and the timers get their turn between two tasks. */
  #wait(seconds: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        this.cancelWait = undefined;
        resolve();
      };
      if (seconds <= 0) {
        const immediate = setImmediate(end);
        this.cancelWait = () => {
          clearImmediate(immediate);
          end();
        };
        return;
      }
      const timer = setTimeout(end, Math.min(seconds * 1000, 2 ** 31 - 1));
      this.cancelWait = () => {
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

  /** What a numbered start does depends on its number alone, whoever carries it out. */
  #useIndex(index: number): void {
    this.startIndex = index;
    this.iteration = index;
    this.#random = undefined;
    this.#choices = this.#createStream(TASK_CHOICE);
  }

  #createStream(purpose: number): RandomStream {
    const { load, slot, incarnation } = this.identity;
    const { startIndex } = this;
    const who = startIndex === undefined ? [slot, incarnation, purpose] : [startIndex, 0, purpose + NUMBERED];
    return new RandomStream([this.services.seed, load, ...who]);
  }
}
