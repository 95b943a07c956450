import type { PlanRevision } from './plan.js';
import type { FromWorker, PrepareMessage, ScenarioDescription, ScriptReference } from './protocol.js';

export type FleetEvent =
  | { type: 'message'; share: number; message: FromWorker }
  /** The share ended without its final snapshot. */
  | { type: 'lost'; share: number; reason: string };

export type FleetPreparation = Omit<PrepareMessage, 'type' | 'share' | 'beacon'>;

/** Which user code a share was running when it was last seen: numbers of the kind and its task, from 0. */
export interface LastSeen {
  kind: number;
  task: number;
}

/** What one share may take, and has to carry. */
export interface ShareLimits {
  /** Heap limit in MB; absent: the platform's own. */
  memoryMb: number | undefined;
  /** Users on the fullest share. */
  users: number;
}

/**
 * Where users run: threads of this process or, with the same messages, machines elsewhere. The conductor is given one
 * and never asks which.
 */
export interface Fleet {
  /** Loads the definitions where no user runs, and says what they are. */
  describe(script: ScriptReference): Promise<ScenarioDescription>;
  /** Creates the shares; resolves when every one is ready to start. */
  prepare(preparation: FleetPreparation, shares: number, limits: ShareLimits): Promise<void>;
  /** Second 0, on the process-wide clock. */
  startAt(atMs: number): void;
  amend(revision: PlanRevision): void;
  /** The plan's clock stops, and goes on. */
  pause(): void;
  resume(): void;
  stop(atMs: number, gracefulStopMs: number): void;
  /** Ends a share that does not answer. */
  kill(share: number): void;
  lastSeen(share: number): LastSeen | undefined;
  onEvent(listener: (event: FleetEvent) => void): void;
  close(): Promise<void>;
}
