import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceProcess } from './service-process.js';

/** PostgreSQL or Redis, with data of its own, on a port of its own. */
export interface Service {
  /** With its password: for DATABASE_URL or REDIS_URL. The same after a restart. */
  readonly url: string;
  readonly port: number;
  /** The process that runs now; another one after a restart. */
  readonly pid: number;
  /** Kill -9: nothing is written or said before. Resolves when it is gone; `restart` brings it back. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data, after `kill` or instead of what runs. */
  restart(): Promise<void>;
  /** Ends it in order. Its data stays. */
  stop(): Promise<void>;
}

interface ServiceParts {
  readonly url: string;
  readonly port: number;
  readonly stopSignal: NodeJS.Signals;
  start(): Promise<ServiceProcess>;
}

const RESTART_PATIENCE_MS = 15_000;
const RETRY_MS = 100;

/** Starts a service and keeps hold of it. */
export async function holdService({ url, port, stopSignal, start }: ServiceParts): Promise<Service> {
  let current = await start();
  return {
    url,
    port,
    get pid() {
      return current.pid;
    },
    kill: () => current.end('SIGKILL'),
    stop: () => current.end(stopSignal),
    async restart() {
      await current.end(stopSignal);
      current = await startPatiently(start);
    },
  };
}

/** What a killed server leaves behind (children that have not noticed yet, a port) may be in the way for a moment. */
async function startPatiently(start: () => Promise<ServiceProcess>): Promise<ServiceProcess> {
  const lastMs = performance.now() + RESTART_PATIENCE_MS;
  for (;;) {
    try {
      return await start();
    } catch (error) {
      if (performance.now() > lastMs) throw error;
      await sleep(RETRY_MS);
    }
  }
}
