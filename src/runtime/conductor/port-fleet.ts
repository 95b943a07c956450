import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { fromErrorRecord, LoadwrightError } from '../../errors.js';
import { createBeacon, readBeacon } from '../beacon.js';
import type { Fleet, FleetEvent, FleetPreparation, LastSeen, ShareLimits } from '../fleet.js';
import type { FromWorker, PlanRevision, ScenarioDescription, ScriptReference, ToWorker } from '../protocol.js';

/** Runs the entry of the worker room somewhere. */
export interface Launcher {
  /** Called before the shares are launched. False if shares launched before do not fit these limits. */
  limit(limits: ShareLimits): boolean;
  /** Resolves when the share has ended, rejects if it broke. */
  launch(port: MessagePort, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** How long the reason of a thread's end may take to come. */
const REASON_PATIENCE_MS = 200;

/** A share that was launched, and our end of its port. */
interface Launched {
  port: MessagePort;
  abort: AbortController;
  /** Why it ended, or what broke it. */
  ended: Promise<Error | undefined>;
}

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
    this.#warmShare ??= this.#launchEntry();
  }

  async describe(script: ScriptReference): Promise<ScenarioDescription> {
    this.#warmShare ??= this.#launchEntry();
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

  async close(): Promise<void> {
    for (const share of this.#shares) share.port.close();
    this.#dropWarmShare();
    await this.#launcher.close();
  }

  #launch(preparation: FleetPreparation, share: { index: number; count: number }): Promise<void> {
    const { port, abort, ended } = this.#warmShare ?? this.#launchEntry();
    this.#warmShare = undefined;
    const running: RunningShare = { port, beacon: createBeacon(), abort, hasEnded: false };
    this.#shares[share.index] = running;
    const isReady = new Promise<void>((resolve, reject) => {
      this.#ready[share.index] = resolve;
      this.#failed[share.index] = reject;
    });
    port.on('message', (message: FromWorker) => this.#onMessage(share.index, message));
    // A thread that ends by itself is only seen by its port; one that breaks also says why, a little later.
    port.on('close', () => {
      const onLost = () => this.#onLost(share.index, 'its thread ended, perhaps by process.exit()');
      setTimeout(onLost, REASON_PATIENCE_MS).unref();
    });
    void ended.then((error) => {
      if (error !== undefined) this.#onLost(share.index, describeLoss(error));
    });
    port.postMessage({ ...preparation, type: 'prepare', share, beacon: running.beacon } satisfies ToWorker);
    return isReady;
  }

  #launchEntry(): Launched {
    const { port1, port2 } = new MessageChannel();
    const abort = new AbortController();
    const ended = this.#launcher.launch(port2, abort.signal).then(
      () => undefined,
      (error: Error) => error,
    );
    // The pool waits for the threads it knows, and does not see one end by itself.
    port1.on('close', () => {
      const giveUp = setTimeout(() => abort.abort(), REASON_PATIENCE_MS);
      void ended.then(() => clearTimeout(giveUp));
    });
    return { port: port1, abort, ended };
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

function describeLoss(error: Error & { code?: string }): string {
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return 'its thread ran out of memory (raise the limit with --worker-memory, or use more --workers)';
  }
  if (error.name === 'AbortError') return 'it did not answer and was ended';
  return `its thread broke: ${error.message}`;
}

function lostWhileLoading(reason: string): LoadwrightError {
  return new LoadwrightError('ERR_SCRIPT_LOAD', {
    message: `The thread that loads the scenario ended before it was loaded: ${reason}.`,
    hint: 'Look for process.exit() in the scenario and what it imports.',
  });
}
