import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { PageData } from '../page-data.js';

/** The run that others are laid over, and which ones there are; only a page that a server sent has it. */
export interface BaselineChoice {
  /** Runs to choose from, the latest first. */
  names: readonly string[];
  chosen: string | undefined;
  /** Undefined until it is read. */
  data: PageData | undefined;
  /** Why it cannot be shown. */
  problem: string | undefined;
  /** `undefined`: no run. */
  choose(name: string | undefined): void;
}

export const BaselineContext = createContext<BaselineChoice | undefined>(undefined);

export function useBaseline(): BaselineChoice | undefined {
  return useContext(BaselineContext);
}
