import { useEffect, useState } from 'preact/hooks';
import type { KeptRun, KeptRuns } from '../../server/http-interface.js';
import { getJson } from './ask-server.js';

/** Runs that are kept, the latest first, as far as they were asked for. */
export interface KnownRuns {
  runs: readonly KeptRun[];
  hasMore: boolean;
  readMore(): void;
}

/** @param version they are read again whenever this is another one */
export function useKeptRuns(version: string): KnownRuns {
  const [runs, setRuns] = useState<KeptRun[]>([]);
  const [hasMore, setMore] = useState(false);
  const read = async (before?: string) => {
    const query = before === undefined ? '' : `?before=${encodeURIComponent(before)}`;
    const answered = await getJson<KeptRuns>(`/api/results${query}`);
    if (!answered.isDone) return;
    setRuns((known) => (before === undefined ? answered.value.runs : [...known, ...answered.value.runs]));
    setMore(answered.value.hasMore);
  };
  useEffect(() => void read(), [version]);
  return { runs, hasMore, readMore: () => void read(runs.at(-1)?.name) };
}
