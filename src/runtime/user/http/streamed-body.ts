import { Readable } from 'node:stream';

/** What reading a request's body failed with: the scenario's own trouble, not the server's. */
export class BodyFailed extends Error {
  override readonly name = 'BodyFailed';

  constructor(cause: unknown) {
    super(`the request's body could not be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** A request body that is sent while it is read: counts what was sent, and keeps its errors apart from the server's. */
export class StreamedBody implements AsyncIterable<Uint8Array | string> {
  bytes = 0;
  readonly #source: AsyncIterable<unknown>;

  constructor(source: AsyncIterable<unknown>) {
    this.#source = source;
    // A file that cannot be opened says so when it likes, maybe before anybody reads; reading then throws.
    if (source instanceof Readable) source.on('error', () => {});
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array | string> {
    try {
      for await (const chunk of this.#source) {
        if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) {
          throw new TypeError(`a stream must give text or bytes, but gave ${typeof chunk}`);
        }
        this.bytes += Buffer.byteLength(chunk);
        yield chunk;
      }
    } catch (error) {
      throw new BodyFailed(error);
    }
  }

  /** Lets go of what is not needed any more, such as an open file. */
  close(): void {
    if (this.#source instanceof Readable) this.#source.destroy();
  }
}
