/** The most users there were at the end of any second, by load and kind. */
export class MostUsers {
  readonly #counts = new Map<string, number>();

  note(usersByLoad: Readonly<Record<string, Readonly<Record<string, number>>>>): void {
    for (const [load, kinds] of Object.entries(usersByLoad)) {
      for (const [kind, count] of Object.entries(kinds)) {
        this.#counts.set(keyOf(load, kind), Math.max(this.get(load, kind), count));
      }
    }
  }

  get(load: string, kind: string): number {
    return this.#counts.get(keyOf(load, kind)) ?? 0;
  }
}

function keyOf(load: string, kind: string): string {
  return JSON.stringify([load, kind]);
}
