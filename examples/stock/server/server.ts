import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAccounts } from './accounts.js';
import { type Answer, answerDetail, answerJson } from './answer.js';
import { createRequestAnswerer, type RoutedAnswer } from './answer-request.js';
import { createCatalogue } from './catalogue.js';
import { createTokenIssuer } from './json-web-token.js';
import { createRequestCounts, type StockServerStats } from './request-counts.js';
import { createReservations } from './reservations.js';
import { createRoutes } from './routes.js';

export type { StockServerStats } from './request-counts.js';

export interface StockServerOptions {
  /** 0 (the default) takes a free port. */
  readonly port?: number;
  readonly host?: string;
  /** Units of each product to begin with. */
  readonly stock?: number;
  /** How long an access token is good for, in seconds; 0 makes tokens that have expired when they arrive. */
  readonly tokenLifetimeSeconds?: number;
  /** PBKDF2 rounds a login costs; 0 (the default) compares the password as it is. */
  readonly hashCost?: number;
}

export interface StockServer {
  readonly url: string;
  /** Stops listening and resolves once every answer under way is out, after at most two seconds. */
  close(): Promise<void>;
  stats(): StockServerStats;
}

export const DEFAULT_STOCK_SERVER_OPTIONS: Required<StockServerOptions> = {
  port: 0,
  host: '127.0.0.1',
  stock: 1_000_000,
  tokenLifetimeSeconds: 86_400,
  hashCost: 0,
};

const STATS_PATH = '/__stats';
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
const LISTEN_BACKLOG = 8_192;
const CLOSE_GRACE_MS = 2_000;

/**
 * Starts the in-memory stock service and resolves once it accepts connections.
 *
 * ```ts
 * const server = await createStockServer({ stock: 500 });
 * const response = await fetch(`${server.url}/api/products/`);   // 401: no token
 * await server.close();
 * ```
 */
export async function createStockServer(options: StockServerOptions = {}): Promise<StockServer> {
  const settings = { ...DEFAULT_STOCK_SERVER_OPTIONS, ...options };
  const catalogue = createCatalogue();
  const tokens = createTokenIssuer(settings.tokenLifetimeSeconds);
  const accounts = await createAccounts(settings.hashCost);
  const productIds = catalogue.products.map((product) => product.id);
  const reservations = createReservations(productIds, settings.stock);
  const counts = createRequestCounts();

  let ownHost = '';
  const answerRequest = createRequestAnswerer({
    matchRoute: createRoutes({ accounts, tokens, catalogue, reservations }),
    tokens,
    defaultHost: () => ownHost,
  });

  const server = createServer((request, response) => {
    if (request.url === STATS_PATH) {
      writeAnswer(response, answerJson(200, counts.read()), server.listening);
      return;
    }
    const send = (routed: RoutedAnswer | undefined): void => {
      if (routed === undefined) return;
      writeAnswer(response, routed.answer, server.listening);
      counts.add(request.method ?? '', routed.pattern, routed.answer.status);
    };
    const sendFault = (error: unknown): void => send(reportFault(request, error));
    try {
      const routed = answerRequest(request);
      if (routed instanceof Promise) routed.then(send).catch(sendFault);
      else send(routed);
    } catch (error) {
      sendFault(error);
    }
  });
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.headersTimeout = KEEP_ALIVE_TIMEOUT_MS + 5_000;

  ownHost = await listen(server, settings);
  return { url: `http://${ownHost}`, close: () => close(server), stats: () => counts.read() };
}

function writeAnswer(response: ServerResponse, answer: Answer, isListening: boolean): void {
  const headers: Record<string, string | number> = {
    'content-type': 'application/json',
    'content-length': typeof answer.body === 'string' ? Buffer.byteLength(answer.body) : answer.body.length,
    ...answer.headers,
  };
  // A connection left open after the last answer would hold a stopping server for the keep-alive time.
  if (!isListening) headers.connection = 'close';
  response.writeHead(answer.status, headers).end(answer.body);
}

function reportFault(request: IncomingMessage, error: unknown): RoutedAnswer {
  process.stderr.write(`${request.method} ${request.url}: ${error instanceof Error ? error.stack : String(error)}\n`);
  return { pattern: '(fault)', answer: answerDetail(500, 'The stock server has a fault.') };
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
