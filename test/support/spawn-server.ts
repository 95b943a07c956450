import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const FILES = {
  stock: fileURLToPath(new URL('../../dist/examples/stock/server/main.js', import.meta.url)),
  second: fileURLToPath(new URL('./second-stock-server.mjs', import.meta.url)),
  arrivals: fileURLToPath(new URL('./arrivals-server.mjs', import.meta.url)),
  logNormal: fileURLToPath(new URL('./log-normal-server.mjs', import.meta.url)),
  capacity: fileURLToPath(new URL('./capacity-server.mjs', import.meta.url)),
  timed: fileURLToPath(new URL('./timed-server.mjs', import.meta.url)),
};

export interface ServerProcess {
  url: string;
  child: ChildProcess;
  pid: number;
  readJson<T>(path: string): Promise<T>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** A server in a process of its own, ready when it has printed where it listens. */
export async function startServer(
  name: keyof typeof FILES,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [FILES[name], ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const exited = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const found = /listening on (\S+)/.exec(text);
      if (found !== null) resolve(found[1]!);
    });
    void exited.then(() => reject(new Error(`the server ended at once:\n${text}`)));
  });
  return {
    url,
    child,
    pid: child.pid!,
    readJson: async <T>(path: string) => {
      const response = await fetch(url + path, { headers: { connection: 'close' } });
      return (await response.json()) as T;
    },
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      await exited;
    },
  };
}

export interface StockStats {
  total: number;
  byEndpoint: { method: string; route: string; status: number; count: number }[];
}
