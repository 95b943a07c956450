import { afterAll, beforeAll } from 'vitest';
import { type Services, startServices } from '../../support/start-services.js';
import { startStockSystem } from '../../support/stock-system.js';
import { replaceStockServers, type StockTargetOptions } from '../../support/stock-target.js';

let services: Services;
beforeAll(async () => {
  services = await startServices();
});
afterAll(() => services.stop());

function startWith(...flags: string[]) {
  return ({ stock = 1_000_000, tokenLifetimeSeconds = 86_400 }: StockTargetOptions) =>
    startStockSystem(services, [...flags, '--stock', String(stock), '--token-lifetime', String(tokenLifetimeSeconds)]);
}

const OTHERWISE = '--locking pessimistic --cache off --n-plus-one on --processes 2 --pool 3 --token-cost 10';

// The contract is one: what is asked of the embedded server is asked of the real system as well.
replaceStockServers([
  ['the system on PostgreSQL and Redis', startWith()],
  ['the system with all its switches turned', startWith(...OTHERWISE.split(' '))],
]);
await import('./contract.test.js');
await import('./products.test.js');
await import('./stock-levels.test.js');
await import('./tokens.test.js');
