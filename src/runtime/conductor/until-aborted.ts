import { LoadwrightError } from '../../errors.js';

/** How long what is being prepared may go on after the run was stopped: then nobody waits for it any more. */
const PATIENCE_MS = 1000;

/** What a promise gives; rejects with `error()` if it has not settled soon after the signal was aborted. */
export async function untilAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  error: () => Error,
): Promise<T> {
  if (signal === undefined) return await promise;
  let timer: NodeJS.Timeout | undefined;
  let onAbort: () => void = () => {};
  const isLate = new Promise<never>((_, reject) => {
    onAbort = () => {
      timer = setTimeout(() => reject(error()), PATIENCE_MS);
    };
  });
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, isLate]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

export function stoppedWhileLoading(): LoadwrightError {
  return new LoadwrightError('ERR_SCRIPT_LOAD', {
    message: 'The run was stopped while its scenario was being loaded.',
    hint: 'Look for an await at the top of the scenario, or of what it imports, that never ends.',
  });
}

export function stoppedWhilePreparing(): LoadwrightError {
  return new LoadwrightError('ERR_SCRIPT_LOAD', {
    message: 'The run was stopped while its workers were being prepared.',
  });
}
