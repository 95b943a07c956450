import type { MessagePort } from 'node:worker_threads';
import type { Launcher } from './port-fleet.js';

type Entry = (task: { port: MessagePort; sharesThread: boolean }) => Promise<void>;

const ENTRIES = {
  runShare: new URL('../worker/entry.js', import.meta.url),
  runScript: new URL('../worker/script-entry.js', import.meta.url),
};

/** `workers: 0`: the same entries over the same kind of port, but in the thread that asks. Nothing can be killed here. */
export function createThisThreadLauncher(): Launcher {
  return {
    limit: () => true,
    async launch(entry, port) {
      const module = (await import(ENTRIES[entry].href)) as Record<string, Entry>;
      await module[entry]!({ port, sharesThread: true });
    },
    close: async () => {},
  };
}
