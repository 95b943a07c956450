import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, answerJson } from './answer.js';
import type { RoutedAnswer } from './answer-request.js';
import type { RequestCounts, StockServerStats } from './request-counts.js';
import { type Soon, whenReady } from './when-ready.js';

/** What one server does with requests; the rest is the same in all of them. */
export interface ServedRequests {
  readonly counts: RequestCounts;
  answerRequest(request: IncomingMessage): Soon<RoutedAnswer | undefined>;
  /** What a request is answered whose answer could not be found. */
  answerFault(request: IncomingMessage, error: unknown): RoutedAnswer;
  /** Counts of all processes, where there is more than this one. */
  readStats?(): Soon<StockServerStats>;
  /** Headers of an answer that are known when it is ready. */
  addHeaders?(request: IncomingMessage): Readonly<Record<string, string>>;
  /** Paths beside the API, uncounted. */
  answerAside?(path: string): Soon<Answer> | undefined;
  /** What requests are made of, where more is kept of one than Node.js does. */
  readonly messageClass?: typeof IncomingMessage;
}

export interface ListeningServer {
  /** `host:port` */
  readonly host: string;
  /** Stops listening and resolves once every answer under way is out, after at most two seconds. */
  close(): Promise<void>;
}

const STATS_PATH = '/__stats';
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
const LISTEN_BACKLOG = 8_192;
const CLOSE_GRACE_MS = 2_000;

/** Listens, and resolves once connections are accepted. */
export async function serveHttp(
  served: ServedRequests,
  place: { readonly host: string; readonly port: number },
): Promise<ListeningServer> {
  const server = createServer(served.messageClass === undefined ? {} : { IncomingMessage: served.messageClass });
  server.on('request', createResponder(served, server));
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.headersTimeout = KEEP_ALIVE_TIMEOUT_MS + 5_000;
  return { host: await listen(server, place), close: () => close(server) };
}

function createResponder(served: ServedRequests, server: Server) {
  const { counts, addHeaders } = served;
  const readAside = (url: string): Soon<Answer> | undefined => {
    if (url !== STATS_PATH) return served.answerAside?.(url);
    return whenReady(served.readStats === undefined ? counts.read() : served.readStats(), (stats) =>
      answerJson(200, stats),
    );
  };
  return (request: IncomingMessage, response: ServerResponse): void => {
    const aside = readAside(request.url ?? '');
    if (aside !== undefined) {
      void whenReady(aside, (answer) => writeAnswer(response, answer, { isListening: server.listening }));
      return;
    }
    const send = (routed: RoutedAnswer | undefined): void => {
      if (routed === undefined) return;
      const { answer, pattern } = routed;
      writeAnswer(response, answer, { isListening: server.listening, added: addHeaders?.(request) });
      counts.add(request.method ?? '', pattern, answer.status);
    };
    const sendFault = (error: unknown): void => send(served.answerFault(request, error));
    try {
      const routed = served.answerRequest(request);
      if (routed instanceof Promise) routed.then(send).catch(sendFault);
      else send(routed);
    } catch (error) {
      sendFault(error);
    }
  };
}

function writeAnswer(
  response: ServerResponse,
  answer: Answer,
  { isListening, added }: { isListening: boolean; added?: Readonly<Record<string, string>> | undefined },
): void {
  const headers: Record<string, string | number> = {
    'content-type': 'application/json',
    'content-length': typeof answer.body === 'string' ? Buffer.byteLength(answer.body) : answer.body.length,
    ...answer.headers,
    ...added,
  };
  // A connection left open after the last answer would hold a stopping server for the keep-alive time.
  if (!isListening) headers.connection = 'close';
  response.writeHead(answer.status, headers).end(answer.body);
}

async function listen(server: Server, { port, host }: { port: number; host: string }): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: LISTEN_BACKLOG }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address() as AddressInfo;
  return `${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const cutOff = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  clearTimeout(cutOff);
}
