import { decodeBody } from './decode-body.js';
import { findHeaders, hasHeader, type RawHeaders } from './raw-headers.js';

const NO_HEADERS: RawHeaders = [];

/** What has arrived of an answer. The part of an exchange that a redirect begins anew; one object with it, to save one. */
export abstract class ReceivedAnswer {
  protected status = 0;
  protected rawHeaders: RawHeaders = NO_HEADERS;
  protected hasResponseStarted = false;
  /** Of all hops. */
  protected bytesReceived = 0;
  #firstChunk: Buffer | undefined;
  #moreChunks: Buffer[] | undefined;
  #bodyBytes = 0;

  /** Keeps a part of the body; gives how many bytes there are by now. */
  protected keepChunk(chunk: Buffer): number {
    if (this.#firstChunk === undefined) this.#firstChunk = chunk;
    else if (this.#moreChunks === undefined) this.#moreChunks = [this.#firstChunk, chunk];
    else this.#moreChunks.push(chunk);
    this.#bodyBytes += chunk.length;
    return this.#bodyBytes;
  }

  protected forgetAnswer(): void {
    this.status = 0;
    this.rawHeaders = NO_HEADERS;
    this.hasResponseStarted = false;
    this.#firstChunk = undefined;
    this.#moreChunks = undefined;
    this.#bodyBytes = 0;
  }

  /** The body as it came. */
  protected joinBody(): Uint8Array | undefined {
    return this.#moreChunks === undefined ? this.#firstChunk : Buffer.concat(this.#moreChunks, this.#bodyBytes);
  }

  /** The body without its `content-encoding`, or the reason why that cannot be had. */
  protected decodeBody(body: Uint8Array, maxBodyBytes: number): Uint8Array | string {
    if (!hasHeader(this.rawHeaders, 'content-encoding')) return body;
    const encodings = findHeaders(this.rawHeaders, 'content-encoding').join(',');
    try {
      return decodeBody(body, encodings, maxBodyBytes);
    } catch (error) {
      return (error as Error).message;
    }
  }
}
