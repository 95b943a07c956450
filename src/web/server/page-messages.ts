import type { RunEvent } from '../../runtime/protocol.js';
import type { HttpProblem } from './http-interface.js';

/** What the thread of the page is told. */
export type ToPage =
  /** `isWatched`: somebody wants to know at once what this changes. */
  | { type: 'event'; run: number; event: RunEvent; isWatched: boolean }
  | { type: 'read'; part: PagePart; request: number };

/** The page as it stands, or what takes long of it, which may be older. */
export type PagePart = 'page' | 'shapes';

/** What it says: text is JSON in UTF-8. */
export type FromPage =
  | { type: 'update'; text: Uint8Array }
  /** Without text: nothing has run yet. */
  | { type: 'page'; request: number; text?: Uint8Array };

/** A file of a run that is kept, and what it is called to those who ask for it. */
export interface KeptFile {
  path: string;
  /** Below the results folder: `<run>/result.json`. */
  name: string;
}

/** What a thread is begun with that does one thing and ends. */
export type PageTask =
  | { type: 'show'; source: 'recording' | 'result'; file: KeptFile }
  /** `tolerance` is a share. */
  | { type: 'compare'; baseline: KeptFile; candidate: KeptFile; tolerance: number };

/** What it says. */
export type FromTask = { type: 'done'; text: Uint8Array } | { type: 'failed'; error: HttpProblem['error'] };
