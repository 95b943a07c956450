/** What must stand in quotes to be read back as the same value. */
const NEEDS_QUOTES = /^$|^\s|\s$|[,{}"'\\]/;

/** The value of every label under which what is too many combinations is counted. */
export const OTHER_LABELS = '(others)';

/**
 * The canonical text of a metric narrowed by labels, which is a measure's identity: labels sorted, values quoted only
 * where they have to be. `http_req_duration{method:GET,name:02_product_list}`
 */
export function selectorKey(metric: string, labels: Readonly<Record<string, string>>): string {
  const entries = Object.entries(labels);
  if (entries.length === 0) return metric;
  const parts = entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([label, value]) => `${label}:${quote(value)}`);
  return `${metric}{${parts.join(',')}}`;
}

function quote(value: string): string {
  return NEEDS_QUOTES.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value;
}
