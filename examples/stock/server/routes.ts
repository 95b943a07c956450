import type { IncomingMessage } from 'node:http';
import { type Accounts, ADMIN_USER_ID } from './accounts.js';
import { type Answer, answerDetail, answerJson, answerUnauthorized } from './answer.js';
import type { Catalogue } from './catalogue.js';
import type { TokenIssuer } from './json-web-token.js';
import { formatEnvelope, type ListAddress, parsePage, takePage } from './page-envelope.js';
import {
  createOptionalTextParser,
  type FieldParser,
  parseFields,
  parseQuantity,
  parseText,
  parseUuid,
} from './parse-fields.js';
import { type ReservationOutcome, type Reservations, type StockRow, WAREHOUSE_CODE } from './reservations.js';
import { type Soon, whenReady } from './when-ready.js';

/** Everything the routes work on. */
export interface StockWorld {
  readonly accounts: Accounts;
  readonly tokens: TokenIssuer;
  readonly catalogue: Catalogue;
  readonly reservations: Reservations;
}

interface RouteCall {
  readonly address: ListAddress;
  /** The last part of a path such as `/api/products/:id/`; otherwise empty. */
  readonly id: string;
  /** The account behind the token; 0 where the route asks for none. */
  readonly userId: number;
  readonly request: IncomingMessage;
  /** The parsed JSON body of a POST; `{}` when nothing was sent. */
  readonly body: unknown;
}

export interface Route {
  readonly pattern: string;
  readonly method: 'GET' | 'POST';
  readonly needsToken: boolean;
  answer(call: RouteCall): Soon<Answer>;
}

export interface RouteMatch {
  readonly route: Route;
  readonly id: string;
}

export type MatchRoute = (path: string) => RouteMatch | undefined;

const PRODUCTS_PATH = '/api/products/';
/** Where queued reservations can be asked for. */
export const TASKS_PATH = '/api/products/stock/reservations/';
const RESERVED = JSON.stringify({ success: true, reservation: null, error_message: '', error_code: '' });

/** Builds the routes and answers with the function that finds one by path, trailing slash included. */
export function createRoutes(world: StockWorld): MatchRoute {
  const fixed = [
    createLoginRoute(world),
    createRefreshRoute(world),
    createProductListRoute(world),
    createAvailabilityRoute(world),
    createReserveRoute(world),
    createInboundRoute(world),
  ];
  const matchByPath = new Map<string, RouteMatch>(fixed.map((route) => [route.pattern, { route, id: '' }]));
  const productRoute = createProductRoute(world);
  return (path) => {
    const fixedMatch = matchByPath.get(path);
    if (fixedMatch !== undefined) return fixedMatch;
    if (!path.startsWith(PRODUCTS_PATH) || path.indexOf('/', PRODUCTS_PATH.length) !== path.length - 1)
      return undefined;
    return { route: productRoute, id: path.slice(PRODUCTS_PATH.length, -1).toLowerCase() };
  };
}

function createLoginRoute({ accounts, tokens }: StockWorld): Route {
  return {
    pattern: '/api/token/',
    method: 'POST',
    needsToken: false,
    async answer({ body, request }) {
      const form = parseFields(body, { username: parseText, password: parseText });
      if (!form.isAccepted) return answerJson(400, form.errors);
      const userId = await accounts.findUserId(form.fields.username, form.fields.password, request);
      if (userId === undefined) return answerUnauthorized('No active account found with the given credentials');
      return answerJson(200, { refresh: tokens.issue('refresh', userId), access: tokens.issue('access', userId) });
    },
  };
}

function createRefreshRoute({ tokens }: StockWorld): Route {
  return {
    pattern: '/api/token/refresh/',
    method: 'POST',
    needsToken: false,
    answer({ body }) {
      const form = parseFields(body, { refresh: parseText });
      if (!form.isAccepted) return answerJson(400, form.errors);
      const verdict = tokens.verify(form.fields.refresh, 'refresh');
      if (!verdict.isValid) return answerUnauthorized(verdict.reason, { code: 'token_not_valid' });
      return answerJson(200, { access: tokens.issue('access', verdict.claims.user_id) });
    },
  };
}

