import { type Catalogue, type CatalogueList, findFilterErrors, isFiltered, type Product } from '../server/catalogue.js';
import { formatEnvelope, type ListAddress, PAGE_SIZE, type Page, parsePage } from '../server/page-envelope.js';
import type { Connection, Database, Statement } from './database.js';
import { type RequestTrace, traceOf } from './request-trace.js';
import { SCHEMA } from './schema.js';
import type { StockCache } from './stock-cache.js';

interface StoredCatalogueOptions {
  readonly database: Database;
  readonly cache: StockCache;
  readonly productIds: readonly string[];
  /** How many products the list shows. */
  readonly hot: number;
  readonly nPlusOne: boolean;
}

const TIME = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;
const COLUMNS = ['id', 'name', 'description', 'price', 'status']
  .concat(['created_at', 'updated_at'].map((name) => `to_char(${name} AT TIME ZONE 'UTC', ${TIME}) AS ${name}`))
  .join(', ');
const SHOWN = `FROM ${SCHEMA}.products WHERE number <= $1`;
const FILTERED = `${SHOWN} AND position(lower($2) IN lower(name)) > 0 AND ($3 = '' OR status = $3)
  AND price >= coalesce($4::numeric, '-Infinity') AND price <= coalesce($5::numeric, 'Infinity')`;
const PAGE = `ORDER BY number LIMIT ${PAGE_SIZE} OFFSET`;

const FIND: Statement = { name: 'product', text: `SELECT ${COLUMNS} FROM ${SCHEMA}.products WHERE id = $1` };
const COUNT: Statement = { name: 'products-count', text: `SELECT count(*)::int AS count ${SHOWN}` };
const LIST: Statement = { name: 'products-page', text: `SELECT ${COLUMNS} ${SHOWN} ${PAGE} $2` };
const LIST_IDS: Statement = { name: 'products-page-ids', text: `SELECT id ${SHOWN} ${PAGE} $2` };
const COUNT_FILTERED: Statement = { name: 'filtered-count', text: `SELECT count(*)::int AS count ${FILTERED}` };
const LIST_FILTERED: Statement = { name: 'filtered-page', text: `SELECT ${COLUMNS} ${FILTERED} ${PAGE} $6` };

/** Products from PostgreSQL, whole pages of them from the cache. */
export function createStoredCatalogue(options: StoredCatalogueOptions): Catalogue {
  const { database, cache, productIds, nPlusOne } = options;
  const known = new Set(productIds);
  const hot = Math.min(options.hot, productIds.length);
  const listWhole = nPlusOne ? listOneByOne : listAtOnce;
  return {
    has: (id) => known.has(id),
    async find(id, request) {
      if (!known.has(id)) return undefined;
      return (await database.query<Product>(traceOf(request), FIND, [id]))[0];
    },
    list(address, request) {
      const trace = traceOf(request);
      if (isFiltered(address)) return listFiltered({ database, hot, trace }, address);
      const page = parsePage(address.query, hot);
      if (page === undefined) return { kind: 'no-such-page' };
      return listWhole({ database, cache, trace }, { ...address, query: new URLSearchParams() }, page);
    },
  };
}

interface Reading {
  readonly database: Database;
  readonly cache: StockCache;
  readonly trace: RequestTrace;
}

/** The rows of a page are cached as bytes, without the links, which name the host that was asked. */
async function listAtOnce({ database, cache, trace }: Reading, address: ListAddress, page: Page) {
  const name = `${page.count}:${page.number}`;
  let rows = await cache.readPage(trace, name);
  if (rows === undefined) {
    const products = await database.use(trace, async (connection) => {
      await connection.query(COUNT, [page.count]);
      return connection.query<Product>(LIST, [page.count, offsetOf(page)]);
    });
    rows = Buffer.from(JSON.stringify(products));
    cache.fillPage(name, rows);
  }
  return toList(address, page, rows);
}

/** As a list does whose rows fetch what belongs to them one by one: what is cached is only which rows they are. */
async function listOneByOne({ database, cache, trace }: Reading, address: ListAddress, page: Page) {
  const name = `ids:${page.count}:${page.number}`;
  const cached = await cache.readPage(trace, name);
  const products = await database.use(trace, async (connection) => {
    let ids: readonly string[];
    if (cached === undefined) {
      await connection.query(COUNT, [page.count]);
      ids = (await connection.query<Product>(LIST_IDS, [page.count, offsetOf(page)])).map(({ id }) => id);
      cache.fillPage(name, JSON.stringify(ids));
    } else ids = JSON.parse(cached.toString()) as string[];
    return readEach(connection, ids);
  });
  return toList(address, page, Buffer.from(JSON.stringify(products)));
}

async function readEach(connection: Connection, ids: readonly string[]): Promise<Product[]> {
  const products: Product[] = [];
  for (const id of ids) products.push(...(await connection.query<Product>(FIND, [id])));
  return products;
}

async function listFiltered(
  { database, hot, trace }: { database: Database; hot: number; trace: RequestTrace },
  address: ListAddress,
): Promise<CatalogueList> {
  const { query } = address;
  const errors = findFilterErrors(query);
  if (errors !== undefined) return { kind: 'refused', errors };
  const [name, status] = [query.get('name') ?? '', query.get('status') ?? ''];
  const filters = [hot, name, status, query.get('price_gte') || null, query.get('price_lte') || null];
  return database.use(trace, async (connection): Promise<CatalogueList> => {
    const [found] = await connection.query<{ count: number }>(COUNT_FILTERED, filters);
    const page = parsePage(query, found?.count ?? 0);
    if (page === undefined) return { kind: 'no-such-page' };
    const products = await connection.query<Product>(LIST_FILTERED, [...filters, offsetOf(page)]);
    return { kind: 'page', body: Buffer.from(formatEnvelope(address, page, JSON.stringify(products))) };
  });
}

function toList(address: ListAddress, page: Page, rows: Buffer): CatalogueList {
  // Around the bytes of the rows: turning them into text and back would cost more than all the rest.
  const envelope = formatEnvelope(address, page, '');
  return {
    kind: 'page',
    body: Buffer.concat([Buffer.from(envelope.slice(0, -1)), rows, CLOSING]),
  };
}

const CLOSING = Buffer.from('}');

function offsetOf(page: Page): number {
  return (page.number - 1) * PAGE_SIZE;
}
