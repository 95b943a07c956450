/** Open or closed, for all users of a worker: what waits in front of it goes on when it opens. */
export class Gate {
  isClosed = false;
  readonly #waiting = new Set<() => void>();

  close(): void {
    this.isClosed = true;
  }

  open(): void {
    this.isClosed = false;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const goOn of waiting) goOn();
  }

  /** Calls `goOn` once when it opens; the function returned takes that back. */
  onOpen(goOn: () => void): () => void {
    this.#waiting.add(goOn);
    return () => this.#waiting.delete(goOn);
  }
}
