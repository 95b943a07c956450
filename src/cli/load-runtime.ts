import type { PortFleet } from '../runtime/conductor/port-fleet.js';

/** What a run needs, on its way. */
export interface Runtime {
  conductor: Promise<typeof import('../runtime/conductor/run.js')>;
  /** Used up by the first run; later ones boot their own. */
  threads?: Promise<PortFleet>;
}

/** Begins to boot the users' thread and to load what conducts them, while the command line is still being read. */
export function loadRuntime(): Runtime {
  const threads = import('../runtime/conductor/thread-fleet.js').then(({ createThreadFleet }) => createThreadFleet());
  const conductor = import('../runtime/conductor/run.js');
  // A wrong flag is reported before anybody waits for these.
  for (const promise of [threads, conductor]) promise.catch(() => undefined);
  return { conductor, threads };
}
