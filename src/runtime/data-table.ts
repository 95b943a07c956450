/** A data file that a scenario's feeder reads. */
export interface FeederFile {
  /** The feeder's number: a key, not a position. */
  number: number;
  format: 'csv' | 'json';
  /** As the scenario wrote it. */
  path: string;
  /** What stands between two fields of a CSV file. */
  separator: string;
}

/** The rows of a data file, in memory that all threads of a process see. It is written once, before anybody reads it. */
export interface DataTable {
  rows: number;
  /** The rows one after another, each as JSON text in UTF-8. */
  bytes: SharedArrayBuffer;
  /** Uint32: where each row begins, and behind them where the last one ends. */
  offsets: SharedArrayBuffer;
  /** The rows are arrays of texts, and these are the names of their members. Absent: the rows are complete. */
  columns?: readonly string[];
}

/** Reads rows of a table one at a time. Nothing is kept: every row read is a value of its own, free to be changed. */
export class TableReader {
  readonly rows: number;
  readonly #bytes: Buffer;
  readonly #offsets: Uint32Array;
  readonly #columns: readonly string[] | undefined;

  constructor(table: DataTable) {
    this.rows = table.rows;
    this.#bytes = Buffer.from(table.bytes);
    this.#offsets = new Uint32Array(table.offsets);
    this.#columns = table.columns;
  }

  row(index: number): unknown {
    if (!(Number.isInteger(index) && index >= 0 && index < this.rows)) {
      throw new RangeError(`There is no row ${index} in a table of ${this.rows}.`);
    }
    const text = this.#bytes.toString('utf8', this.#offsets[index], this.#offsets[index + 1]);
    const value: unknown = JSON.parse(text);
    if (this.#columns === undefined) return value;
    const fields = value as string[];
    // Not by assignment: a column may be called "__proto__".
    return Object.fromEntries(this.#columns.map((name, column) => [name, fields[column]]));
  }
}
