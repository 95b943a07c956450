import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { Dispatcher, Client as UndiciClient } from 'undici';
import { type AdoptedAnswer, adoptAnswer } from './adopted-answer.js';
import { type ConnectEnvironment, connectSocket, proxyAuthorization } from './connect-socket.js';
import type { Connection, ConnectionUser, OutgoingRequest } from './connection.js';
import type { SharedReadSocket } from './shared-read.js';

// The client alone takes a third of the time and memory that loading all of undici takes, in every worker.
const require = createRequire(import.meta.url);
let Client: typeof UndiciClient | undefined;

/** Longest wait between two requests on one connection. The server's own `Keep-Alive: timeout` shortens it. */
export const KEEP_ALIVE_MS = 600_000;
export const KEEP_ALIVE_MARGIN_MS = 500;

/** What the reason for a larger one says. */
const MAX_HEADER_BYTES = 16 * 1024;

/** A connection on undici's client: for everything. */
export class UndiciConnection implements Connection {
  readonly origin: URL;
  /** It looks for a turn whether something comes that nobody asked for, before it uses a connection again. */
  readonly waitsByItself = true;
  tlsMs = 0;
  served = 0;
  answeredAtMs = 0;
  #client: UndiciClient;
  #socket: Socket | undefined;
  /** Opened by somebody else, and not yet taken by the client. */
  #given: SharedReadSocket | undefined;
  #user: ConnectionUser | undefined;
  readonly #environment: ConnectEnvironment;
  #isClosed = false;

  /** `given` is a socket that is open already, with nothing on its way. */
  constructor(origin: URL, environment: ConnectEnvironment, given?: SharedReadSocket) {
    this.origin = origin;
    this.#environment = environment;
    this.#given = given;
    this.#client = this.#createClient();
  }

  dispatch(request: OutgoingRequest, user: ConnectionUser): void {
    this.#user = user;
    this.#client.dispatch(
      this.#throughProxy(request) as Dispatcher.DispatchOptions,
      user as Dispatcher.DispatchHandler,
    );
  }

  /** Goes on with an answer that has begun on the given socket, to a request that was sent on it. */
  adopt(request: OutgoingRequest, user: ConnectionUser, answer: AdoptedAnswer): void {
    this.dispatch(request, adoptAnswer(this.#given!, user, answer));
  }

  get isBroken(): boolean {
    return this.#socket !== undefined && this.#socket.errored !== null;
  }

  detach(): void {
    this.#user = undefined;
  }

  replace(): void {
    void this.#client.destroy().catch(() => {});
    this.#socket?.destroy();
    this.#given?.destroy();
    this.#given = undefined;
    if (!this.#isClosed) this.#client = this.#createClient();
  }

  close(): void {
    this.#isClosed = true;
    this.replace();
  }

  /** Plain requests through a proxy name the whole address (RFC 9112, 3.2.2). */
  #throughProxy(request: OutgoingRequest): OutgoingRequest {
    const { proxy } = this.#environment;
    if (proxy === undefined || this.origin.protocol !== 'http:') return request;
    const extra = Object.entries(proxyAuthorization(proxy)).flat();
    return { ...request, path: this.origin.origin + request.path, headers: [...request.headers, ...extra] };
  }

  #createClient(): UndiciClient {
    Client ??= require('undici/lib/dispatcher/client.js') as typeof UndiciClient;
    return new Client(this.origin, {
      connect: (_options: unknown, callback: (error: Error | null, socket: Socket | null) => void) =>
        this.#connect(callback),
      // undici's own timers are good to half a second; deadlines are kept in `InFlight`.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: MAX_HEADER_BYTES,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      keepAliveTimeoutThreshold: KEEP_ALIVE_MARGIN_MS,
      pipelining: 1,
    } as ConstructorParameters<typeof UndiciClient>[1]);
  }

  #connect(callback: (error: Error | null, socket: Socket | null) => void): void {
    const client = this.#client;
    const given = this.#given;
    this.#given = undefined;
    if (given !== undefined && !given.destroyed) {
      this.#socket = given;
      // Not at once, for undici is in the middle of looking what to do, and before anything else can come from the socket.
      queueMicrotask(() => callback(null, given));
      return;
    }
    this.served = 0;
    this.#user?.onConnecting();
    connectSocket(this.origin, this.#environment, {
      isWanted: () => !client.destroyed,
      onSocket: (socket) => {
        this.#socket = socket;
      },
      onConnected: (socket, tlsMs) => {
        if (client.destroyed) {
          socket.destroy();
          return;
        }
        this.tlsMs = tlsMs;
        callback(null, socket);
      },
      onFailed: (error) => callback(error, null),
    });
  }
}
