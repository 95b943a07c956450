import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { RECORDING_FILE, RESULT_FILE } from '../../reporters/run-folder.js';
import type { KeptRun, KeptRuns } from './http-interface.js';
import type { KeptFile } from './page-messages.js';
import { RefusedRequest } from './problem.js';
import { readResultHead } from './read-result-head.js';
import { type RunEnds, readRunEnds } from './read-run-ends.js';
import { RESULT_FORMS, type ResultForm } from './result-forms.js';

/** A file of a run, open, so that it stays the same whatever becomes of its name. */
export interface OpenedFile {
  handle: FileHandle;
  bytes: number;
  /** The instant of its last change, for those who keep what was made from it. */
  changedAtMs: number;
}

const LONGEST_NAME = 255;
const MOST_RUNS = 100;
const MOST_KNOWN = 1_000;
/** A result is read as a whole; one of an hour of a thousand names has a quarter of it. */
const MOST_RESULT_BYTES = 200_000_000;

/**
 * The folder in which runs are kept. Names come from outside: only names of folders that stand in it are taken, and of
 * them only files that the table of forms lists; no link is followed.
 */
export class ResultsFolder {
  readonly #root: string | undefined;
  /** Ends of recordings that were read, by name; for as long as the files stay as they are. */
  readonly #known = new Map<string, { mark: string; ends: RunEnds }>();

  /** `root`: undefined where nothing is kept. */
  constructor(root: string | undefined) {
    this.#root = root;
  }

  /** The latest first; `before`: those that follow this one in the list. */
  async list({ before, limit = 20 }: { before?: string; limit?: number }): Promise<KeptRuns> {
    const names = await this.#readNames();
    const from = before === undefined ? 0 : names.indexOf(before) + 1;
    if (before !== undefined && from === 0) throw notFound(before);
    const chosen = names.slice(from, from + Math.min(Math.max(1, limit), MOST_RUNS));
    const runs: KeptRun[] = [];
    for (const name of chosen) runs.push(await this.describe(name));
    return { runs, hasMore: from + chosen.length < names.length };
  }

  async describe(name: string): Promise<KeptRun> {
    const folder = await this.#find(name);
    const ends = await this.#readEnds(name);
    const hasRecording = await isFile(join(folder, RECORDING_FILE));
    const forms: string[] = [];
    for (const { form, file, flag } of RESULT_FORMS) {
      if ((flag !== undefined && hasRecording) || (await isFile(join(folder, file)))) forms.push(form);
    }
    if (forms.length === 0) throw notFound(name);
    return {
      name,
      startedAt: ends?.startedAt ?? null,
      scenario: ends?.scenario ?? null,
      host: ends?.host ?? null,
      isComplete: ends?.result !== undefined,
      state: ends?.result?.state ?? null,
      exitCode: ends?.result?.exitCode ?? null,
      durationMs: ends?.result?.durationMs ?? null,
      completed: ends?.result?.completed ?? null,
      failures: ends?.result?.failures ?? null,
      forms,
    };
  }

