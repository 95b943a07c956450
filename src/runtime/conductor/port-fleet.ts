import type { MessagePort } from 'node:worker_threads';
import { fromErrorRecord, LoadwrightError } from '../../errors.js';
import { createBeacon, readBeacon } from '../beacon.js';
import type { Fleet, FleetEvent, FleetPreparation, LastSeen, ShareLimits } from '../fleet.js';
import type { PlanRevision } from '../plan.js';
import type { FromWorker, ScenarioDescription, ScriptReference, ToWorker } from '../protocol.js';
import { type Launched, type Launcher, launchEntry, watchEnd } from './launch-entry.js';
import { ScriptWorker } from './script-worker.js';

interface RunningShare {
  port: MessagePort;
  beacon: SharedArrayBuffer;
  abort: AbortController;
  hasEnded: boolean;
}

/** The fleet of this process: every share behind a message port, in a thread or in this one. */
export class PortFleet implements Fleet {
  readonly #launcher: Launcher;
  readonly #shares: RunningShare[] = [];
  readonly #early: FleetEvent[] = [];
  /** What happens between ready and start is told as soon as somebody listens. */
  #listener: (event: FleetEvent) => void = (event) => this.#early.push(event);
  /** A thread that boots before anybody knows how many there will be. It reads the definitions, then is the first share. */
  #warmShare: Launched | undefined;
  #ready: (() => void)[] = [];
  #failed: ((error: Error) => void)[] = [];

  constructor(launcher: Launcher) {
    this.#launcher = launcher;
  }

  onEvent(listener: (event: FleetEvent) => void): void {
    this.#listener = listener;
    for (const event of this.#early.splice(0)) listener(event);
  }

  /** Starts the thread that every run needs, so that it boots while the scenario is still being built. */
  warmUp(): void {
    this.#warmShare ??= this.#launchShare();
  }

  async describe(script: ScriptReference): Promise<ScenarioDescription> {
    this.#warmShare ??= this.#launchShare();
    const { port, ended } = this.#warmShare;
    const description = await new Promise<ScenarioDescription>((resolve, reject) => {
      port.on('message', (message: FromWorker) => {
        if (message.type === 'described') resolve(message.description);
        else if (message.type === 'failed') reject(fromErrorRecord(message.error));
        else this.#listener({ type: 'message', share: 0, message });
      });
      void ended.then((error) => reject(lostWhileLoading(error?.message ?? 'it ended')));
      port.postMessage({ type: 'describe', script } satisfies ToWorker);
    });
    port.removeAllListeners('message');
    return description;
  }

  async prepare(preparation: FleetPreparation, shares: number, limits: ShareLimits): Promise<void> {
    if (!this.#launcher.limit(limits)) this.#dropWarmShare();
    const all = Array.from({ length: shares }, (_, index) => this.#launch(preparation, { index, count: shares }));
    await Promise.all(all);
  }

  startAt(startAtMs: number): void {
    this.#postAll({ type: 'start', startAtMs });
  }

  amend(revision: PlanRevision): void {
    this.#postAll({ type: 'amend', revision });
  }

  pause(): void {
    this.#postAll({ type: 'pause' });
  }

  resume(): void {
    this.#postAll({ type: 'resume' });
  }

  stop(atMs: number, gracefulStopMs: number): void {
    this.#postAll({ type: 'stop', atMs, gracefulStopMs });
  }

  kill(share: number): void {
    this.#shares[share]?.abort.abort();
  }

  lastSeen(share: number): LastSeen | undefined {
    const running = this.#shares[share];
    return running === undefined ? undefined : readBeacon(running.beacon);
  }

  /** A worker for what belongs to no user, where this fleet's shares are; to be closed before the fleet is. */
  createScriptWorker(): ScriptWorker {
    return new ScriptWorker(this.#launcher);
  }

  async close(): Promise<void> {
    for (const share of this.#shares) share.port.close();
    this.#dropWarmShare();
    await this.#launcher.close();
  }

  #launch(preparation: FleetPreparation, share: { index: number; count: number }): Promise<void> {
    const launched = this.#warmShare ?? this.#launchShare();
    const { port, abort } = launched;
    this.#warmShare = undefined;
    const running: RunningShare = { port, beacon: createBeacon(), abort, hasEnded: false };
    this.#shares[share.index] = running;
    const isReady = new Promise<void>((resolve, reject) => {
      this.#ready[share.index] = resolve;
      this.#failed[share.index] = reject;
    });
    port.on('message', (message: FromWorker) => this.#onMessage(share.index, message));
    watchEnd(launched, (reason) => this.#onLost(share.index, reason));
    port.postMessage({ ...preparation, type: 'prepare', share, beacon: running.beacon } satisfies ToWorker);
    return isReady;
  }

  #launchShare(): Launched {
    return launchEntry(this.#launcher, 'runShare');
  }

  #dropWarmShare(): void {
    this.#warmShare?.abort.abort();
    this.#warmShare?.port.close();
    this.#warmShare = undefined;
  }

  #onMessage(share: number, message: FromWorker): void {
    if (message.type === 'ready') this.#ready[share]?.();
    else if (message.type === 'failed') this.#failed[share]?.(fromErrorRecord(message.error));
    if (message.type === 'snapshot' && message.snapshot.isFinal) this.#shares[share]!.hasEnded = true;
    this.#listener({ type: 'message', share, message });
  }

  #onLost(share: number, reason: string): void {
    const running = this.#shares[share]!;
    if (running.hasEnded) return;
    // What it had posted before may still be on its way.
    setImmediate(() => {
      if (running.hasEnded) return;
      running.hasEnded = true;
      // The pool waits for the threads it knows, and does not see one end by itself.
      running.abort.abort();
      this.#failed[share]?.(
        new LoadwrightError('ERR_WORKER_LOST', { message: `Worker ${share} was lost: ${reason}.` }),
      );
      this.#listener({ type: 'lost', share, reason });
    });
  }

  #postAll(message: ToWorker): void {
    for (const share of this.#shares) share.port.postMessage(message);
  }
}

function lostWhileLoading(reason: string): LoadwrightError {
  return new LoadwrightError('ERR_SCRIPT_LOAD', {
    message: `The thread that loads the scenario ended before it was loaded: ${reason}.`,
    hint: 'Look for process.exit() in the scenario and what it imports.',
  });
}
