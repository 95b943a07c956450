import { connect, type NetConnectOpts, type Socket, type TcpSocketConnectOpts } from 'node:net';

/** Plain sockets of a thread all read into this one buffer; what arrives is used or copied at once. */
const SHARED_BYTES = 64 * 1024;
let shared: Buffer | undefined;

/** Is given what arrives: `bytes` of a buffer that the next read overwrites. */
export type ReadSink = (buffer: Buffer, bytes: number) => void;

/** A plain socket whose bytes go to a sink or, without one, wait to be read as from any other socket. */
export interface SharedReadSocket extends Socket {
  sink: ReadSink | undefined;
  /** Puts bytes where the next `read()` finds them. */
  pushChunk(chunk: Buffer): void;
}

/**
 * Opens a plain TCP connection that reads through net's `onread`. Node otherwise takes a fresh 64 KB from the system for
 * every read and runs it through a stream's queue; here a read costs a copy of what came, or nothing with a sink. To a
 * reader the socket looks the same: it emits `readable`, and `read()` gives chunks until there are none.
 *
 * @see https://nodejs.org/api/net.html#socketconnectoptions-connectlistener
 */
export function connectWithSharedRead(options: TcpSocketConnectOpts): SharedReadSocket {
  shared ??= Buffer.allocUnsafeSlow(SHARED_BYTES);
  let chunks: Buffer[] | undefined;
  const callback = (bytes: number, buffer: Uint8Array): boolean => {
    if (socket.sink !== undefined) {
      socket.sink(buffer as Buffer, bytes);
      return true;
    }
    const chunk = Buffer.allocUnsafe(bytes);
    (buffer as Buffer).copy(chunk, 0, 0, bytes);
    socket.pushChunk(chunk);
    socket.emit('readable');
    return true;
  };
  const socket = connect({ ...options, onread: { buffer: shared, callback } } as NetConnectOpts) as SharedReadSocket;
  socket.sink = undefined;
  socket.pushChunk = (chunk) => {
    if (chunks === undefined) {
      chunks = [];
      readFrom(socket, chunks);
    }
    chunks.push(chunk);
  };
  return socket;
}

/** The stream underneath stays empty; it still tells of the end. */
function readFrom(socket: Socket, chunks: Buffer[]): void {
  const readStream = socket.read;
  socket.read = (size?: number): unknown => {
    if (size === 0) return readStream.call(socket, size);
    return chunks.shift() ?? null;
  };
}