function createProductListRoute({ catalogue }: StockWorld): Route {
  return {
    pattern: PRODUCTS_PATH,
    method: 'GET',
    needsToken: true,
    answer({ address, request }) {
      return whenReady(catalogue.list(address, request), (list) => {
        if (list.kind === 'refused') return answerJson(400, list.errors);
        return list.kind === 'page' ? { status: 200, body: list.body } : answerDetail(404, 'Invalid page.');
      });
    },
  };
}

function createProductRoute({ catalogue }: StockWorld): Route {
  return {
    pattern: '/api/products/:id/',
    method: 'GET',
    needsToken: true,
    answer({ id, request }) {
      return whenReady(catalogue.find(id, request), (product) =>
        product === undefined ? answerDetail(404, 'Not found.') : answerJson(200, product),
      );
    },
  };
}

function createAvailabilityRoute({ reservations }: StockWorld): Route {
  return {
    pattern: '/api/products/stock/available/',
    method: 'GET',
    needsToken: true,
    answer({ address, request }) {
      const productId = address.query.get('product_id');
      const answerRows = (rows: readonly StockRow[]): Answer => {
        const page = parsePage(address.query, rows.length);
        if (page === undefined) return answerDetail(404, 'Invalid page.');
        return { status: 200, body: formatEnvelope(address, page, JSON.stringify(takePage(rows, page))) };
      };
      // An empty filter is no filter: every product's row, a page at a time.
      if (!productId) return whenReady(reservations.readAllRows(request), answerRows);
      const parsed = parseUuid(productId);
      if ('error' in parsed) return answerJson(400, { product_id: [parsed.error] });
      return whenReady(reservations.readRow(parsed.value, request), (row) =>
        answerRows(row === undefined ? [] : [row]),
      );
    },
  };
}

function createReserveRoute({ catalogue, reservations }: StockWorld): Route {
  const parsers = { product_id: createProductParser(catalogue), quantity: parseQuantity };
  return {
    pattern: '/api/products/stock/reserve/',
    method: 'POST',
    needsToken: true,
    answer({ body, userId, request }) {
      const form = parseFields(body, parsers);
      if (!form.isAccepted) return answerJson(400, form.errors);
      const { product_id: productId, quantity: units } = form.fields;
      return whenReady(reservations.reserve({ productId, units, userId }, request), answerOutcome);
    },
  };
}

/** What a reservation is answered, in the request or when asked later. */
export function answerOutcome(outcome: ReservationOutcome): Answer {
  if (outcome.kind === 'reserved') return { status: 201, body: RESERVED };
  if (outcome.kind === 'refused') return answerJson(400, [outcome.reason]);
  const { taskId } = outcome;
  return answerJson(202, { task_id: taskId, status_url: `${TASKS_PATH}${taskId}/` });
}

function createInboundRoute({ catalogue, reservations }: StockWorld): Route {
  const parsers = {
    product_id: createProductParser(catalogue),
    quantity: parseQuantity,
    reason: createOptionalTextParser(''),
    warehouse_code: parseWarehouseCode,
  };
  return {
    pattern: '/api/products/stock/inbound/',
    method: 'POST',
    needsToken: true,
    answer({ userId, body, request }) {
      if (userId !== ADMIN_USER_ID) {
        return answerDetail(403, 'You do not have permission to perform this action.');
      }
      const form = parseFields(body, parsers);
      if (!form.isAccepted) return answerJson(400, form.errors);
      const received = reservations.receive(form.fields.product_id, form.fields.quantity, request);
      return whenReady(received, () => answerJson(201, form.fields));
    },
  };
}

function createProductParser(catalogue: Catalogue): FieldParser<string> {
  return (value) => {
    const parsed = parseUuid(value);
    if ('error' in parsed || catalogue.has(parsed.value)) return parsed;
    return { error: `Invalid pk "${parsed.value}" - object does not exist.` };
  };
}

const parseOptionalWarehouse = createOptionalTextParser(WAREHOUSE_CODE);

function parseWarehouseCode(value: unknown): { value: string } | { error: string } {
  const parsed = parseOptionalWarehouse(value);
  if ('error' in parsed || parsed.value === WAREHOUSE_CODE) return parsed;
  return { error: `Object with code=${parsed.value} does not exist.` };
}
