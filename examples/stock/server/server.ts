import type { IncomingMessage } from 'node:http';
import { createAccounts } from './accounts.js';
import { answerDetail } from './answer.js';
import { createRequestAnswerer, type RoutedAnswer } from './answer-request.js';
import { createCatalogue } from './catalogue.js';
import { createTokenIssuer } from './json-web-token.js';
import { createRequestCounts, type StockServerStats } from './request-counts.js';
import { createReservations } from './reservations.js';
import { createRoutes } from './routes.js';
import { serveHttp } from './serve-http.js';

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
  readonly passwordCost?: number;
  /** How many products the list shows: reservations of those who pick from it meet on these. */
  readonly hot?: number;
}

export interface RunningServer {
  readonly url: string;
  /** Stops listening and resolves once every answer under way is out, after at most two seconds. */
  close(): Promise<void>;
}

export interface StockServer extends RunningServer {
  stats(): StockServerStats;
}

export const DEFAULT_STOCK_SERVER_OPTIONS: Required<StockServerOptions> = {
  port: 0,
  host: '127.0.0.1',
  stock: 1_000_000,
  tokenLifetimeSeconds: 86_400,
  passwordCost: 0,
  hot: 200,
};

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
  const catalogue = createCatalogue(settings.hot);
  const tokens = createTokenIssuer(settings.tokenLifetimeSeconds);
  const accounts = await createAccounts(settings.passwordCost);
  const productIds = catalogue.products.map((product) => product.id);
  const reservations = createReservations(productIds, settings.stock);
  const counts = createRequestCounts();

  let ownHost = '';
  const answerRequest = createRequestAnswerer({
    matchRoute: createRoutes({ accounts, tokens, catalogue, reservations }),
    verifyToken: (token) => tokens.verify(token, 'access'),
    defaultHost: () => ownHost,
  });
  const server = await serveHttp({ counts, answerRequest, answerFault }, settings);
  ownHost = server.host;
  return { url: `http://${ownHost}`, close: server.close, stats: () => counts.read() };
}

function answerFault(request: IncomingMessage, error: unknown): RoutedAnswer {
  process.stderr.write(`${request.method} ${request.url}: ${error instanceof Error ? error.stack : String(error)}\n`);
  return { pattern: '(fault)', answer: answerDetail(500, 'The stock server has a fault.') };
}
