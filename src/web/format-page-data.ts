import type { PageData } from './page-data.js';

/** Charts need no more of a time than its histogram knows. */
const SIGNIFICANT_DIGITS = 4;
/** What holds lists for charts; all other numbers stay as they were counted. */
const CHARTS = new Set(['columns', 'names']);

/** The page's data as JSON: counts and totals exact, times over time with four digits. */
export function formatPageData(page: PageData): string {
  const fields = Object.entries(page).filter(([, value]) => value !== undefined);
  const texts = fields.map(([name, value]) => {
    return `${JSON.stringify(name)}:${JSON.stringify(value, CHARTS.has(name) ? roundFraction : undefined)}`;
  });
  return `{${texts.join(',\n')}}`;
}

function roundFraction(_key: string, value: unknown): unknown {
  return typeof value !== 'number' || Number.isInteger(value) ? value : Number(value.toPrecision(SIGNIFICANT_DIGITS));
}
