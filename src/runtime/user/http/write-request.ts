import type { Socket } from 'node:net';
import type { OutgoingRequest } from './connection.js';

/** Methods whose requests say how long their body is also where there is none (RFC 9110, 8.6). */
const EXPECTS_BODY = new Set(['POST', 'PUT', 'PATCH']);
/** Headers of the connection: what undici makes of them it shall make. */
const OF_THE_CONNECTION = new Set(['host', 'connection', 'content-length']);
/** Larger bodies are not copied behind their head. */
const MOST_COPIED_BYTES = 32 * 1024;

/** True if a request is plain: a whole body or none, and no header that says how the connection is used. */
export function isPlainRequest({ body, headers }: OutgoingRequest): boolean {
  if (body !== null && !Buffer.isBuffer(body)) return false;
  for (let at = 0; at < headers.length; at += 2) if (OF_THE_CONNECTION.has(headers[at]!)) return false;
  return true;
}

/** What most heads to a host have in common: the lines up to the last of the engine's base headers. */
export class HeadPrefix {
  readonly host: string;
  readonly text: string;
  readonly #base: readonly string[];

  /** `host` is what the `host` line says (RFC 9112, 3). */
  constructor(host: string, baseHeaders: readonly string[]) {
    this.host = host;
    this.#base = baseHeaders;
    this.text = ` HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n${linesOf(baseHeaders, 0)}`;
  }

  /** True if the request keeps its connection, and nothing of the base was set to something else. */
  fits({ headers, reset }: OutgoingRequest): boolean {
    if (reset || headers.length < this.#base.length) return false;
    for (let at = 0; at < this.#base.length; at++) if (headers[at] !== this.#base[at]) return false;
    return true;
  }

  get length(): number {
    return this.#base.length;
  }
}

function linesOf(headers: readonly string[], from: number): string {
  let lines = '';
  for (let at = from; at < headers.length; at += 2) lines += `${headers[at]}: ${headers[at + 1]}\r\n`;
  return lines;
}

/**
 * Makes the heads of one connection's requests. A user sends much the same head again and again: what is the same as in
 * the last one is not put together again.
 */
export class HeadWriter {
  #method = '';
  #path = '';
  #headers: readonly string[] = [];
  /** The lines behind the base headers. */
  #lines = '';
  #ending = '';
  #head = '';

  /** The whole head; `bodyBytes` is undefined where the length is not told. */
  headOf(request: OutgoingRequest, bodyBytes: number | undefined, prefix: HeadPrefix): string {
    const { method, path, headers, reset } = request;
    const ending = bodyBytes === undefined ? '\r\n' : `content-length: ${bodyBytes}\r\n\r\n`;
    if (!prefix.fits(request)) {
      const connection = reset ? 'close' : 'keep-alive';
      const start = `${method} ${path} HTTP/1.1\r\nhost: ${prefix.host}\r\nconnection: ${connection}\r\n`;
      return start + linesOf(headers, 0) + ending;
    }
    const hasSameLines = areSame(headers, this.#headers, prefix.length);
    if (hasSameLines && path === this.#path && method === this.#method && ending === this.#ending) return this.#head;
    if (!hasSameLines) this.#lines = linesOf(headers, prefix.length);
    this.#method = method;
    this.#path = path;
    this.#headers = headers;
    this.#ending = ending;
    this.#head = `${method} ${path}${prefix.text}${this.#lines}${ending}`;
    return this.#head;
  }
}

function areSame(headers: readonly string[], others: readonly string[], from: number): boolean {
  if (headers.length !== others.length) return false;
  for (let at = from; at < headers.length; at++) if (headers[at] !== others[at]) return false;
  return true;
}

/** Writes a plain request to a socket. */
export function writeRequest(
  socket: Socket,
  request: OutgoingRequest,
  about: { heads: HeadWriter; prefix: HeadPrefix },
): void {
  const body = request.body as Buffer | null;
  const length = body === null ? 0 : body.length;
  const isToldLength = length > 0 || EXPECTS_BODY.has(request.method);
  const head = about.heads.headOf(request, isToldLength ? length : undefined, about.prefix);
  if (length === 0) {
    socket.write(head, 'latin1');
  } else if (length <= MOST_COPIED_BYTES) {
    const bytes = Buffer.allocUnsafe(head.length + length);
    bytes.write(head, 'latin1');
    body!.copy(bytes, head.length);
    socket.write(bytes);
  } else {
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(body!);
    socket.uncork();
  }
}
