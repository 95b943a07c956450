import type { SeriesStatistics } from '../../metrics/statistics.js';
import type { Part } from '../../metrics/tally.js';
import type { StopCause, WorkerLost } from '../protocol.js';

export interface Outcome {
  total: SeriesStatistics;
  part: Part;
  lostWorkers: readonly WorkerLost[];
  stop: StopCause | undefined;
  exitCodeOnError: number;
}

/**
 * The exit code of a run: 130 or 143 for a signal, 5 for a lost worker, and 1 (or `--exit-code-on-error`) for failed
 * requests, exceptions, or a run that stopped itself as failed. Silence is not success: only 0 is.
 */
export function judgeRun({ total, part, lostWorkers, stop, exitCodeOnError }: Outcome): number {
  if (stop?.by === 'signal' && stop.signal === 'SIGINT') return 130;
  if (stop?.by === 'signal' && stop.signal === 'SIGTERM') return 143;
  if (lostWorkers.length > 0) return 5;
  if (total.failures > 0 || part.exceptions.length > 0) return exitCodeOnError;
  if (stop?.by === 'script' && stop.hasFailed) return exitCodeOnError;
  return 0;
}
