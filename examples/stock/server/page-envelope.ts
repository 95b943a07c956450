export const PAGE_SIZE = 100;

/** Where a list was asked for, as far as its links to other pages need it. */
export interface ListAddress {
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

export interface Page {
  readonly number: number;
  readonly count: number;
}

/** Reads `?page=`; undefined when there is no such page. An empty list has one page. */
export function parsePage(query: URLSearchParams, count: number): Page | undefined {
  const text = query.get('page') || '1';
  if (!/^\d{1,9}$/.test(text)) return undefined;
  const number = Number(text);
  const lastNumber = Math.max(1, Math.ceil(count / PAGE_SIZE));
  return number >= 1 && number <= lastNumber ? { number, count } : undefined;
}

export function takePage<T>(rows: readonly T[], page: Page): readonly T[] {
  return rows.slice((page.number - 1) * PAGE_SIZE, page.number * PAGE_SIZE);
}

/** Puts already serialised rows into the envelope. */
export function formatEnvelope(address: ListAddress, page: Page, serialisedRows: string): string {
  const next = page.number * PAGE_SIZE < page.count ? formatLink(address, page.number + 1) : null;
  const previous = page.number > 1 ? formatLink(address, page.number - 1) : null;
  const links = `"next":${JSON.stringify(next)},"previous":${JSON.stringify(previous)}`;
  return `{"count":${page.count},${links},"results":${serialisedRows}}`;
}

function formatLink(address: ListAddress, pageNumber: number): string {
  const query = new URLSearchParams(address.query);
  if (pageNumber === 1) query.delete('page');
  else query.set('page', String(pageNumber));
  const text = query.toString();
  return `http://${address.host}${address.path}${text === '' ? '' : '?'}${text}`;
}
