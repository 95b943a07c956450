import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

export interface ServiceCommand {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** What it says on either output when it can be asked. */
  readonly readySign: RegExp;
  readonly input?: string;
  readonly identity?: { readonly uid: number; readonly gid: number };
  readonly folder: string;
}

/** A service in a process of its own, which ends with this one. */
export interface ServiceProcess {
  readonly pid: number;
  /** Sends a signal and resolves when the process has ended. */
  end(signal: NodeJS.Signals): Promise<void>;
}

const READY_PATIENCE_MS = 60_000;
const KEPT_OUTPUT = 4_000;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * Starts a service and resolves when it is ready.
 *
 * @throws Error with the last of what it said, when it ends before or takes longer than a minute
 */
export async function startServiceProcess(command: ServiceCommand): Promise<ServiceProcess> {
  const { name, program, args, readySign, input, identity, folder } = command;
  const child = spawn(program, [...args], {
    cwd: folder,
    // A group of its own: Ctrl-C must not take the services away before those that use them.
    detached: true,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...identity,
  });
  running.add(child);
  const ended = new Promise<void>((resolve) => {
    const finish = (): void => {
      running.delete(child);
      resolve();
    };
    child.once('close', finish).once('error', finish);
  });
  child.stdin?.on('error', () => undefined).end(input);
  let said = '';
  const ready = new Promise<true>((resolve) => {
    const listen = (text: string): void => {
      said = (said + text).slice(-KEPT_OUTPUT);
      if (readySign.test(said)) resolve(true);
    };
    for (const output of [child.stdout, child.stderr]) output?.setEncoding('utf8').on('data', listen);
  });
  const late = setTimeout(() => child.kill('SIGKILL'), READY_PATIENCE_MS);
  const isReady = await Promise.race([ready, ended.then(() => false)]);
  clearTimeout(late);
  if (!isReady) throw new Error(`${name} did not start (${program} ${args.join(' ')}):\n${said.trim()}`);
  return {
    pid: child.pid!,
    async end(signal) {
      child.kill(signal);
      await ended;
    },
  };
}

/** A port that nobody uses now. */
export async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
