import type { RunEvent } from '../../runtime/protocol.js';

/** What the thread of the page is told. */
export type ToPage =
  /** `isWatched`: somebody wants to know at once what this changes. */
  { type: 'event'; run: number; event: RunEvent; isWatched: boolean } | { type: 'read'; request: number };

/** What it says: text is JSON in UTF-8. */
export type FromPage =
  | { type: 'update'; text: Uint8Array }
  /** Without text: nothing has run yet. */
  | { type: 'page'; request: number; text?: Uint8Array };

/** What a thread is begun with that only makes the page of a recording. */
export interface ReplayTask {
  recording: string;
}
