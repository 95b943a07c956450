/** A stretch of the run: seconds [second, second + seconds). */
export interface Column<T> {
  second: number;
  seconds: number;
  content: T;
}

export interface ColumnsOptions<T> {
  create(): T;
  /** Adds what the next column holds to `into`. */
  merge(into: T, next: T): void;
  /** Nothing is expected for this column any more, though something may still come. */
  close(content: T): void;
  /** Whether so many columns with what they hold are too many. */
  isFull(columns: number): boolean;
}

/** Pairs that are merged for each column that begins: few, so that no second takes long, and enough to get there. */
const PAIRS_AT_ONCE = 2;

/**
 * The run as columns of equal width, without a gap from second 0 on. They begin as seconds; when there are too many of
 * them, two neighbours become one of twice the width, from the left to the right. Nothing that was counted gets lost,
 * only when within a column it was. While they are being merged, those on the left are wider than those on the right.
 */
export class Columns<T> {
  readonly #options: ColumnsOptions<T>;
  readonly #columns: Column<T>[] = [];
  /** The width of columns that are not merged yet. */
  #seconds = 1;
  /** So many columns are merged already; undefined: all have the same width. */
  #merged: number | undefined;

  constructor(options: ColumnsOptions<T>) {
    this.#options = options;
  }

  /** What the column of this second holds; columns up to it are made. */
  at(second: number): T {
    for (let end = this.#end; end <= second; end = this.#end) this.#append(end);
    return this.#columns[this.#indexOf(second)]!.content;
  }

  /** The widths are equal from here on until something is added. */
  settle(): void {
    while (this.#merged !== undefined) this.#mergePair();
  }

  /** How wide columns are, unless they are being merged. */
  get secondsPerColumn(): number {
    return this.#seconds;
  }

  /** All columns up to second `end`, where the last one is cut off. */
  read(end: number): readonly Column<T>[] {
    return this.#columns.map((column) => ({
      ...column,
      seconds: Math.max(1, Math.min(column.seconds, end - column.second)),
    }));
  }

  get #end(): number {
    const last = this.#columns.at(-1);
    return last === undefined ? 0 : last.second + last.seconds;
  }

  #append(second: number): void {
    const last = this.#columns.at(-1);
    if (last !== undefined) this.#options.close(last.content);
    this.#columns.push({ second, seconds: this.#seconds, content: this.#options.create() });
    if (this.#merged === undefined && this.#columns.length > 1 && this.#options.isFull(this.#columns.length)) {
      this.#merged = 0;
    }
    for (let pair = 0; pair < PAIRS_AT_ONCE; pair++) this.#mergePair();
  }

  #mergePair(): void {
    if (this.#merged === undefined) return;
    const [column, next] = this.#columns.slice(this.#merged, this.#merged + 2);
    if (column !== undefined) {
      // The last column may stand alone: what is still to come belongs to it.
      column.seconds = 2 * this.#seconds;
      if (next !== undefined) this.#mergeInto(column.content, next.content);
      this.#merged++;
    }
    if (this.#merged < this.#columns.length) return;
    this.#seconds *= 2;
    this.#merged = undefined;
  }

  #mergeInto(content: T, next: T): void {
    this.#options.merge(content, next);
    this.#options.close(content);
    this.#columns.splice(this.#merged! + 1, 1);
  }

  #indexOf(second: number): number {
    const merged = this.#merged ?? 0;
    const wideSeconds = merged * 2 * this.#seconds;
    return second < wideSeconds
      ? Math.floor(second / (2 * this.#seconds))
      : merged + Math.floor((second - wideSeconds) / this.#seconds);
  }
}
