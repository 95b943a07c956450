import type { StopCause } from '../protocol.js';

/** The command line aborts with the name of the signal; a library with whatever it likes. */
export function readStopSignal(signal: AbortSignal): StopCause {
  const reason: unknown = signal.reason;
  if (reason === 'SIGINT' || reason === 'SIGTERM')
    return { by: 'signal', signal: reason, reason: `stopped by ${reason}` };
  const text = reason instanceof Error ? reason.message : String(reason);
  return { by: 'signal', signal: 'abort', reason: text };
}
