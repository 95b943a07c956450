import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RunEvent, RunResult, RunStarted } from '../runtime/protocol.js';
import { MonitorColumns } from './history/monitor-columns.js';
import type { Reporter } from './reporter.js';
import { buildDocument, type DocumentHead } from './result/build-document.js';
import { MostUsers } from './result/most-users.js';
import { type LazyNamePoint, Timeline } from './result/timeline.js';

export interface JsonOptions {
  /** The file to write; its folder is made. */
  path: string;
}

/** Text is handed to the system in pieces of about this many characters. */
const PIECE = 1 << 20;

/**
 * Writes the result of a run with everything it counted as one JSON document (`--json`), for programs to read:
 * docs/results.md describes it, and `loadwright/schema/result.json` is its JSON Schema. Times are milliseconds; what was
 * not measured is absent.
 *
 * What people get wrong: percentiles of several documents cannot be averaged. Each of them has its distribution beside it
 * in `durations`; add those, and read percentiles from the sum.
 *
 * It is written when the run has ended, also when it was stopped early. A run that was killed leaves none; make it from
 * the recording.
 *
 * @example
 * ```ts
 * import { createJsonReporter, run } from 'loadwright/node';
 * await run({ script: './stock.ts', reporters: [createJsonReporter({ path: 'results/stock.json' })] });
 * ```
 */
export function createJsonReporter({ path }: JsonOptions): Reporter {
  const json = new Json(path);
  return {
    name: 'JSON',
    onEvent: (event) => json.onEvent(event),
    finish: () => json.finish(),
  };
}

class Json {
  readonly #path: string;
  readonly #timeline = new Timeline();
  /** A quarter of an hour is kept second by second. */
  readonly #monitors = new MonitorColumns({ maxColumns: 960 });
  readonly #mostUsers = new MostUsers();
  #started: RunStarted | undefined;
  #result: RunResult | undefined;
  #countedFromMs = 0;

  constructor(path: string) {
    this.#path = path;
  }

  onEvent(event: RunEvent): void {
    switch (event.type) {
      case 'run-started':
        this.#started = event;
        // A folder that cannot be made is known before the run is over.
        mkdirSync(dirname(this.#path), { recursive: true });
        break;
      case 'interval-closed':
        this.#timeline.close(event);
        this.#mostUsers.note(event.gauges.usersByLoad);
        break;
      case 'interval-amended':
        this.#timeline.amend(event);
        break;
      case 'monitors-sampled':
        this.#monitors.add(event);
        break;
      case 'statistics-reset':
        this.#timeline.countFrom(event.firstInterval);
        this.#countedFromMs = event.firstInterval * 1000;
        break;
      case 'run-finished':
        this.#result = event.result;
        break;
      default:
    }
  }

  /** Replaces a file as a whole: a reader sees the old one or the new one. */
  finish(): void {
    const [started, result] = [this.#started, this.#result];
    if (started === undefined || result === undefined) return;
    const [mostUsers, countedFromMs] = [this.#mostUsers, this.#countedFromMs];
    const head = buildDocument({ started, result, mostUsers, countedFromMs, monitors: this.#monitors });
    const unfinished = `${this.#path}.tmp`;
    writePieces(unfinished, formatDocument(head, this.#timeline));
    renameSync(unfinished, this.#path);
  }
}

/** One line for each field, row and point: no line is long for people, and no text is as long as the whole. */
function* formatDocument(head: DocumentHead, timeline: Timeline): Generator<string> {
  yield '{\n';
  for (const [key, value] of Object.entries(head)) {
    if (value === undefined) continue;
    yield `${JSON.stringify(key)}: `;
    yield* Array.isArray(value) ? formatList(value) : [JSON.stringify(value)];
    yield ',\n';
  }
  const { points, byName, ...rest } = timeline.read();
  yield `"timeline": ${JSON.stringify(rest).slice(0, -1)}, "points": `;
  yield* formatList(points);
  yield `, "byName": {"secondsPerPoint":${byName.secondsPerPoint},"points":`;
  yield* formatNamePoints(byName.points);
  yield '}}\n}\n';
}

function* formatList(items: Iterable<unknown>): Generator<string> {
  let separator = '[';
  for (const item of items) {
    yield `${separator}\n${JSON.stringify(item)}`;
    separator = ',';
  }
  yield separator === '[' ? '[]' : '\n]';
}

function* formatNamePoints(points: Iterable<LazyNamePoint>): Generator<string> {
  let separator = '[\n';
  for (const { names, ...place } of points) {
    yield `${separator}${JSON.stringify(place).slice(0, -1)},"names":[`;
    let isFirst = true;
    for (const name of names) {
      yield `${isFirst ? '' : ','}${JSON.stringify(name)}`;
      isFirst = false;
    }
    yield ']}';
    separator = ',\n';
  }
  yield separator.startsWith('[') ? '[]' : '\n]';
}

function writePieces(path: string, texts: Iterable<string>): void {
  const file = openSync(path, 'w');
  try {
    let piece = '';
    for (const text of texts) {
      piece += text;
      if (piece.length < PIECE) continue;
      writeAll(file, piece);
      piece = '';
    }
    writeAll(file, piece);
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}
