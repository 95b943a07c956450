import cluster, { type Address, type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { RunningServer } from '../server/server.js';
import { SystemNotStarted } from './load-packages.js';
import { collectStats } from './process-stats.js';

interface ProcessOptions {
  readonly processes: number;
  readonly host: string;
}

const STOP_PATIENCE_MS = 3_000;
const RESTART_MS = 200;

/** Runs this program once more in each of several processes that share a port, and replaces those that end. */
export async function startProcesses({ processes, host }: ProcessOptions): Promise<RunningServer> {
  let isStopping = false;
  let isServing = false;
  const startOne = async (): Promise<Address | undefined> => {
    const worker = cluster.fork();
    collectStats(worker, listWorkers);
    const ended = once(worker, 'exit').then(() => undefined);
    void ended.then(() => isServing && setTimeout(() => isStopping || void startOne(), RESTART_MS));
    return Promise.race([once(worker, 'listening').then(([place]: Address[]) => place), ended]);
  };
  const addresses = await Promise.all(Array.from({ length: processes }, startOne));
  const close = async (): Promise<void> => {
    isStopping = true;
    await Promise.all(listWorkers().map(stopWorker));
  };
  const [address] = addresses;
  if (address === undefined || addresses.includes(undefined)) {
    await close();
    throw new SystemNotStarted('A process of the stock system ended before it listened.');
  }
  isServing = true;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`, close };
}

function listWorkers(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
}

async function stopWorker(worker: Worker): Promise<void> {
  const ended = once(worker, 'exit');
  worker.process.kill('SIGTERM');
  const cutOff = setTimeout(() => worker.process.kill('SIGKILL'), STOP_PATIENCE_MS);
  await ended;
  clearTimeout(cutOff);
}
