import { Worker } from 'node:worker_threads';
import { type ErrorCode, LoadwrightError } from '../../errors.js';
import { threadArguments } from '../../runtime/thread-arguments.js';
import type { FromTask, PageTask } from './page-messages.js';
import { PAGE_WORKER } from './page-thread.js';
import { RefusedRequest } from './problem.js';

/** So many may wait for the one before them. */
const MOST_WAITING = 8;

/** Work on runs that are kept: one after the other, each in a thread of its own, so that a run that goes on is not held up. */
export class TaskThreads {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** JSON of what was asked for. */
  async run(task: PageTask): Promise<Uint8Array> {
    if (this.#waiting > MOST_WAITING) {
      throw new RefusedRequest('BUSY', 'Others wait already for runs that are kept.', { hint: 'ask again later' });
    }
    this.#waiting++;
    const done = this.#last.then(() => carryOut(task)).finally(() => this.#waiting--);
    this.#last = done.catch(() => undefined);
    return await done;
  }
}

function carryOut(workerData: PageTask): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(PAGE_WORKER, { workerData, execArgv: threadArguments() });
    worker.on('message', (message: FromTask) => {
      if (message.type === 'done') resolve(message.text);
      else reject(toError(message.error));
    });
    worker.on('error', reject);
    worker.on('exit', () => reject(new Error('The thread ended before its work was done.')));
  });
}

function toError({ code, message, hint }: Extract<FromTask, { type: 'failed' }>['error']): Error {
  if (code === 'ERR_INTERNAL') return new Error(message);
  return new LoadwrightError(code as ErrorCode, { message, ...(hint === undefined ? {} : { hint }) });
}
