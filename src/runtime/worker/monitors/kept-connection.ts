const OPEN_LIMIT_MS = 3000;

interface Kept<Client> {
  client: Promise<Client>;
  abort: AbortController;
}

/**
 * The one connection of a monitor. Opening it may take longer than a look: the looks after it wait for the same one. One
 * that failed, or did not answer in time, is not used again.
 */
export class KeptConnection<Client> {
  readonly #open: (signal: AbortSignal) => Promise<Client>;
  readonly #destroy: (client: Client) => void;
  #kept: Kept<Client> | undefined;

  constructor({ open, destroy }: { open(signal: AbortSignal): Promise<Client>; destroy(client: Client): void }) {
    this.#open = open;
    this.#destroy = destroy;
  }

  async use<T>(signal: AbortSignal, work: (client: Client) => Promise<T>): Promise<T> {
    this.#kept ??= this.#begin();
    const kept = this.#kept;
    const client = await untilAborted(kept.client, signal);
    const drop = () => this.#drop(kept);
    signal.addEventListener('abort', drop, { once: true });
    try {
      return await work(client);
    } catch (error) {
      drop();
      throw error;
    } finally {
      signal.removeEventListener('abort', drop);
    }
  }

  close(): void {
    if (this.#kept !== undefined) this.#drop(this.#kept);
  }

  #begin(): Kept<Client> {
    const abort = new AbortController();
    const opening = this.#open(abort.signal);
    const kept = { abort, client: untilAborted(opening, abort.signal) };
    const late = setTimeout(
      () => abort.abort(new Error(`it did not connect within ${OPEN_LIMIT_MS} ms`)),
      OPEN_LIMIT_MS,
    );
    late.unref();
    kept.client.then(
      () => clearTimeout(late),
      () => {
        clearTimeout(late);
        this.#drop(kept);
      },
    );
    return kept;
  }

  #drop(kept: Kept<Client>): void {
    // A later look may have opened another one.
    if (this.#kept === kept) this.#kept = undefined;
    kept.abort.abort();
    kept.client.then(this.#destroy, () => {});
  }
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
