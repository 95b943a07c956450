import { now } from '../metrics/clock.js';

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
type StopSignal = keyof typeof EXIT_CODES;

/** From when on a second signal ends the process at once. */
const PATIENCE_MS = 1_000;
/** One key press reaches a process twice when a parent such as npm passes on what the terminal sent to both. */
const SAME_PRESS_MS = 100;

/** Signals of the operating system as an `AbortSignal` whose reason is the signal's name. */
export interface SignalStop {
  signal: AbortSignal;
  /** Leaves signals to Node.js again. */
  release(): void;
}

/** What a process that a signal stopped exits with. */
export function exitCodeOfSignal({ reason }: AbortSignal): number {
  return reason === 'SIGTERM' ? EXIT_CODES.SIGTERM : EXIT_CODES.SIGINT;
}

/**
 * The first Ctrl-C or SIGTERM stops in order; a second one ends the process, 1 s after the first one or at once if that
 * has passed.
 */
export function stopOnSignals(): SignalStop {
  const controller = new AbortController();
  let firstAtMs: number | undefined;
  const hear = (signal: StopSignal): void => {
    const nowMs = now();
    if (firstAtMs === undefined) {
      firstAtMs = nowMs;
      controller.abort(signal);
      return;
    }
    const sinceMs = nowMs - firstAtMs;
    if (sinceMs < SAME_PRESS_MS) return;
    setTimeout(() => process.exit(EXIT_CODES[signal]), Math.max(0, PATIENCE_MS - sinceMs));
  };
  const signals = Object.keys(EXIT_CODES) as StopSignal[];
  for (const signal of signals) process.on(signal, hear);
  return {
    signal: controller.signal,
    release: () => {
      for (const signal of signals) process.off(signal, hear);
    },
  };
}
