import type { AdoptedAnswer } from './adopted-answer.js';
import { ChunkedBody } from './chunked-body.js';
import type { ConnectionUser, OutgoingRequest } from './connection.js';
import { LazyHeaders } from './raw-headers.js';
import { type AnswerHead, readHead } from './read-head.js';

const CHUNKS = -1;
const UNKNOWN = -2;
/** More than this is not set aside on the word of a `content-length`. */
const MOST_BYTES_AHEAD = 1024 * 1024;

/** Reads the answers of one connection, one after another, for as long as they are plain. */
export class AnswerReader {
  /** What came last is for another parser to understand. */
  isUnusual = false;
  isComplete = false;
  hasHead = false;
  /** Whether the server keeps the connection, and how long it may be idle then. */
  staysOpen = true;
  idleLimitMs = Number.POSITIVE_INFINITY;
  #method = '';
  /** Nobody keeps the body: it is only told how much comes. */
  #discards = false;
  /** Bytes of the body still to come. */
  #remaining = 0;
  #chunks: ChunkedBody | undefined;
  /** Of a body that is not all here yet: where all of it goes, up to its end. */
  #memory: Buffer | undefined;
  /** Of an answer in chunks, in case that another parser has to go on. */
  #head: Buffer | undefined;

  /** What comes next is the answer to this request. */
  expect({ method, discardsBody }: OutgoingRequest): void {
    this.#method = method;
    this.#discards = discardsBody;
    this.isUnusual = false;
    this.isComplete = false;
    this.hasHead = false;
  }

  /** There is no more to come of this answer: a connection without a socket keeps nothing of it. */
  forget(): void {
    this.#memory = undefined;
    this.#chunks = undefined;
    this.#head = undefined;
  }

  /** Reads what has arrived and tells `user`. Where it stopped: behind the answer, or at what is unusual. */
  read(bytes: Buffer, length: number, user: ConnectionUser): number {
    if (this.hasHead) return this.#readBody(bytes, { from: 0, to: length }, user);
    const head = readHead(bytes, length);
    const bodyLength = head === undefined ? UNKNOWN : this.#bodyLengthOf(head);
    if (bodyLength === UNKNOWN) {
      this.isUnusual = true;
      return 0;
    }
    return this.#begin(bytes, length, { head: head!, bodyLength, user });
  }

  /** What another parser has to read to go on with this answer; `rest` is what this one has not read. */
  replay(rest: Buffer): AdoptedAnswer {
    const chunks = this.#chunks;
    if (!this.hasHead || chunks === undefined) return { bytes: Buffer.from(rest), hasHead: false, skip: 0 };
    const { text, skip } = chunks.replay();
    const bytes = Buffer.concat([this.#head!, Buffer.from(text, 'latin1'), rest]);
    return { bytes, hasHead: true, skip };
  }

  #begin(
    bytes: Buffer,
    length: number,
    { head, bodyLength, user }: { head: AnswerHead; bodyLength: number; user: ConnectionUser },
  ): number {
    const { end, status } = head;
    const isAllHere = bodyLength >= 0 && end + bodyLength <= length;
    // One copy for head and body where all of it is here; otherwise a head does not keep the memory of a body.
    const copyEnd = isAllHere && !this.#discards ? end + bodyLength : end;
    const copy = Buffer.allocUnsafe(copyEnd);
    bytes.copy(copy, 0, 0, copyEnd);
    this.hasHead = true;
    this.staysOpen = head.staysOpen;
    this.idleLimitMs = head.idleLimitMs < 0 ? Number.POSITIVE_INFINITY : head.idleLimitMs;
    this.#chunks = bodyLength === CHUNKS ? new ChunkedBody() : undefined;
    this.#head = bodyLength === CHUNKS ? copy : undefined;
    this.#remaining = Math.max(0, bodyLength - (copyEnd - end));
    user.onResponseStarted();
    user.onHeaders(status, new LazyHeaders(copy, head));
    if (copyEnd > end) user.onData(copy, end);
    this.isComplete = bodyLength !== CHUNKS && this.#remaining === 0;
    if (this.isComplete) return copyEnd;
    const isSetAside = bodyLength !== CHUNKS && bodyLength <= MOST_BYTES_AHEAD && !this.#discards;
    this.#memory = isSetAside ? Buffer.allocUnsafe(bodyLength) : undefined;
    return end === length ? end : this.#readBody(bytes, { from: end, to: length }, user);
  }

  #readBody(bytes: Buffer, range: { from: number; to: number }, user: ConnectionUser): number {
    const chunks = this.#chunks;
    if (chunks === undefined) {
      const end = Math.min(range.to, range.from + this.#remaining);
      user.onData(this.#keep(bytes, range.from, end));
      this.#remaining -= end - range.from;
      this.isComplete = this.#remaining === 0;
      if (this.isComplete) this.#memory = undefined;
      return end;
    }
    const end = chunks.read(bytes, range, (from, to) => void user.onData(this.#keep(bytes, from, to)));
    this.isComplete = chunks.isComplete;
    this.isUnusual = !this.isComplete && end < range.to;
    if (this.isComplete) this.#head = undefined;
    return end;
  }

  /** A part of the body for its receiver to keep: where memory for all of it is there, in its place. */
  #keep(bytes: Buffer, from: number, to: number): Buffer {
    const memory = this.#memory;
    if (memory === undefined) {
      const part = bytes.subarray(from, to);
      return this.#discards ? part : Buffer.from(part);
    }
    const at = memory.length - this.#remaining;
    bytes.copy(memory, at, from, to);
    return memory.subarray(at, at + to - from);
  }

  /** How long the body is, `CHUNKS`, or `UNKNOWN` where it ends with the connection, or has no business to be there. */
  #bodyLengthOf({ status, contentLength, isChunked }: AnswerHead): number {
    if (this.#method === 'HEAD') return 0;
    if (status === 204 || status === 304) return contentLength > 0 || isChunked ? UNKNOWN : 0;
    if (isChunked) return CHUNKS;
    return contentLength < 0 ? UNKNOWN : contentLength;
  }
}
