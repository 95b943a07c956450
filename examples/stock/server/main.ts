import { type FlagsOutcome, readFlags } from './read-flags.js';
import { createStockServer, type RunningServer } from './server.js';

type Wanted = Exclude<FlagsOutcome, { kind: 'refused' }>;

async function main(): Promise<void> {
  const wanted = readFlags(process.argv.slice(2), process.env);
  if (wanted.kind === 'refused') {
    process.stderr.write(`${wanted.message}\n`);
    process.exitCode = 2;
    return;
  }
  const server = await start(wanted);
  if (server === undefined) return;
  stopWhenTold(server);
  process.stdout.write(`listening on ${server.url}\n`);
  // A parent that has gone meanwhile is dealt with by 'disconnect'; that it cannot be told is no error of its own.
  const message = { type: 'listening', url: server.url, ...(await describePlaces(wanted)) };
  process.send?.(message, undefined, undefined, () => undefined);
}

async function start(wanted: Wanted): Promise<RunningServer | undefined> {
  try {
    if (wanted.kind === 'embedded') return await createStockServer(wanted.options);
    const { startStockSystem } = await import('../system/start-stock-system.js');
    return await startStockSystem(wanted.options);
  } catch (error) {
    process.stderr.write(`${describeFault(wanted, error)}\n`);
    process.exitCode = 1;
    if (process.connected) process.disconnect();
    return undefined;
  }
}

function describeFault({ options: { host, port } }: Wanted, error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'SystemNotStarted') return error.message;
  const { syscall } = error as NodeJS.ErrnoException;
  if (syscall !== 'listen' && syscall !== 'bind') return error.stack ?? error.message;
  return `The stock server cannot listen on ${host}:${port}: ${error.message}`;
}

/** So that whoever started it can say what it stands on. */
async function describePlaces(wanted: Wanted): Promise<{ places?: string }> {
  if (wanted.kind === 'embedded') return {};
  const { describeUrl } = await import('../system/prepare-database.js');
  const { databaseUrl, redisUrl } = wanted.options;
  const redis = redisUrl === undefined ? '' : ` and Redis at ${describeUrl(redisUrl)}`;
  return { places: `PostgreSQL at ${describeUrl(databaseUrl)}${redis}` };
}

function stopWhenTold(server: RunningServer): void {
  let hasBegunToStop = false;
  const stop = (): void => {
    if (hasBegunToStop) return;
    hasBegunToStop = true;
    server.close().then(
      // An open IPC channel would keep this process alive.
      () => process.connected && process.disconnect(),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exitCode = 1;
      },
    );
  };
  // The parent reads one line and may then close its end; a broken pipe is no reason to stop serving.
  process.stdout.on('error', () => undefined);
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // A parent that died closes the channel; nobody is left to send a signal.
  process.on('disconnect', stop);
  if (process.connected === false) stop();
}

await main();
