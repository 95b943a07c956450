/**
 * When the tasks of a user that keeps a pace are due. Timers are exact to a millisecond, early or late; were every wait
 * counted from the start before, that would add up: of 160 starts due in 4 s, 149 were made. So a start is due one
 * interval after the last one was due, not after it happened.
 */
export class Pace {
  #dueMs: number | undefined;

  /** When the next task is due, after one that began at `startedMs`. */
  nextDueMs(startedMs: number, intervalMs: number): number {
    // A whole interval late is no timer's doing: what was missed is not caught up.
    const isOnPace = this.#dueMs !== undefined && Math.abs(startedMs - this.#dueMs) < intervalMs;
    this.#dueMs = (isOnPace ? this.#dueMs! : startedMs) + intervalMs;
    return this.#dueMs;
  }

  /** After a task that took too long, or one without a pace: the next one sets the pace anew. */
  lose(): void {
    this.#dueMs = undefined;
  }
}
