import cluster from 'node:cluster';
import type { RunningServer } from '../server/server.js';
import type { StockSystemOptions } from './options.js';
import { prepareDatabase, readStockData } from './prepare-database.js';
import { shareStats } from './process-stats.js';
import { startProcesses } from './stock-processes.js';
import { createStockSystem } from './stock-system.js';

/**
 * Starts the stock system on PostgreSQL and Redis and resolves once it accepts connections: in this process, or in as
 * many more as were asked for, which begin where this one began and come here as well.
 */
export async function startStockSystem(options: StockSystemOptions): Promise<RunningServer> {
  if (cluster.isWorker) return createStockSystem(options, await readStockData(options.databaseUrl), shareStats);
  const data = await prepareDatabase(options);
  if (!data.isSeeded && data.stock !== options.stock) {
    process.stderr.write(
      `The database was seeded with ${data.stock} of each product and keeps what is left; --reset seeds it anew.\n`,
    );
  }
  return options.processes === 1 ? createStockSystem(options, data) : startProcesses(options);
}
