import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { Dispatcher, Client as UndiciClient } from 'undici';
import { type ConnectEnvironment, connectSocket, proxyAuthorization } from './connect-socket.js';

// The client alone takes a third of the time and memory that loading all of undici takes, in every worker.
const Client = createRequire(import.meta.url)('undici/lib/dispatcher/client.js') as typeof UndiciClient;

/** Longest wait between two requests on one connection. The server's own `Keep-Alive: timeout` shortens it. */
const KEEP_ALIVE_MS = 600_000;
const KEEP_ALIVE_MARGIN_MS = 500;

/** What the reason for a larger one says. */
const MAX_HEADER_BYTES = 16 * 1024;

/** What a connection tells the request it serves. */
export interface ConnectionUser extends Dispatcher.DispatchHandler {
  onConnecting(): void;
}

export interface OutgoingRequest {
  method: string;
  path: string;
  headers: string[];
  body: Buffer | AsyncIterable<unknown> | null;
  /** True closes the connection afterwards. False keeps it also where undici by itself would not, as after HEAD. */
  reset: boolean;
}

/** One connection to one origin, serving one request at a time; it reconnects by itself when it was closed. */
export class Connection {
  readonly origin: URL;
  /** How long the handshake of the present socket took. */
  tlsMs = 0;
  /** Answers received on the present socket. */
  served = 0;
  #client: UndiciClient;
  #socket: Socket | undefined;
  #user: ConnectionUser | undefined;
  readonly #environment: ConnectEnvironment;
  #isClosed = false;

  constructor(origin: URL, environment: ConnectEnvironment) {
    this.origin = origin;
    this.#environment = environment;
    this.#client = this.#createClient();
  }

  dispatch(request: OutgoingRequest, user: ConnectionUser): void {
    this.#user = user;
    this.#client.dispatch(this.#throughProxy(request) as Dispatcher.DispatchOptions, user);
  }

  /** True if the socket ended with an error: an answer without a length that ended so is not complete. */
  get isBroken(): boolean {
    return this.#socket !== undefined && this.#socket.errored !== null;
  }

  /** Forgets who was served last: an idle connection must not keep an answer alive. */
  detach(): void {
    this.#user = undefined;
  }

  /** Gives up a connection that is still being made, or throws away one in an unknown state. */
  replace(): void {
    void this.#client.destroy().catch(() => {});
    this.#socket?.destroy();
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
