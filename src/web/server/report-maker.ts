import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RefusedRequest } from './problem.js';
import { type ResultForm, targetOf } from './result-forms.js';
import { type OpenedFile, openFile } from './results-folder.js';

/** Makes the files of a flag of `loadwright report` from a recording; `target` is what the flag is given. */
export type MakeReport = (recording: string, flag: NonNullable<ResultForm['flag']>, target: string) => Promise<void>;

interface Made {
  mark: string;
  folder: string;
  done: Promise<void>;
}

/** Reports that are not in a run's folder, made one after the other from its recording; the last one is kept. */
export class ReportMaker {
  readonly #make: MakeReport;
  #last: Made | undefined;

  constructor(make: MakeReport) {
    this.#make = make;
  }

  async open(recording: string, form: ResultForm): Promise<OpenedFile> {
    const { flag, file } = form;
    const source = await openFile(recording);
    await source?.handle.close();
    const mark = `${recording}\n${flag}\n${source?.bytes}\n${source?.changedAtMs}`;
    const made = await this.#makeOnce(mark, recording, form);
    const opened = await openFile(join(made.folder, file));
    if (opened !== undefined) return opened;
    throw new RefusedRequest('NOT_FOUND', `The recording holds nothing for ${file}.`);
  }

  async close(): Promise<void> {
    const last = this.#last;
    this.#last = undefined;
    await last?.done.catch(() => undefined);
    if (last !== undefined) await rm(last.folder, { recursive: true, force: true });
  }

  async #makeOnce(mark: string, recording: string, form: ResultForm): Promise<Made> {
    while (this.#last !== undefined && this.#last.mark !== mark) await this.close();
    if (this.#last === undefined) {
      const folder = mkdtemp(join(tmpdir(), 'loadwright-report-'));
      this.#last = { mark, folder: '', done: Promise.resolve() };
      const made = this.#last;
      made.done = folder.then(async (path) => {
        made.folder = path;
        await this.#make(recording, form.flag!, join(path, targetOf(form)));
      });
    }
    const made = this.#last;
    try {
      await made.done;
    } catch (error) {
      if (this.#last === made) await this.close();
      throw error;
    }
    return made;
  }
}
