import type { MessagePort } from 'node:worker_threads';
import { toErrorRecord } from '../../errors.js';
import type { FromScriptWorker, ToScriptWorker } from '../protocol.js';
import { captureConsole } from './capture-console.js';
import { describeScenario, loadScenario } from './load-scenario.js';

/** The script worker: runs what belongs to the scenario but to no user. Lives as long as the run. */
export async function runScript({ port, sharesThread }: { port: MessagePort; sharesThread: boolean }): Promise<void> {
  const post = (message: FromScriptWorker) => port.postMessage(message);
  if (!sharesThread) {
    process.setSourceMapsEnabled(true);
    captureConsole((record) => post({ type: 'log', record }), 'scenario');
  }
  await new Promise<void>((resolve) => {
    const onMessage = async (message: ToScriptWorker) => {
      if (message.type === 'end') {
        resolve();
        return;
      }
      try {
        post({ type: 'described', description: describeScenario(await loadScenario(message.script)) });
      } catch (error) {
        post({ type: 'failed', error: toErrorRecord(error, 'ERR_SCRIPT_LOAD') });
      }
    };
    port.on('message', (message: ToScriptWorker) => void onMessage(message));
  });
  port.close();
}
