/** What rows are sorted by; undefined stands at the end, whichever way round. */
export type SortValue = string | number | undefined;

export interface SortOrder {
  column: string;
  isDescending: boolean;
}

/** A sorted copy; rows that are equal stay as they were. */
export function sortRows<Row>(rows: readonly Row[], read: (row: Row) => SortValue, isDescending: boolean): Row[] {
  const sign = isDescending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [one, other] = [read(a), read(b)];
    if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
    return sign * compare(one, other);
  });
}

function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

/** All words of the filter are somewhere in the text, however they are spelled. */
export function matchesFilter(text: string, filter: string): boolean {
  const lower = text.normalize().toLowerCase();
  return filter
    .normalize()
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}
