import type { Worker } from 'node:cluster';
import { createRequestCounts, type StockServerStats } from '../server/request-counts.js';
import type { Soon } from '../server/when-ready.js';

/** Given what one process has counted, answers with how to read what all have. */
export type ShareStats = (readOwn: () => StockServerStats) => () => Soon<StockServerStats>;

interface Message {
  readonly type: 'all-wanted' | 'own-wanted' | 'own' | 'all';
  readonly id: number;
  readonly stats?: StockServerStats;
}

const PATIENCE_MS = 1_000;

let lastId = 0;

/** Where there is one process only. */
export const keepStats: ShareStats = (readOwn) => readOwn;

/** In one of several processes: asks the first one, which asks them all. */
export const shareStats: ShareStats = (readOwn) => {
  const waiting = new Map<number, (stats: StockServerStats) => void>();
  process.on('message', ({ type, id, stats }: Message) => {
    if (type === 'own-wanted') process.send?.({ type: 'own', id, stats: readOwn() } satisfies Message);
    if (type !== 'all' || stats === undefined) return;
    waiting.get(id)?.(stats);
    waiting.delete(id);
  });
  return () =>
    new Promise((resolve) => {
      lastId += 1;
      waiting.set(lastId, resolve);
      process.send?.({ type: 'all-wanted', id: lastId } satisfies Message);
    });
};

/** In the first process: answers one of the others when it asks for the counts of all. */
export function collectStats(worker: Worker, listWorkers: () => Worker[]): void {
  worker.on('message', async ({ type, id }: Message) => {
    if (type !== 'all-wanted') return;
    lastId += 1;
    const answers = await Promise.all(listWorkers().map((one) => askOne(one, lastId)));
    if (worker.isConnected()) worker.send({ type: 'all', id, stats: add(answers) } satisfies Message);
  });
}

/** Nothing from a process that does not answer. */
function askOne(worker: Worker, id: number): Promise<StockServerStats | undefined> {
  return new Promise((resolve) => {
    const finish = (stats?: StockServerStats): void => {
      clearTimeout(late);
      worker.off('message', hear);
      resolve(stats);
    };
    const hear = (message: Message): void => {
      if (message.type === 'own' && message.id === id) finish(message.stats);
    };
    const late = setTimeout(finish, PATIENCE_MS);
    worker.on('message', hear);
    if (worker.isConnected()) worker.send({ type: 'own-wanted', id } satisfies Message);
  });
}

function add(all: readonly (StockServerStats | undefined)[]): StockServerStats {
  const sum = createRequestCounts();
  for (const { method, route, status, count } of all.flatMap((one) => one?.byEndpoint ?? []))
    sum.add(method, route, status, count);
  return sum.read();
}
