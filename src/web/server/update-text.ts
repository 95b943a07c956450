import type { PageModel } from '../page-model.js';
import type { PageUpdate } from '../page-update.js';

/** As exact as a chart or a table shows it. */
const SIGNIFICANT_DIGITS = 6;

/** Updates of a page as JSON, one after the other: what has not changed since the last one is left out. */
export class UpdateText {
  readonly #run: number;
  /** JSON of each field as it was said last. */
  readonly #said = new Map<string, string>();
  #from = 0;
  #logFrom = 0;

  /** `run`: which one of this process. */
  constructor(run: number) {
    this.#run = run;
  }

  /** Nobody heard the last ones: the next one says everything. */
  forget(): void {
    this.#said.clear();
  }

  read(model: PageModel): string | undefined {
    const update = model.readSince(this.#from, this.#logFrom);
    if (update === undefined) return undefined;
    this.#from = model.closedSeconds;
    this.#logFrom = model.logged;
    const { fields, ...rest } = update;
    const changed = Object.entries(fields).flatMap(([name, value]) => this.#say(name, value));
    const head = JSON.stringify({ run: this.#run, ...rest } satisfies Omit<PageUpdate, 'fields'>, round);
    return `${head.slice(0, -1)},"fields":{${changed.join(',')}}}`;
  }

  #say(name: string, value: unknown): string[] {
    const text = JSON.stringify(value, round);
    if (text === undefined || this.#said.get(name) === text) return [];
    this.#said.set(name, text);
    return [`${JSON.stringify(name)}:${text}`];
  }
}

function round(_key: string, value: unknown): unknown {
  return typeof value !== 'number' || Number.isInteger(value) ? value : Number(value.toPrecision(SIGNIFICANT_DIGITS));
}
