import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FieldErrors } from './answer.js';
import { formatEnvelope, type ListAddress, parsePage, takePage } from './page-envelope.js';
import type { Soon } from './when-ready.js';

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly price: string;
  readonly status: string;
  readonly created_at: string;
  readonly updated_at: string;
}

export type CatalogueList =
  | { readonly kind: 'page'; readonly body: Buffer }
  | { readonly kind: 'no-such-page' }
  | { readonly kind: 'refused'; readonly errors: FieldErrors };

/** Where products come from. */
export interface Catalogue {
  has(id: string): boolean;
  find(id: string, request: IncomingMessage): Soon<Product | undefined>;
  list(address: ListAddress, request: IncomingMessage): Soon<CatalogueList>;
}

export const PRODUCT_COUNT = 200;
const DECIMAL = /^[+-]?\d+(\.\d*)?$/;
const FILTERS = ['name', 'status', 'price_gte', 'price_lte'] as const;

/**
 * The 200 products, of which `hot` are in the list. Their ids are new in every process, as after seeding a database
 * again.
 */
export function createCatalogue(hot: number): Catalogue & { readonly products: readonly Product[] } {
  const products = Array.from({ length: PRODUCT_COUNT }, (_, index) => createProduct(index + 1));
  const productById = new Map(products.map((product) => [product.id, product]));
  const listed = products.slice(0, hot);
  const listWhole = createWholeList(listed);
  return {
    products,
    has: (id) => productById.has(id),
    find: (id) => productById.get(id),
    list: (address) => (isFiltered(address) ? listFiltered(listed, address) : listWhole(address)),
  };
}

export function isFiltered({ query }: ListAddress): boolean {
  return FILTERS.some((name) => query.has(name));
}

export function createProduct(number: number): Product {
  const createdAt = new Date(Date.UTC(2025, 0, 1, 0, number)).toISOString();
  return {
    id: randomUUID(),
    name: `상품 ${number}`,
    description: `부하 테스트용 상품 ${number}번입니다.`,
    price: `${1000 + number * 7}.00`,
    status: number % 10 === 0 ? 'inactive' : 'active',
    created_at: createdAt,
    updated_at: createdAt,
  };
}

/**
 * The unfiltered pages, kept as bytes. Links name the host that was asked, so the bytes of the last one are kept: a
 * load test asks for one host, and keeping them all would let a client fill the memory.
 */
function createWholeList(products: readonly Product[]): (address: ListAddress) => CatalogueList {
  let lastHost: string | undefined;
  const bodyByPage = new Map<number, Buffer>();
  return (address) => {
    const page = parsePage(address.query, products.length);
    if (page === undefined) return { kind: 'no-such-page' };
    if (address.host !== lastHost) {
      bodyByPage.clear();
      lastHost = address.host;
    }
    let body = bodyByPage.get(page.number);
    if (body === undefined) {
      const plainAddress = { ...address, query: new URLSearchParams() };
      body = Buffer.from(formatEnvelope(plainAddress, page, JSON.stringify(takePage(products, page))));
      bodyByPage.set(page.number, body);
    }
    return { kind: 'page', body };
  };
}

function listFiltered(products: readonly Product[], address: ListAddress): CatalogueList {
  const errors = findFilterErrors(address.query);
  if (errors !== undefined) return { kind: 'refused', errors };
  const found = products.filter(createFilter(address.query));
  const page = parsePage(address.query, found.length);
  if (page === undefined) return { kind: 'no-such-page' };
  return { kind: 'page', body: Buffer.from(formatEnvelope(address, page, JSON.stringify(takePage(found, page)))) };
}

export function findFilterErrors(query: URLSearchParams): FieldErrors | undefined {
  const errors: Record<string, string[]> = {};
  for (const name of ['price_gte', 'price_lte'] as const) {
    const text = query.get(name);
    if (text && !DECIMAL.test(text)) errors[name] = ['Enter a number.'];
  }
  return Object.keys(errors).length > 0 ? errors : undefined;
}

/** An empty value filters nothing, as in the real service's forms. */
function createFilter(query: URLSearchParams): (product: Product) => boolean {
  const name = (query.get('name') ?? '').toLowerCase();
  const status = query.get('status') || undefined;
  const priceAtLeast = Number(query.get('price_gte') || -Infinity);
  const priceAtMost = Number(query.get('price_lte') || Infinity);
  return (product) => {
    const price = Number(product.price);
    const isInPriceRange = price >= priceAtLeast && price <= priceAtMost;
    return (
      isInPriceRange && (status === undefined || product.status === status) && product.name.toLowerCase().includes(name)
    );
  };
}
