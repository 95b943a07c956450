interface EndpointCount {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly count: number;
}

export interface StockServerStats {
  readonly total: number;
  readonly byEndpoint: readonly EndpointCount[];
}

export interface RequestCounts {
  add(method: string, route: string, status: number, count?: number): void;
  read(): StockServerStats;
}

/** Counts answers by route pattern, never by path: a client that makes up paths must not grow the memory. */
export function createRequestCounts(): RequestCounts {
  const rows = new Map<string, { method: string; route: string; status: number; count: number }>();
  return {
    add(method, route, status, count = 1) {
      const key = `${method} ${status} ${route}`;
      const row = rows.get(key);
      if (row === undefined) rows.set(key, { method, route, status, count });
      else row.count += count;
    },
    read() {
      const byEndpoint = Array.from(rows.values(), (row) => ({ ...row }));
      return { total: byEndpoint.reduce((sum, row) => sum + row.count, 0), byEndpoint };
    },
  };
}
