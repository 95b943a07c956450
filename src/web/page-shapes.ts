import type { Distribution, Heatmap, PageData } from './page-data.js';

/** What of the page takes long to make, and may be a little older than the rest. */
export interface PageShapes {
  /** Of the run. */
  startedAt: string;
  /** Where the heatmap's columns begin. */
  second: number[];
  heatmap: Heatmap;
  total: Distribution | null;
  /** In the order of the rows. */
  rows: (Distribution | null)[];
}

/** The page with these in it; as it was where they are of another run, or of other names. */
export function applyShapes(page: PageData, { startedAt, second, heatmap, total, rows }: PageShapes): PageData {
  if (page.run.startedAt !== startedAt || page.rows.length !== rows.length) return page;
  const cells = new Map(second.map((start, index) => [start, heatmap.columns[index]!]));
  return {
    ...page,
    heatmap: { ...heatmap, columns: page.columns.second.map((start) => cells.get(start) ?? []) },
    total: { ...page.total, ...ifThere(total) },
    rows: page.rows.map((row, index) => ({ ...row, ...ifThere(rows[index]) })),
  };
}

function ifThere(distribution: Distribution | null | undefined): { distribution?: Distribution } {
  return distribution === null || distribution === undefined ? {} : { distribution };
}
