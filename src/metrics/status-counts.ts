/** How often each status came; 0 is that none did. */
export class StatusCounts {
  readonly #counts = new Map<number, number>();
  #usual = 200;

  add(status: number): void {
    this.#counts.set(status, (this.#counts.get(status) ?? 0) + 1);
  }

  /** Most often all that completed had one and the same: asking for it is ten times as fast as asking which there are. */
  merge({ statuses, completed }: { statuses: Readonly<Record<string, number>>; completed: number }): void {
    if (completed > 0 && statuses[this.#usual] === completed) {
      this.#counts.set(this.#usual, (this.#counts.get(this.#usual) ?? 0) + completed);
      return;
    }
    for (const key in statuses) {
      this.#usual = Number(key);
      this.#counts.set(this.#usual, (this.#counts.get(this.#usual) ?? 0) + statuses[key]!);
    }
  }

  read(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  clear(): void {
    this.#counts.clear();
  }
}
