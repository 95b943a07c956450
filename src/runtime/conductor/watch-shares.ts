import { now } from '../../metrics/clock.js';
import { BEACON_ON_START, BEACON_ON_STOP } from '../beacon.js';
import type { Fleet } from '../fleet.js';
import type { ScenarioDescription, WorkerLost, WorkerSilent } from '../protocol.js';

/** A share that has posted nothing for this long is blocked: snapshots come every second. */
const SILENT_AFTER_MS = 2500;
/** How long past its time a share that still answers may take, and one that is silent. */
const LATE_MS = 2500;
const SILENT_LATE_MS = 1000;

export interface WatchOptions {
  fleet: Fleet;
  shares: number;
  startAtMs: number;
  /** Names of kinds in the plan's order, and their tasks. */
  kinds: ScenarioDescription['kinds'];
  onSilent(event: WorkerSilent): void;
}

/** Watches over shares that do not answer: says so while the run goes, and ends them when it is over. */
export class ShareWatch {
  readonly #options: WatchOptions;
  readonly #heardAtMs: number[];
  readonly #isReported: boolean[];
  readonly #hasEnded: boolean[];
  #patienceEndsMs = Number.POSITIVE_INFINITY;
  #silentPatienceEndsMs = Number.POSITIVE_INFINITY;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#heardAtMs = Array.from({ length: options.shares }, () => options.startAtMs);
    this.#isReported = Array.from({ length: options.shares }, () => false);
    this.#hasEnded = Array.from({ length: options.shares }, () => false);
  }

  heard(share: number): void {
    this.#heardAtMs[share] = now();
    this.#isReported[share] = false;
  }

  ended(share: number): void {
    this.#hasEnded[share] = true;
  }

  get haveAllEnded(): boolean {
    return this.#hasEnded.every(Boolean);
  }

  /** The run was stopped at `atMs`; shares may take `allowedMs` to end in order. */
  expectEnd(atMs: number, allowedMs: { graceful: number; drain: number }): void {
    this.#patienceEndsMs = atMs + allowedMs.graceful + allowedMs.drain + LATE_MS;
    this.#silentPatienceEndsMs = atMs + allowedMs.graceful + SILENT_LATE_MS;
  }

  /** To be called a few times a second. `isOverdue`: the share should be done with a load by now. */
  check(isOverdue: (share: number) => boolean): void {
    const at = now();
    for (const [share, heardAtMs] of this.#heardAtMs.entries()) {
      if (this.#hasEnded[share]) continue;
      const silentMs = at - heardAtMs;
      const isSilent = silentMs > SILENT_AFTER_MS;
      const isSilentlyLate = isSilent && (at > this.#silentPatienceEndsMs || isOverdue(share));
      if (at > this.#patienceEndsMs || isSilentlyLate) {
        this.#options.fleet.kill(share);
      } else if (isSilent && !this.#isReported[share]) {
        this.#isReported[share] = true;
        this.#options.onSilent({ type: 'worker-silent', share, seconds: silentMs / 1000, ...this.#whereSeen(share) });
      }
    }
  }

  describeLoss(share: number, reason: string): WorkerLost {
    const isSilent = now() - this.#heardAtMs[share]! > SILENT_AFTER_MS;
    return { type: 'worker-lost', share, reason, ...(isSilent ? this.#whereSeen(share) : {}) };
  }

  #whereSeen(share: number): { kind?: string; task?: string } {
    const seen = this.#options.fleet.lastSeen(share);
    const kind = seen === undefined ? undefined : this.#options.kinds[seen.kind];
    if (seen === undefined || kind === undefined) return {};
    if (seen.task === BEACON_ON_START) return { kind: kind.name, task: 'onStart' };
    if (seen.task === BEACON_ON_STOP) return { kind: kind.name, task: 'onStop' };
    return { kind: kind.name, task: kind.tasks[seen.task]?.name ?? '?' };
  }
}
