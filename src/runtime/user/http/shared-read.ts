import { connect, type NetConnectOpts, type Socket, type TcpSocketConnectOpts } from 'node:net';
import { markAsUntransferable } from 'node:worker_threads';
import { now } from '../../../metrics/clock.js';

/** Plain sockets of a thread all read into this one buffer; what arrives is used or copied at once. */
const SHARED_BYTES = 64 * 1024;
let shared: Buffer | undefined;

/** When what is being read arrived; 0 while nothing is. */
let readAtMs = 0;

/** Small chunks are cut out of blocks of this size, as Node does with small buffers. */
const BLOCK_BYTES = 8 * 1024;
let block = new ArrayBuffer(0);
let used = 0;

/** The class behind `Buffer`: that itself cannot be extended. */
const FastBuffer: typeof Uint8Array = Reflect.get(Buffer, Symbol.species);

/**
 * A buffer that has `buffer` as a property of its own. A parser that gives each name and each value of a head as a part of
 * the chunk asks for it some dozen times an answer, and otherwise that is a call out of compiled code.
 */
class Chunk extends FastBuffer {
  /** What is made from a chunk has memory of its own. */
  static get [Symbol.species]() {
    return FastBuffer;
  }

  override readonly buffer = block;
}

/** What is in `bytes`, to be kept. */
function copyOf(bytes: Buffer, length: number): Buffer {
  const chunk = length > BLOCK_BYTES / 2 ? Buffer.allocUnsafe(length) : takeChunk(length);
  bytes.copy(chunk, 0, 0, length);
  return chunk;
}

function takeChunk(length: number): Buffer {
  if (used + length > block.byteLength) {
    block = Buffer.allocUnsafeSlow(BLOCK_BYTES).buffer as ArrayBuffer;
    // As Node's own: whoever gives away one answer's bytes would take those of others with them.
    markAsUntransferable(block);
    used = 0;
  }
  const chunk = new Chunk(block, used, length) as Buffer;
  used += length;
  return chunk;
}

/** When that arrived which is dealt with right now, and the present where nothing did: parts of one read came together. */
export function arrivedAtMs(): number {
  return readAtMs === 0 ? now() : readAtMs;
}

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
    readAtMs = now();
    try {
      if (socket.sink === undefined) {
        socket.pushChunk(copyOf(buffer as Buffer, bytes));
        socket.emit('readable');
      } else {
        socket.sink(buffer as Buffer, bytes);
      }
    } finally {
      readAtMs = 0;
    }
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
