import type { Sample } from '../../../metrics/sample.js';
import { decodeBody } from './decode-body.js';
import type { FailureStage } from './failure-reason.js';
import type { Timings } from './http-types.js';
import type { PreparedRequest } from './prepare-request.js';
import { MARKS, NO_HEADERS, type RawHeaders, serverTimingOf } from './raw-headers.js';
import { Response } from './response.js';

/**
 * Queued for a connection or the end of the turn; given to a connection; that one connecting; request sent; headers seen;
 * over.
 */
export type Phase = 'blocked' | 'dispatched' | 'connecting' | 'waiting' | 'receiving' | 'ended';

function isRightBehind(bytes: Buffer, from: number, before: Buffer): boolean {
  return from === 0 && bytes.buffer === before.buffer && bytes.byteOffset === before.byteOffset + before.length;
}

/**
 * How far an exchange has come: its phase, where its time went, what has arrived of the answer. One object with the
 * exchange itself, to save an allocation.
 */
export abstract class ExchangeProgress {
  protected phase: Phase = 'blocked';
  protected phaseAtMs = 0;
  protected readonly timings: { -readonly [Part in keyof Timings]: number } = {
    blockedMs: 0,
    connectingMs: 0,
    tlsMs: 0,
    waitingMs: 0,
    receivingMs: 0,
    serviceMs: 0,
  };
  protected status = 0;
  protected rawHeaders: RawHeaders = NO_HEADERS;
  protected hasResponseStarted = false;
  /** Of all hops. */
  protected bytesReceived = 0;
  /** Without what a stream sent. */
  protected bytesSent = 0;
  protected hops = 0;
  protected reconnects = 0;
  /** The first part of the body, all of it once it was joined; it begins at `bodyFrom`. */
  protected body: Buffer | undefined;
  protected bodyFrom = 0;
  #moreChunks: Buffer[] | undefined;
  #bodyBytes = 0;

  onResponseStarted(): void {
    this.hasResponseStarted = true;
  }

  /** Books the time of the present phase. */
  protected endPhase(atMs: number, next: Phase): void {
    const { timings } = this;
    const spentMs = atMs - this.phaseAtMs;
    this.phaseAtMs = atMs;
    if (this.phase === 'receiving') timings.receivingMs += spentMs;
    else if (this.phase === 'blocked') timings.blockedMs += spentMs;
    else if (this.phase === 'connecting') timings.connectingMs += spentMs;
    else timings.waitingMs += spentMs;
    this.phase = next;
  }

  protected get stage(): FailureStage {
    if (this.phase === 'connecting') return 'connecting';
    if (this.phase === 'receiving') return 'body';
    return this.hasResponseStarted ? 'header' : 'waiting';
  }

  /**
   * Keeps a part of the body, what is in `bytes` from `from` on; gives how many bytes there are by now. What follows the
   * part before in memory, too, needs no joining.
   */
  protected keepChunk(bytes: Buffer, from: number): number {
    const { body } = this;
    if (body === undefined) {
      this.body = bytes;
      this.bodyFrom = from;
    } else if (this.#moreChunks === undefined && isRightBehind(bytes, from, body)) {
      this.body = Buffer.from(body.buffer, body.byteOffset, body.length + bytes.length);
    } else {
      this.#moreChunks ??= [body.subarray(this.bodyFrom)];
      this.#moreChunks.push(from === 0 ? bytes : bytes.subarray(from));
    }
    this.#bodyBytes += bytes.length - from;
    return this.#bodyBytes;
  }

  /** What is known here of a finished exchange. */
  protected fill(sample: Sample, request: PreparedRequest): void {
    sample.method = request.recordedMethod;
    sample.name = request.name;
    sample.labels = request.labels;
    sample.traceId = request.traceId;
    sample.serverTiming = serverTimingOf(this.rawHeaders);
    sample.serviceMs = this.timings.serviceMs;
    sample.waitingMs = this.timings.waitingMs;
    sample.connectingMs = this.timings.connectingMs;
    sample.tlsMs = this.timings.tlsMs;
    sample.status = this.status;
    sample.bytesReceived = this.bytesReceived;
    sample.bytesSent = this.bytesSent;
    sample.reconnects = this.reconnects;
    sample.hops = this.hops;
  }

  /** What the task gets. */
  protected createResponse(request: PreparedRequest): Response {
    const { status, rawHeaders, body, bodyFrom, timings } = this;
    return new Response(request, { status, rawHeaders, body, bodyFrom, timings });
  }

  /** Another hop, another answer. */
  protected forgetAnswer(): void {
    this.status = 0;
    this.rawHeaders = NO_HEADERS;
    this.hasResponseStarted = false;
    this.body = undefined;
    this.bodyFrom = 0;
    this.#moreChunks = undefined;
    this.#bodyBytes = 0;
  }

  /** Makes one piece of the body, as it came. */
  protected joinBody(): void {
    if (this.#moreChunks === undefined) return;
    this.body = Buffer.concat(this.#moreChunks, this.#bodyBytes);
    this.bodyFrom = 0;
    this.#moreChunks = undefined;
  }

  /** Takes the `content-encoding` off the body. Gives the reason where that cannot be done. */
  protected decodeBody(maxBodyBytes: number): string | undefined {
    if (this.body === undefined || (this.rawHeaders.marks & MARKS['content-encoding']) === 0) return undefined;
    const encodings = this.rawHeaders.valuesOf('content-encoding').join(',');
    try {
      this.body = decodeBody(this.body.subarray(this.bodyFrom), encodings, maxBodyBytes);
      this.bodyFrom = 0;
    } catch (error) {
      return (error as Error).message;
    }
    return undefined;
  }
}
