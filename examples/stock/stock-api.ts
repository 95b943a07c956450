/** A page of a list, as the service answers it. */
export interface Page<Row> {
  count: number;
  /** Absolute URL of the page behind this one. */
  next: string | null;
  results: Row[];
}

export interface Product {
  id: string;
  name: string;
}

/** The stock of one product. `id` is the row's own. */
export interface StockRow {
  id: string;
  available_stock: number;
}

export const PRODUCTS_PATH = '/api/products/';
export const AVAILABILITY_PATH = '/api/products/stock/available/';

/** The path of the next page: links name the host that the service knows itself by, which need not be ours. */
export function nextPath({ next }: Page<unknown>): string | undefined {
  if (next === null) return undefined;
  const { pathname, search } = new URL(next);
  return pathname + search;
}
