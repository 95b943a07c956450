import { useEffect, useMemo, useState } from 'preact/hooks';
import type { PageData } from '../../page-data.js';
import type { BaselineChoice } from '../baseline.js';
import { getJson } from './ask-server.js';
import { keepInAddress, readAddress } from './page-address.js';

interface ReadRun {
  name: string;
  data?: PageData;
  problem?: string;
}

/** Which run the others are laid over; the address keeps it. `shown`: the one that is looked at, which is none of them. */
export function useBaselineChoice(names: readonly string[], shown: string | undefined): BaselineChoice {
  const [wanted, setWanted] = useState(() => readAddress().baseline);
  const [read, setRead] = useState<ReadRun>();
  useEffect(() => {
    if (wanted === undefined) return setRead(undefined);
    let isLatest = true;
    void getJson<PageData>(`/api/results/${encodeURIComponent(wanted)}/page`).then((answered) => {
      if (!isLatest) return;
      const problem = answered.isDone ? undefined : answered.problem.error.message;
      setRead(answered.isDone ? { name: wanted, data: answered.value } : { name: wanted, problem: problem! });
    });
    return () => {
      isLatest = false;
    };
  }, [wanted]);
  const chosen = wanted === shown ? undefined : wanted;
  const isRead = read !== undefined && read.name === chosen;
  const [data, problem] = isRead ? [read.data, read.problem] : [undefined, undefined];
  const known = chosen === undefined || names.includes(chosen) ? names : [chosen, ...names];
  const listed = known.filter((name) => name !== shown).join('\n');
  return useMemo(
    () => ({
      names: listed === '' ? [] : listed.split('\n'),
      chosen,
      data,
      problem,
      choose: (name) => {
        keepInAddress({ baseline: name });
        setWanted(name);
      },
    }),
    [listed, chosen, data, problem],
  );
}
