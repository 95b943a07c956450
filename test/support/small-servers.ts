import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { fileURLToPath } from 'node:url';

export interface SmallServer {
  url: string;
  host: string;
  port: number;
  /** Connections accepted so far. */
  connections: number;
  /** Those that are open. */
  sockets: Set<Socket>;
  close(): Promise<void>;
}

/** A request as the server saw it. */
export interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  rawHeaders: string[];
  body: Buffer;
}

export interface Certificate {
  key: string;
  cert: string;
}

const running: SmallServer[] = [];

/** Stops every server started since the last call. */
export async function closeServers(): Promise<void> {
  await Promise.all(running.splice(0).map((server) => server.close()));
}

export function startHttp(listener: RequestListener, listenOn = '127.0.0.1'): Promise<SmallServer> {
  return listen(createHttpServer({ keepAliveTimeout: 60_000 }, listener), 'http', listenOn);
}

export function startHttps(options: TlsOptions, listener: RequestListener): Promise<SmallServer> {
  return listen(createHttpsServer({ ...options, keepAliveTimeout: 60_000 }, listener), 'https', '127.0.0.1');
}

/** A server that is given its bare connections. */
export function startRaw(
  onSocket: (socket: Socket, number: number) => void,
  listenOn = '127.0.0.1',
): Promise<SmallServer> {
  let count = 0;
  const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    onSocket(socket, count++);
  });
  return listen(server, 'http', listenOn);
}

/** An HTTP server that keeps what it is asked and answers 200 with `ok`, unless `answer` does. */
export async function startEcho(answer?: (seen: SeenRequest, ...rest: Parameters<RequestListener>) => void) {
  const requests: SeenRequest[] = [];
  const server = await startHttp(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      // Whoever cuts a request short gets no answer.
      return;
    }
    const { method = '', url = '', headers, rawHeaders } = request;
    const seen = { method, url, headers, rawHeaders, body: Buffer.concat(chunks) };
    requests.push(seen);
    if (answer === undefined) response.end('ok');
    else answer(seen, request, response);
  });
  return Object.assign(server, { requests, last: () => requests.at(-1)! });
}

/** The PEM file of a certificate (`cert`) or its key (`key`). */
export function certificateFile(name: 'localhost' | 'elsewhere', kind: string): string {
  return fileURLToPath(new URL(`./certificates/${name}.${kind}.pem`, import.meta.url));
}

/** A self-signed certificate of the tests: `localhost` is for that name and 127.0.0.1, `elsewhere` for another one. */
export function readCertificate(name: 'localhost' | 'elsewhere'): Certificate {
  const read = (kind: string) => readFileSync(certificateFile(name, kind), 'utf8');
  return { key: read('key'), cert: read('cert') };
}

async function listen(server: Server | TcpServer, protocol: string, listenOn: string): Promise<SmallServer> {
  const sockets = new Set<Socket>();
  server.listen(0, listenOn);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const small: SmallServer = {
    url: `${protocol}://${listenOn}:${port}`,
    host: `${listenOn}:${port}`,
    port,
    connections: 0,
    sockets,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  server.on('connection', (socket: Socket) => {
    small.connections++;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  running.push(small);
  return small;
}
