import type { MessagePort } from 'node:worker_threads';
import { toErrorRecord } from '../../errors.js';
import type { FromWorker, ToWorker } from '../protocol.js';
import { captureConsole } from './capture-console.js';
import { catchStrays } from './catch-strays.js';
import { describeScript } from './load-scenario.js';
import { RunUsers } from './run-users.js';
import { warmUp } from './warm-up.js';

/** Where a share's messages come from, and whether other code runs in its thread. */
export interface ShareTask {
  port: MessagePort;
  sharesThread?: boolean;
}

/** Runs one share until it has posted its final snapshot, or its port was closed. All it knows comes over `port`. */
export async function runShare({ port, sharesThread = false }: ShareTask): Promise<void> {
  const post = (message: FromWorker) => port.postMessage(message);
  let users: RunUsers | undefined;
  const listen = (source: string) => captureConsole((record) => post({ type: 'log', record }), source);
  if (!sharesThread) process.setSourceMapsEnabled(true);
  let printed = sharesThread ? undefined : listen('scenario');
  await new Promise<void>((resolve) => {
    const onMessage = async (message: ToWorker) => {
      if (message.type === 'describe') {
        try {
          post({ type: 'described', description: await describeScript(message.script) });
        } catch (error) {
          post({ type: 'failed', error: toErrorRecord(error, 'ERR_SCRIPT_LOAD') });
        }
      } else if (message.type === 'prepare') {
        if (!sharesThread) {
          printed = listen(`worker-${message.share.index}`);
          catchStrays((error, where) => users?.countStray(error, where));
        }
        users = new RunUsers(message, post);
        try {
          await users.prepare(() => warmUp(message));
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
      } else if (message.type === 'pause' || message.type === 'resume') {
        users?.[message.type]();
      } else {
        users?.stop(message.gracefulStopMs);
      }
    };
    port.on('message', (message: ToWorker) => void onMessage(message));
    port.on('close', resolve);
  });
  printed?.flush();
  port.close();
}
