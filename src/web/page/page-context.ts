import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import { ThemeChoice } from './theme.js';
import { TimeLink, type TimeState } from './time-link.js';

/** What parts everywhere on the page need. */
export interface PageContextValue {
  link: TimeLink;
  theme: ThemeChoice;
  /** Wall-clock time of second 0, in ms. */
  startedAtMs: number;
}

/** One for the page: it holds before there is a run to show, and from one run to the next. */
const theme = new ThemeChoice();

export const PageContext = createContext<PageContextValue | undefined>(undefined);

export function createPageContext(startedAtMs: number): PageContextValue {
  return { link: new TimeLink(), theme, startedAtMs };
}

export function usePage(): PageContextValue {
  return useContext(PageContext)!;
}

export function useTimeState(): TimeState {
  const { link } = usePage();
  const [state, setState] = useState(link.state);
  useEffect(() => link.listen(setState), [link]);
  return state;
}
