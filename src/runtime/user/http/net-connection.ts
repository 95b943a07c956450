import type { Socket } from 'node:net';
import { now } from '../../../metrics/clock.js';
import { AnswerReader } from './answer-reader.js';
import { type ConnectEnvironment, connectSocket } from './connect-socket.js';
import type { Connection, ConnectionUser, OutgoingRequest } from './connection.js';
import type { SharedReadSocket } from './shared-read.js';
import { KEEP_ALIVE_MARGIN_MS, UndiciConnection } from './undici-connection.js';
import { HeadWriter, isPlainRequest, writeRequest } from './write-request.js';

/**
 * A connection on a plain socket that reads plain answers itself. Whatever is unusual, in a request or in an answer, goes
 * to undici, together with the socket: from then on this connection is undici's. So it never judges what is malformed.
 */
export class NetConnection implements Connection {
  readonly origin: URL;
  readonly tlsMs = 0;
  served = 0;
  answeredAtMs = 0;
  #socket: SharedReadSocket | undefined;
  #request: OutgoingRequest | undefined;
  /** Who waits for an answer; undefined while idle. */
  #user: ConnectionUser | undefined;
  #idleSinceMs = 0;
  /** Closes the socket before the server does, where that said when. */
  #idleTimer: NodeJS.Timeout | undefined;
  #undici: UndiciConnection | undefined;
  #onSocketEnd: ((error?: unknown) => void) | undefined;
  readonly #heads = new HeadWriter();
  readonly #reader = new AnswerReader();
  readonly #environment: ConnectEnvironment;

  constructor(origin: URL, environment: ConnectEnvironment) {
    this.origin = origin;
    this.#environment = environment;
  }

  get waitsByItself(): boolean {
    return this.#undici !== undefined;
  }

  get isBroken(): boolean {
    return this.#undici?.isBroken === true;
  }

  dispatch(request: OutgoingRequest, user: ConnectionUser): void {
    if (this.#undici === undefined && !isPlainRequest(request)) this.#undici = this.#handOver();
    if (this.#undici !== undefined) {
      this.#undici.dispatch(request, user);
      return;
    }
    this.#request = request;
    this.#user = user;
    if (this.#socket === undefined) this.#open();
    else this.#send(this.#socket);
  }

  detach(): void {
    this.#undici?.detach();
  }

  replace(): void {
    this.#user = undefined;
    this.#undici?.replace();
    this.#drop();
  }

  close(): void {
    const user = this.#user;
    this.#undici?.close();
    this.replace();
    if (user !== undefined) process.nextTick(() => user.onError(new ClosedHere()));
  }

  #send(socket: Socket): void {
    this.#reader.expect(this.#request!);
    this.#user!.onConnect(() => this.replace());
    if (this.#user === undefined) return;
    writeRequest(socket, this.#request!, { heads: this.#heads, prefix: this.#environment.prefixFor(this.origin) });
  }

  #open(): void {
    const user = this.#user!;
    const isWanted = () => this.#user === user;
    this.served = 0;
    user.onConnecting();
    connectSocket(this.origin, this.#environment, {
      isWanted,
      onSocket: (socket) => {
        this.#socket = socket as SharedReadSocket;
      },
      onConnected: (socket) => {
        if (!isWanted()) {
          socket.destroy();
          return;
        }
        this.#listen(socket as SharedReadSocket);
        this.#send(socket);
      },
      onFailed: (error) => {
        this.#socket = undefined;
        this.#fail(error);
      },
    });
  }

  #listen(socket: SharedReadSocket): void {
    socket.sink = (bytes, length) => this.#onBytes(bytes, length);
    const onEnd = (error?: unknown) => this.#onEnd(socket, error instanceof Error ? error : undefined);
    socket.on('error', onEnd).on('end', onEnd).on('close', onEnd);
    this.#onSocketEnd = onEnd;
  }

  #onBytes(bytes: Buffer, length: number): void {
    const user = this.#user;
    // Nobody asked.
    if (user === undefined) {
      this.#drop();
      return;
    }
    const reader = this.#reader;
    const end = reader.read(bytes, length, user);
    if (this.#user !== user) return;
    if (reader.isUnusual) this.#adopt(bytes.subarray(end, length));
    else if (reader.isComplete) this.#complete(user, end < length);
  }

  /** Everything is as it will be before the user hears of it. */
  #complete(user: ConnectionUser, hasMore: boolean): void {
    const { staysOpen, idleLimitMs } = this.#reader;
    this.#user = undefined;
    const { reset } = this.#request!;
    this.#request = undefined;
    const limitMs = idleLimitMs - KEEP_ALIVE_MARGIN_MS;
    if (hasMore || !staysOpen || reset || limitMs <= 0) this.#drop();
    else if (limitMs < Number.POSITIVE_INFINITY) this.#limitIdle(limitMs);
    user.onComplete();
  }

  /** One timer for many answers: it looks how long the socket has really been idle. */
  #limitIdle(limitMs: number): void {
    this.#idleSinceMs = now();
    if (this.#idleTimer !== undefined) return;
    const look = () => {
      const leftMs = this.#idleSinceMs + limitMs - now();
      const isIdle = this.#user === undefined;
      this.#idleTimer = undefined;
      if (isIdle && leftMs <= 1) this.#drop();
      else if (this.#socket !== undefined) {
        this.#idleTimer = setTimeout(look, isIdle ? leftMs : Math.max(leftMs, limitMs)).unref();
      }
    };
    this.#idleTimer = setTimeout(look, limitMs).unref();
  }

  /** The socket is closed, or closing. */
  #onEnd(socket: Socket, error: Error | undefined): void {
    if (this.#socket !== socket) return;
    const isClosedAsSaid = this.#reader.hasHead && !this.#reader.staysOpen;
    this.#drop();
    this.#fail(error === undefined || isClosedAsSaid ? new SocketClosed() : error);
  }

  #fail(error: Error): void {
    const user = this.#user;
    this.#user = undefined;
    user?.onError(error);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    clearTimeout(this.#idleTimer);
    this.#idleTimer = undefined;
    this.#reader.forget();
    socket?.destroy();
  }

  #adopt(rest: Buffer): void {
    const user = this.#user!;
    const request = this.#request!;
    this.#undici = this.#handOver();
    this.#undici.adopt(request, user, this.#reader.replay(rest));
  }

  #handOver(): UndiciConnection {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#user = undefined;
    this.#request = undefined;
    clearTimeout(this.#idleTimer);
    if (socket !== undefined) {
      const onEnd = this.#onSocketEnd!;
      socket.sink = undefined;
      socket.off('error', onEnd).off('end', onEnd).off('close', onEnd);
    }
    return new UndiciConnection(this.origin, this.#environment, socket);
  }
}

/** We ended the connection; undici's error of the same meaning has this code too. */
class ClosedHere extends Error {
  readonly code = 'UND_ERR_DESTROYED';
}

/** The other side ended the connection; undici's error of the same meaning has this code too. */
class SocketClosed extends Error {
  readonly code = 'UND_ERR_SOCKET';

  constructor() {
    super('other side closed');
  }
}
