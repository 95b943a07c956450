import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { Client as UndiciClient, Dispatcher } from 'undici';
import { type ConnectEnvironment, connectSocket, proxyAuthorization } from './connect-socket.js';

// The client alone takes a third of the time and memory that loading all of undici takes, in every worker.
const Client = createRequire(import.meta.url)('undici/lib/dispatcher/client.js') as typeof UndiciClient;

/** Longest wait between two requests on one connection. The server's own `Keep-Alive: timeout` shortens it. */
const KEEP_ALIVE_MS = 600_000;
const KEEP_ALIVE_MARGIN_MS = 500;

/** What a connection tells the request it serves. */
export interface ConnectionUser extends Dispatcher.DispatchHandler {
  onConnecting(): void;
}

export interface OutgoingRequest {
  method: string;
  path: string;
  headers: string[];
  body: string | Buffer | null | AsyncIterable<unknown>;
  /** Close the connection afterwards. */
  isLast: boolean;
}

/** One connection to one origin, serving one request at a time; it reconnects by itself when it was closed. */
export class Connection {
  /** How long the present socket took to open, until a request has taken note. */
  connectingMs = 0;
  tlsMs = 0;
  /** Answers received on the present socket. */
  served = 0;
  #client: UndiciClient;
  #socket: Socket | undefined;
  #user: ConnectionUser | undefined;
  readonly #origin: URL;
  readonly #environment: ConnectEnvironment;
  #isClosed = false;

  constructor(origin: URL, environment: ConnectEnvironment) {
    this.#origin = origin;
    this.#environment = environment;
    this.#client = this.#createClient();
  }

  dispatch(request: OutgoingRequest, user: ConnectionUser): void {
    this.#user = user;
    const { isLast, ...rest } = request;
    const options = this.#throughProxy(rest) as Dispatcher.DispatchOptions;
    if (isLast) options.reset = true;
    this.#client.dispatch(options, user);
  }

  /** Forgets who was served last: an idle connection must not keep an answer alive. */
  detach(): void {
    this.#user = undefined;
  }

  /** Gives up a connection that is still being made, or throws away one in an unknown state. */
  replace(): void {
    this.#socket?.destroy();
    void this.#client.destroy().catch(() => {});
    if (!this.#isClosed) this.#client = this.#createClient();
  }

  close(): void {
    this.#isClosed = true;
    this.replace();
  }

  /** Plain requests through a proxy name the whole address (RFC 9112, 3.2.2). */
  #throughProxy(request: Omit<OutgoingRequest, 'isLast'>): Omit<OutgoingRequest, 'isLast'> {
    const { proxy } = this.#environment;
    if (proxy === undefined || this.#origin.protocol !== 'http:') return request;
    const extra = Object.entries({ host: this.#origin.host, ...proxyAuthorization(proxy) }).flat();
    return { ...request, path: this.#origin.origin + request.path, headers: [...request.headers, ...extra] };
  }

  #createClient(): UndiciClient {
    return new Client(this.#origin, {
      connect: (_options: unknown, callback: (error: Error | null, socket: Socket | null) => void) =>
        this.#connect(callback),
      // undici's own timers are good to half a second; deadlines are kept in `InFlight`.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      keepAliveTimeoutThreshold: KEEP_ALIVE_MARGIN_MS,
      pipelining: 1,
    } as ConstructorParameters<typeof UndiciClient>[1]);
  }

  #connect(callback: (error: Error | null, socket: Socket | null) => void): void {
    this.served = 0;
    this.#user?.onConnecting();
    connectSocket(this.#origin, this.#environment, {
      onSocket: (socket) => {
        this.#socket = socket;
      },
      onConnected: (socket, connectingMs, tlsMs) => {
        this.connectingMs = connectingMs;
        this.tlsMs = tlsMs;
        callback(null, socket);
      },
      onFailed: (error) => callback(error, null),
    });
  }
}
