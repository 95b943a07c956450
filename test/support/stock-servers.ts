import { afterAll, afterEach, beforeAll } from 'vitest';
import { type Services, startServices } from './start-services.js';
import { type SystemProcess, startStockSystem } from './stock-system.js';

export interface StockServers {
  /** There from the first test on. */
  readonly services: Services;
  /** A server on a database of its own, killed after the test. */
  start(...flags: string[]): Promise<SystemProcess>;
}

/** PostgreSQL and Redis for all tests of a file, and servers on them. Call it where the file begins. */
export function useStockServers(): StockServers {
  let services: Services;
  const servers: SystemProcess[] = [];
  beforeAll(async () => {
    services = await startServices();
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop('SIGKILL');
  });
  afterAll(() => services.stop());
  return {
    get services() {
      return services;
    },
    async start(...flags) {
      const server = await startStockSystem(services, flags);
      servers.push(server);
      return server;
    },
  };
}
