import { readFlags } from './read-flags.js';
import { createStockServer, type StockServer, type StockServerOptions } from './server.js';

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2));
  if (!flags.isAccepted) {
    process.stderr.write(`${flags.message}\n`);
    process.exitCode = 2;
    return;
  }
  const server = await start(flags.options);
  if (server === undefined) return;
  stopWhenTold(server);
  process.stdout.write(`listening on ${server.url}\n`);
  // A parent that has gone meanwhile is dealt with by 'disconnect'; that it cannot be told is no error of its own.
  process.send?.({ type: 'listening', url: server.url }, undefined, undefined, () => undefined);
}

async function start(options: Required<StockServerOptions>): Promise<StockServer | undefined> {
  try {
    return await createStockServer(options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`The stock server cannot listen on ${options.host}:${options.port}: ${reason}\n`);
    process.exitCode = 1;
    if (process.connected) process.disconnect();
    return undefined;
  }
}

function stopWhenTold(server: StockServer): void {
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
