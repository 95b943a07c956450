import { connect, type NetConnectOpts, type Socket, type TcpSocketConnectOpts } from 'node:net';

/** Plain sockets of a thread all read into this one buffer; what arrives is copied out at once. */
const SHARED_BYTES = 64 * 1024;
let shared: Buffer | undefined;

/**
 * Opens a plain TCP connection that reads through net's `onread`. Node otherwise takes a fresh 64 KB from the system for
 * every read and runs it through a stream's queue; here a read costs a copy of what came. To its reader the socket looks
 * the same: it emits `readable`, and `read()` gives chunks until there are none.
 *
 * @see https://nodejs.org/api/net.html#socketconnectoptions-connectlistener
 */
export function connectWithSharedRead(options: TcpSocketConnectOpts): Socket {
  shared ??= Buffer.allocUnsafeSlow(SHARED_BYTES);
  const chunks: Buffer[] = [];
  const callback = (bytes: number, buffer: Uint8Array): boolean => {
    chunks.push(Buffer.from(buffer.subarray(0, bytes)));
    socket.emit('readable');
    return true;
  };
  const socket: Socket = connect({ ...options, onread: { buffer: shared, callback } } as NetConnectOpts);
  const readStream = socket.read;
  // The stream underneath stays empty; it still tells of the end.
  socket.read = (size?: number): unknown => {
    return size !== 0 && chunks.length > 0 ? chunks.shift() : readStream.call(socket, size);
  };
  return socket;
}