  /** The form of a run as it lies in its folder; undefined where it would have to be made. */
  async open(name: string, { file, flag }: ResultForm): Promise<OpenedFile | undefined> {
    const opened = await openFile(join(await this.#find(name), file));
    if (opened === undefined && flag === undefined) throw notFound(`${name}/${file}`);
    return opened;
  }

  /** Where a run's recording is. */
  async findRecording(name: string): Promise<string> {
    const path = join(await this.#find(name), RECORDING_FILE);
    if (await isFile(path)) return path;
    throw notFound(`${name}/${RECORDING_FILE}`);
  }

  /** The file a run is compared by: its result, or where that was not kept its recording. */
  async findComparable(name: string): Promise<KeptFile> {
    const folder = await this.#find(name);
    const result = join(folder, RESULT_FILE);
    const stats = await lstat(result).catch(() => undefined);
    if (stats?.isFile() !== true) return { path: await this.findRecording(name), name: `${name}/${RECORDING_FILE}` };
    if (stats.size <= MOST_RESULT_BYTES) return { path: result, name: `${name}/${RESULT_FILE}` };
    throw new RefusedRequest('RESULT_TOO_LARGE', `The result of ${JSON.stringify(name)} has ${stats.size} bytes.`, {
      hint: 'loadwright compare',
    });
  }

  /** What the page of a run is made from: its recording, or what is there instead of it. */
  async findShown(name: string): Promise<{ type: 'recording' | 'result'; file: KeptFile }> {
    const recording = join(await this.#find(name), RECORDING_FILE);
    if (!(await isFile(recording))) return { type: 'result', file: await this.findComparable(name) };
    return { type: 'recording', file: { path: recording, name: `${name}/${RECORDING_FILE}` } };
  }

  async #readNames(): Promise<string[]> {
    if (this.#root === undefined) return [];
    const entries = await readdir(this.#root, { withFileTypes: true }).catch(() => []);
    const folders = entries.filter((entry) => entry.isDirectory() && isName(entry.name)).map(({ name }) => name);
    const dated = await Promise.all(
      folders.map(async (name) => ({ name, atMs: (await this.#statSource(name))?.bornAtMs })),
    );
    return dated
      .filter(({ atMs }) => atMs !== undefined)
      .sort((one, other) => other.atMs! - one.atMs! || (one.name < other.name ? 1 : -1))
      .map(({ name }) => name);
  }

  /** The file that tells what a run was; a recording that was asked for elsewhere leaves only the result. */
  async #statSource(name: string): Promise<{ file: string; mark: string; bornAtMs: number } | undefined> {
    for (const file of [RECORDING_FILE, RESULT_FILE]) {
      const stats = await lstat(join(this.#root!, name, file)).catch(() => undefined);
      if (stats?.isFile() !== true) continue;
      const { ino, size, mtimeMs, birthtimeMs } = stats;
      return { file, mark: `${file}-${ino}-${size}-${mtimeMs}`, bornAtMs: birthtimeMs || mtimeMs };
    }
    return undefined;
  }

  async #readEnds(name: string): Promise<RunEnds | undefined> {
    const source = await this.#statSource(name);
    if (source === undefined) return undefined;
    const known = this.#known.get(name);
    if (known?.mark === source.mark) return known.ends;
    const file = await openFile(join(this.#root!, name, source.file));
    if (file === undefined) return undefined;
    try {
      const read = source.file === RECORDING_FILE ? readRunEnds : readResultHead;
      const ends = await read(file.handle, file.bytes);
      if (this.#known.size >= MOST_KNOWN) this.#known.clear();
      this.#known.set(name, { mark: source.mark, ends });
      return ends;
    } finally {
      await file.handle.close();
    }
  }

  /** The run's folder itself, which stands in the results folder and is no link to somewhere else. */
  async #find(name: string): Promise<string> {
    if (this.#root === undefined || !isName(name)) throw notFound(name);
    const folder = join(this.#root, name);
    const stats = await lstat(folder).catch(() => undefined);
    if (stats === undefined || !stats.isDirectory()) throw notFound(name);
    const [root, real] = await Promise.all([realpath(this.#root), realpath(folder)]);
    if (real !== join(root, name)) throw notFound(name);
    return real;
  }
}

/** One step, that leads nowhere but down. */
function isName(name: string): boolean {
  const hasControl = [...name].some((character) => character < ' ' || character === '\u007f');
  return name !== '' && name.length <= LONGEST_NAME && !name.startsWith('.') && !/[/\\:]/.test(name) && !hasControl;
}

async function isFile(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isFile() === true;
}

/** Undefined if there is no such file, or only something else by its name. */
export async function openFile(path: string): Promise<OpenedFile | undefined> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(() => undefined);
  if (handle === undefined) return undefined;
  const stats = await handle.stat();
  if (stats.isFile()) return { handle, bytes: stats.size, changedAtMs: stats.mtimeMs };
  await handle.close();
  return undefined;
}

function notFound(name: string): RefusedRequest {
  return new RefusedRequest('NOT_FOUND', `There is no ${JSON.stringify(name.slice(0, 100))} among the results.`, {
    hint: 'GET /api/results   lists them',
  });
}
