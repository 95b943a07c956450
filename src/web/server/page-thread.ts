import { Worker } from 'node:worker_threads';
import type { RunEvent } from '../../runtime/protocol.js';
import { threadArguments } from '../../runtime/thread-arguments.js';
import type { FromPage, PagePart, ToPage } from './page-messages.js';

/** The build puts it here, seen from the source and from what it builds. */
export const PAGE_WORKER = new URL('../../../dist/web/server/page-worker.js', import.meta.url);

interface Waiting {
  resolve(text: Uint8Array | undefined): void;
  reject(error: Error): void;
}

export interface PageThreadOptions {
  /** JSON of a `PageUpdate`. */
  onUpdate(text: string): void;
}

/** The thread that keeps the page of the run, seen from the one that conducts it. */
export class PageThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #requests = 0;
  #failure: Error | undefined;

  constructor({ onUpdate }: PageThreadOptions) {
    this.#worker = new Worker(PAGE_WORKER, { execArgv: threadArguments() });
    this.#worker.unref();
    this.#worker.on('message', (message: FromPage) => {
      if (message.type === 'update') onUpdate(Buffer.from(message.text).toString());
      else this.#answer(message.request, message.text);
    });
    this.#worker.on('error', (error) => this.#fail(error as Error));
    this.#worker.on('exit', () => this.#fail(new Error('The thread of the page has ended.')));
  }

  hear(run: number, event: RunEvent, isWatched: boolean): void {
    this.#worker.postMessage({ type: 'event', run, event, isWatched } satisfies ToPage);
  }

  /** JSON; undefined if nothing has run yet. */
  async read(part: PagePart): Promise<Uint8Array | undefined> {
    if (this.#failure !== undefined) throw this.#failure;
    const request = ++this.#requests;
    return await new Promise((resolve, reject) => {
      this.#waiting.set(request, { resolve, reject });
      this.#worker.postMessage({ type: 'read', part, request } satisfies ToPage);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #answer(request: number, text: Uint8Array | undefined): void {
    this.#waiting.get(request)?.resolve(text);
    this.#waiting.delete(request);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}
