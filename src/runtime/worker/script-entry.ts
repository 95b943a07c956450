import type { MessagePort } from 'node:worker_threads';
import type { FromScriptWorker, ToScriptWorker } from '../script-protocol.js';
import { captureConsole } from './capture-console.js';
import { catchStrays } from './catch-strays.js';
import type { LogLimit } from './log-limit.js';
import { ScriptWork } from './script-work.js';

/** Where the calls come from, and whether other code runs in this thread. */
export interface ScriptTask {
  port: MessagePort;
  sharesThread?: boolean;
}

/** Runs what belongs to no user until it is told to end, or its port was closed. All it knows comes over `port`. */
export async function runScript({ port, sharesThread = false }: ScriptTask): Promise<void> {
  const post = (message: FromScriptWorker) => port.postMessage(message);
  const work = new ScriptWork(post);
  let printed: LogLimit | undefined;
  if (!sharesThread) {
    process.setSourceMapsEnabled(true);
    printed = captureConsole((record) => post({ type: 'log', record }), 'scenario');
    catchStrays((error, where) => work.addStray(error, where));
  }
  await new Promise<void>((resolve) => {
    port.on('message', (message: ToScriptWorker) => {
      if (message.type === 'abort') work.abort();
      else if (message.type === 'end') resolve();
      else if (message.type === 'sample-monitors') void work.sampleMonitors(message);
      else void work.answer(message);
    });
    port.on('close', resolve);
  });
  work.end();
  printed?.flush();
  port.close();
}
