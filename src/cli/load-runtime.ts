import type { PortFleet } from '../runtime/conductor/port-fleet.js';

/** What a run needs, on its way. */
export interface Runtime {
  conductor: Promise<typeof import('../runtime/conductor/run.js')>;
  /** Used up by the first run; later ones boot their own. */
  threads?: Promise<PortFleet>;
}

/**
 * Begins to boot the users' thread, and then to load what conducts it: the thread takes longest, and whatever this one loads
 * before makes it later. What fails is told by the run that waits for it, so that a wrong flag is reported first.
 */
export async function loadRuntime(): Promise<Runtime> {
  const threads = import('../runtime/conductor/thread-fleet.js').then(({ createThreadFleet }) => createThreadFleet());
  await threads.catch(() => undefined);
  const conductor = import('../runtime/conductor/run.js');
  conductor.catch(() => undefined);
  return { conductor, threads };
}
