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

/** Writes a plain request; `host` is what its `host` line says (RFC 9112, 3). */
export function writeRequest(socket: Socket, request: OutgoingRequest, host: string): void {
  const { method, path, headers, reset } = request;
  const body = request.body as Buffer | null;
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: ${reset ? 'close' : 'keep-alive'}\r\n`;
  for (let at = 0; at < headers.length; at += 2) head += `${headers[at]}: ${headers[at + 1]}\r\n`;
  const length = body === null ? 0 : body.length;
  if (length > 0 || EXPECTS_BODY.has(method)) head += `content-length: ${length}\r\n`;
  head += '\r\n';
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
