import type { RunTotals } from '../metrics/run-totals.js';
import type { RunListener } from '../runtime/conductor/run-request.js';
import type { RunEvent } from '../runtime/protocol.js';

/**
 * A listener that is still being loaded: what it would have heard is kept and told as soon as it is there. The run
 * need not wait for it, and so its first request goes out earlier.
 */
export function deferListener(loading: Promise<RunListener>): RunListener {
  let listener: RunListener | undefined;
  const missed: { event: RunEvent; totals: RunTotals }[] = [];
  const ready = loading.then((loaded) => {
    for (const { event, totals } of missed.splice(0)) loaded.onEvent(event, totals);
    listener = loaded;
    return loaded;
  });
  // `finish` reports it.
  ready.catch(() => undefined);
  return {
    onEvent: (event, totals) => {
      if (listener === undefined) missed.push({ event, totals });
      else listener.onEvent(event, totals);
    },
    finish: async () => await (await ready).finish(),
  };
}
