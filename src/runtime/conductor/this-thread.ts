import type { MessagePort } from 'node:worker_threads';
import { PortFleet } from './port-fleet.js';

type Entry = (task: { port: MessagePort; sharesThread: boolean }) => Promise<void>;

/** `workers: 0`: the same entry over the same kind of port, but in the thread that asks. Nothing can be killed here. */
export function createThisThreadFleet(): PortFleet {
  return new PortFleet({
    limit: () => true,
    async launch(port) {
      const { href } = new URL('../worker/entry.js', import.meta.url);
      const { runShare } = (await import(href)) as { runShare: Entry };
      await runShare({ port, sharesThread: true });
    },
    close: async () => {},
  });
}
