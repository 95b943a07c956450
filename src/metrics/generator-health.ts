import type { BucketCounts } from './histogram.js';
import type { Part } from './tally.js';

/** Whether the generator kept up: its times are the target's; some may be its own; many of them are. */
export type GeneratorVerdict = 'healthy' | 'strained' | 'saturated';

/** What gave the generator away. */
export type GeneratorSign =
  /** What had arrived waited because the thread was busy. */
  | 'late-answers'
  /** Iterations began late because the thread was busy. */
  | 'late-starts'
  /** A worker did not report at all. */
  | 'silent'
  /** Other programs had the cores. */
  | 'taken-by-others'
  /** The run's own threads want more cores than there are. */
  | 'too-few-cores'
  /** The host of this virtual machine took its time. */
  | 'taken-by-host'
  /** Garbage collection stopped the thread. */
  | 'garbage';

export interface GeneratorReason {
  sign: GeneratorSign;
  /** In words, with the figures. */
  message: string;
  /** What to do about it. */
  advice: string;
}

/** Pauses of garbage collection. */
export interface GarbagePauses {
  pauses: number;
  totalMs: number;
  longestMs: number;
}

/** Connections that were opened, and what TLS took of that. */
export interface ConnectionCounts {
  opened: number;
  tlsHandshakes: number;
  /** Handshakes that failed, the certificate's check included. */
  tlsFailures: number;
  tlsMs: number;
}

/** What one worker noticed of itself in one interval. */
export interface ShareHealth {
  share: number;
  /** How much of the interval this is about, in ms. */
  lengthMs: number;
  /** Share of the time in which the event loop was busy, 0 to 1. */
  utilisation: number;
  /** User and system time of the thread, as a share of a core; absent where the system does not say. */
  cpuShare?: number;
  /** Share of the time in which the thread could have run and another one had the core; absent where it is unknown. */
  runDelayShare?: number;
  /** How late probe timers fired, in ms: what an answer that arrived at any instant would have waited. */
  lateness: BucketCounts;
  longestLatenessMs: number;
  garbage: GarbagePauses;
  connections: ConnectionCounts;
}

/** What one share noticed of itself in an interval, and what of its counts tells more. */
export interface ShareSigns {
  health: ShareHealth;
  /** How late users and iterations began. */
  startLag: Part['startLag'];
  completed: number;
  /** Start lag that is in the response times, of all requests together. */
  lagInTimesMs: number;
}

/** What the process and its machine did in an interval; what is unknown is absent. */
export interface MachineHealth {
  /** Cores that this process may use. */
  cores: number;
  /** User and system time of all threads, in cores: 1.5 is one and a half cores. */
  cpuCores: number;
  /** What all programs of the machine used, in cores. */
  busyCores?: number;
  /** Share of the machine's time that its host kept from it, 0 to 1. */
  stolenShare?: number;
}

/** How late something was, in ms. */
export interface LatenessFigures {
  meanMs: number;
  medianMs: number;
  p90Ms: number;
  p99Ms: number;
  maxMs: number;
}

/** One worker over an interval, or over the run. */
export interface WorkerHealth {
  share: number;
  utilisation: number;
  cpuShare?: number;
  runDelayShare?: number;
  lateness: LatenessFigures;
  garbage: GarbagePauses;
}

/** Estimate of what the generator itself added to the times of requests. Nothing is subtracted from them. */
export interface AddedLatency {
  meanMs: number;
  p99Ms: number;
}

/** The generator's own health in an interval. */
export interface GeneratorHealth {
  verdict: GeneratorVerdict;
  reasons: GeneratorReason[];
  /** Of the busiest worker. */
  utilisation: number;
  machine: MachineHealth;
  addedLatency: AddedLatency;
  garbage: GarbagePauses;
  connections: ConnectionCounts;
  workers: WorkerHealth[];
}

/** The same over the run. */
export interface GeneratorSummary extends GeneratorHealth {
  /** How long the run was judged, and how much of that was not well. */
  judgedMs: number;
  strainedMs: number;
  saturatedMs: number;
}
