import type { MessagePort } from 'node:worker_threads';
import { toErrorRecord } from '../../errors.js';
import type { FromWorker, ToWorker } from '../protocol.js';
import { captureConsole } from './capture-console.js';
import { RunUsers } from './run-users.js';

/** Runs one share until it has posted its final snapshot. Everything it knows comes over `port`. */
export async function runShare({ port }: { port: MessagePort }): Promise<void> {
  const post = (message: FromWorker) => port.postMessage(message);
  let users: RunUsers | undefined;
  await new Promise<void>((resolve) => {
    const onMessage = async (message: ToWorker) => {
      if (message.type === 'prepare') {
        if (!message.settings.sharesThread) {
          captureConsole((record) => post({ type: 'log', record }), `worker-${message.share.index}`);
          catchStrays((error, where) => users?.countStray(error, where));
        }
        users = new RunUsers(message, post);
        try {
          await users.prepare();
          post({ type: 'ready' });
        } catch (error) {
          post({ type: 'failed', error: toErrorRecord(error, 'ERR_INTERNAL') });
          resolve();
        }
        void users.finished.then(resolve);
      } else if (message.type === 'start') {
        users?.start(message.startAtMs);
      } else if (message.type === 'amend') {
        users?.amend(message.revision);
      } else {
        users?.stop(message.gracefulStopMs);
      }
    };
    port.on('message', (message: ToWorker) => void onMessage(message));
  });
  port.close();
}

/** What an npm client throws or rejects outside any task is counted, and ends no thread. */
function catchStrays(count: (error: unknown, where: string) => void): void {
  process.setSourceMapsEnabled(true);
  process.on('unhandledRejection', (error) => count(error, 'unhandled rejection'));
  process.on('uncaughtException', (error) => count(error, 'uncaught exception'));
}
