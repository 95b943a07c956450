/** A stretch of the run, in seconds since its start. */
export interface TimeRange {
  min: number;
  max: number;
}

/** What all charts share: where the cursor is, and the stretch they show. */
export interface TimeState {
  /** In seconds; undefined while it is nowhere. */
  cursor: number | undefined;
  /** Undefined: the whole run. */
  range: TimeRange | undefined;
}

type Listen = (state: TimeState) => void;

/** Below this many seconds there is nothing more to see. */
const LEAST_RANGE = 2;

/** Links charts in time: one tells, all hear. */
export class TimeLink {
  #state: TimeState = { cursor: undefined, range: undefined };
  #end = 1;
  readonly #listeners = new Set<Listen>();

  get state(): TimeState {
    return this.#state;
  }

  /** The stretch that is shown. */
  get shown(): TimeRange {
    return this.#state.range ?? { min: 0, max: this.#end };
  }

  /** Where the run ends, or has come to, in seconds. */
  set end(end: number) {
    this.#end = end;
  }

  moveCursor(cursor: number | undefined): void {
    if (cursor === this.#state.cursor) return;
    this.#tell({ ...this.#state, cursor });
  }

  /** Shows a stretch, or with `undefined` the whole run. */
  zoom(range: TimeRange | undefined): void {
    this.#tell({ ...this.#state, range: range === undefined ? undefined : this.#fit(range) });
  }

  /** Shows `factor` times as much around an instant. */
  scale(factor: number, around: number): void {
    const { min, max } = this.shown;
    this.zoom({ min: around - (around - min) * factor, max: around + (max - around) * factor });
  }

  /** Moves on by a share of what is shown. */
  pan(share: number): void {
    const { min, max } = this.shown;
    const shift = (max - min) * share;
    if (this.#state.range !== undefined) this.zoom({ min: min + shift, max: max + shift });
  }

  listen(listener: Listen): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(state: TimeState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }

  #fit({ min, max }: TimeRange): TimeRange | undefined {
    const width = Math.max(LEAST_RANGE, max - min);
    if (width >= this.#end) return undefined;
    const from = Math.min(Math.max(0, min), this.#end - width);
    return { min: from, max: from + width };
  }
}
