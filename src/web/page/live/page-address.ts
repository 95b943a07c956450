/** What of the page its address keeps, so that a reload and a link lead back to it. */
export interface PageAddress {
  /** A run of the past that is opened. */
  run: string | undefined;
  /** The run that others are laid over. */
  baseline: string | undefined;
}

export function readAddress(): PageAddress {
  const query = new URLSearchParams(location.search);
  return { run: query.get('run') ?? undefined, baseline: query.get('baseline') ?? undefined };
}

export function keepInAddress(changes: Partial<PageAddress>): void {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  history.replaceState(null, '', url);
}
