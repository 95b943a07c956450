import type { RunTotals } from '../metrics/run-totals.js';
import type { RunListener } from '../runtime/conductor/run-request.js';
import type { RunEvent } from '../runtime/protocol.js';

/** A listener that may still be on its way. */
export interface DeferredListener extends RunListener {
  /** Resolves when everything it was told so far has been heard; for a run that ends without `finish`. */
  settle(): Promise<void>;
}

/**
 * A listener whose code is loaded beside all else that has to be prepared, and which is created when the first event
 * comes, as it claims folders and opens files then: what it misses meanwhile is kept and told as soon as it is there.
 */
export function deferListener<Code>(code: Promise<Code>, create: (code: Code) => RunListener): DeferredListener {
  let listener: RunListener | undefined;
  let loading: Promise<RunListener> | undefined;
  const missed: { event: RunEvent; totals: RunTotals }[] = [];
  const begin = (): Promise<RunListener> => {
    loading ??= code.then(create).then((loaded) => {
      for (const { event, totals } of missed.splice(0)) loaded.onEvent(event, totals);
      listener = loaded;
      return loaded;
    });
    return loading;
  };
  return {
    ready: async () => {
      await code;
    },
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
