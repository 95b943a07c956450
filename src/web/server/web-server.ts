import { randomBytes } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import { type AddressInfo, isIP, type Socket } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { getRequestListener } from '@hono/node-server';
import { LoadwrightError } from '../../errors.js';
import { type AppParts, createApp } from './create-app.js';
import { Guard, isLoopbackAddress } from './guard.js';
import type { FeedReader, LiveFeed } from './live-feed.js';
import { RefusedRequest, toProblem } from './problem.js';

export interface WebServerOptions extends AppParts {
  /** Each at its address. */
  feeds: Readonly<Record<string, LiveFeed>>;
  host: string;
  /** 0: any that is free. */
  port: number;
  /** Undefined: none on loopback, and anywhere else one is drawn. */
  token: string | undefined;
  /** PEM files. */
  tls: { cert: string; key: string } | undefined;
}

/** A server that listens. */
export interface WebServer {
  /** What to open, without the token. */
  url: string;
  token: string | undefined;
  isLoopback: boolean;
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 256;
const MAX_HEADER_BYTES = 16 * 1024;
const HEARTBEAT_MS = 15_000;
/** How long somebody who was refused may go on sending before the answer is taken as read. */
const LINGER_MS = 500;

/** Of every answer; the page's own document has a wider policy. */
const HEADERS: Record<string, string> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

/**
 * Serves page and HTTP interface.
 *
 * @throws LoadwrightError `ERR_PAGE_NOT_SERVED`
 */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const { host, feeds } = options;
  const protocol = options.tls === undefined ? 'http' : 'https';
  const server = createNodeServer(options.tls);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const { address, port } = await listen(server, options);
  const isLoopback = isLoopbackAddress(address);
  const token = options.token ?? (isLoopback ? undefined : randomBytes(24).toString('base64url'));
  const names = isLoopback ? [] : [hostname().toLowerCase(), ...(isIP(host) === 0 ? [host.toLowerCase()] : [])];
  const guard = new Guard({ protocol, port, isLoopback, names, token });
  const listener = getRequestListener(createApp(options).fetch, { overrideGlobalObjects: false });
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    if (!admit(guard, request, response)) return;
    const feed = request.method === 'GET' ? feeds[pathOf(request)] : undefined;
    if (feed !== undefined) openEvents(feed, request, response);
    else void listener(request, response);
  };
  server.on('request', onRequest);
  // Who asks first whether a body is welcome is told so only if it is.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!admit(guard, request, response)) return;
    response.writeContinue();
    void listener(request, response);
  });
  const heartbeat = setInterval(() => {
    for (const feed of Object.values(feeds)) feed.beat();
  }, HEARTBEAT_MS).unref();
  return {
    url: `${protocol}://${formatHost(nameOf(address, host))}:${port}`,
    token,
    isLoopback,
    close: async () => {
      clearInterval(heartbeat);
      for (const feed of Object.values(feeds)) feed.close();
      server.close();
      server.closeIdleConnections();
      for (const socket of sockets) socket.destroySoon();
      await options.reports.close();
    },
  };
}

function createNodeServer(tls: WebServerOptions['tls']): Server {
  const limits = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 30_000,
    requireHostHeader: true,
  };
  const server = tls === undefined ? createServer(limits) : createTlsServer({ ...limits, ...readTls(tls) });
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}

function createTlsServer(options: ServerOptions): Server {
  try {
    return createSecureServer(options);
  } catch (error) {
    throw notServed(
      `The page cannot be served over HTTPS: certificate and key do not work (${(error as Error).message}).`,
      '--tls-cert page.cert.pem --tls-key page.key.pem   with PEM files that belong together',
    );
  }
}

function readTls({ cert, key }: { cert: string; key: string }): { cert: Buffer; key: Buffer } {
  const read = (flag: string, path: string) => {
    try {
      return readFileSync(path);
    } catch (error) {
      throw notServed(`--${flag} names the file ${path}, but it cannot be read: ${(error as Error).message}.`);
    }
  };
  return { cert: read('tls-cert', cert), key: read('tls-key', key) };
}

/** Where it listens. */
async function listen(server: Server, { host, port }: WebServerOptions): Promise<AddressInfo> {
  try {
    const address = isIP(host) === 0 ? (await lookup(host)).address : host;
    server.listen(port, address);
    await once(server, 'listening');
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw notServed(
        `The page cannot be served: port ${port} of ${host} is taken, perhaps by another run.`,
        `--web-port ${port === 65_535 ? 8090 : port + 1}   or   --headless`,
      );
    }
    if (code === 'EACCES') {
      throw notServed(`The page cannot be served: port ${port} is only for privileged users.`, '--web-port 8089');
    }
    throw notServed(`The page cannot be served on ${host}: ${message}.`, '--web-host 127.0.0.1');
  }
  return server.address() as AddressInfo;
}

function notServed(message: string, hint = '--headless'): LoadwrightError {
  return new LoadwrightError('ERR_PAGE_NOT_SERVED', { message, hint });
}

/** Whether a request is to be carried out; if not, it is answered here, before its body is read. */
function admit(guard: Guard, request: IncomingMessage, response: ServerResponse): boolean {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  try {
    const { hasTokenInUrl } = guard.check(request);
    if (!hasTokenInUrl) return true;
    // From here on the cookie stands for it, and the address bar and the history do not show it.
    response.writeHead(303, { location: '/', 'set-cookie': guard.cookie() }).end();
  } catch (error) {
    refuse(request, response, error);
  }
  return false;
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const { status, problem } = toProblem(error);
  const text = JSON.stringify(problem);
  const challenge = status === 401 ? { 'www-authenticate': 'Bearer' } : {};
  response.writeHead(status, {
    ...challenge,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  });
  if (request.method === 'GET' || request.method === 'HEAD') {
    response.end(text);
    return;
  }
  // Nothing more is read. Cut at once, the answer could be lost to somebody who is still sending.
  request.pause();
  response.write(text);
  setTimeout(() => response.socket?.destroy(), LINGER_MS).unref();
}

function openEvents(feed: LiveFeed, request: IncomingMessage, response: ServerResponse): void {
  if (feed.isFull) {
    response.setHeader('retry-after', '5');
    refuse(request, response, new RefusedRequest('TOO_MANY_READERS', 'As many read events as may at once.'));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
  const reader: FeedReader = {
    write: (bytes) => response.write(bytes),
    get pendingBytes() {
      return response.writableLength;
    },
    drop: () => response.destroy(),
  };
  response.once('close', () => feed.disconnect(reader));
  const last = request.headers['last-event-id'];
  feed.connect(reader, typeof last === 'string' ? last : undefined);
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0]!;
}

/** What somebody else can open, where it is served on every address. */
function nameOf(address: string, host: string): string {
  if (address !== '0.0.0.0' && address !== '::') return isIP(host) === 0 ? host : address;
  const outside = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return outside.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? hostname();
}

function formatHost(name: string): string {
  return isIP(name) === 6 ? `[${name}]` : name;
}
