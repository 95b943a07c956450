import type { RunTotals } from '../metrics/run-totals.js';
import type { RunListener } from '../runtime/conductor/run-request.js';
import type { RunEvent } from '../runtime/protocol.js';

/** A listener that may still be on its way. */
export interface DeferredListener extends RunListener {
  /** Resolves when everything it was told so far has been heard; for a run that ends without `finish`. */
  settle(): Promise<void>;
}

/**
 * A listener that is loaded when the first event comes: what it misses meanwhile is kept and told as soon as it is
 * there. Loading it takes as long as a third of the whole start, and the first request need not wait for it.
 */
export function deferListener(load: () => Promise<RunListener>): DeferredListener {
  let listener: RunListener | undefined;
  let loading: Promise<RunListener> | undefined;
  const missed: { event: RunEvent; totals: RunTotals }[] = [];
  const begin = (): Promise<RunListener> => {
    loading ??= load().then((loaded) => {
      for (const { event, totals } of missed.splice(0)) loaded.onEvent(event, totals);
      listener = loaded;
      return loaded;
    });
    return loading;
  };
  return {
    onEvent: (event, totals) => {
      if (listener !== undefined) return listener.onEvent(event, totals);
      missed.push({ event, totals });
      // `finish` tells of a failure.
      begin().catch(() => undefined);
    },
    finish: async () => await (await begin()).finish(),
    settle: async () => {
      await loading?.catch(() => undefined);
    },
  };
}
