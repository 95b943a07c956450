import type { MessagePort } from 'node:worker_threads';
import type { EntryName } from './launch-entry.js';
import { PortFleet } from './port-fleet.js';

type Entry = (task: { port: MessagePort; sharesThread: boolean }) => Promise<void>;

const FILES: Record<EntryName, string> = {
  runShare: '../worker/entry.js',
  runScript: '../worker/script-entry.js',
};

/** `workers: 0`: the same entries over the same kind of port, but in the thread that asks. Nothing can be killed here. */
export function createThisThreadFleet(): PortFleet {
  return new PortFleet({
    limit: () => true,
    async launch(entry, port) {
      const { href } = new URL(FILES[entry], import.meta.url);
      const entries = (await import(href)) as Record<EntryName, Entry>;
      await entries[entry]({ port, sharesThread: true });
    },
    close: async () => {},
  });
}
