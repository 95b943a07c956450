import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { ShareLimits } from '../fleet.js';

/** What of the worker room is run: a share of the users, or what belongs to no user. */
export type EntryName = 'runShare' | 'runScript';

/** Runs entries of the worker room somewhere. */
export interface Launcher {
  /** Called before the shares are launched. False if shares launched before do not fit these limits. */
  limit(limits: ShareLimits): boolean;
  /** Resolves when the entry has ended, rejects if it broke. */
  launch(entry: EntryName, port: MessagePort, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** How long the reason of a thread's end may take to come. */
const REASON_PATIENCE_MS = 200;

/** An entry that was launched, and our end of its port. */
export interface Launched {
  port: MessagePort;
  abort: AbortController;
  /** Why it ended, or what broke it. */
  ended: Promise<Error | undefined>;
}

export function launchEntry(launcher: Launcher, entry: EntryName): Launched {
  const { port1, port2 } = new MessageChannel();
  const abort = new AbortController();
  const ended = launcher.launch(entry, port2, abort.signal).then(
    () => undefined,
    (error: Error) => error,
  );
  // The pool waits for the threads it knows, and does not see one end by itself. Whoever watches hears of it before.
  port1.on('close', () => {
    const giveUp = setTimeout(() => abort.abort(), 2 * REASON_PATIENCE_MS);
    void ended.then(() => clearTimeout(giveUp));
  });
  return { port: port1, abort, ended };
}

/** Calls `onLost` when a launched entry is gone, once or twice: it says why, or its port closes, or both. */
export function watchEnd({ port, ended }: Launched, onLost: (reason: string) => void): void {
  // A thread that ends by itself is only seen by its port; one that breaks also says why, a little later.
  port.on('close', () => {
    setTimeout(() => onLost('its thread ended, perhaps by process.exit()'), REASON_PATIENCE_MS).unref();
  });
  void ended.then((error) => {
    if (error !== undefined) onLost(describeLoss(error));
  });
}

function describeLoss(error: Error & { code?: string }): string {
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return 'its thread ran out of memory (raise the limit with --worker-memory, or use more --workers)';
  }
  if (error.name === 'AbortError') return 'it did not answer and was ended';
  return `its thread broke: ${error.message}`;
}
