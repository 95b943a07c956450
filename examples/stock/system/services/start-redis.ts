import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { findProgram } from './find-program.js';
import { holdService, type Service } from './service.js';
import { findFreePort, startServiceProcess } from './service-process.js';
import type { ServiceStart } from './start-postgres.js';

/** Starts Redis on 127.0.0.1, in memory only: a killed one comes back empty. Only its password lets anybody in. */
export async function startRedis({ folder, port }: ServiceStart): Promise<Service> {
  const program = findProgram('redis-server');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const ownPort = port ?? (await findFreePort());
  const password = randomBytes(12).toString('hex');
  const settings = [
    'bind 127.0.0.1',
    `port ${ownPort}`,
    'save ""',
    'appendonly no',
    'maxmemory-policy noeviction',
    `dir ${JSON.stringify(folder)}`,
    `requirepass ${password}`,
  ];
  return holdService({
    url: `redis://:${password}@127.0.0.1:${ownPort}`,
    port: ownPort,
    stopSignal: 'SIGTERM',
    // Its settings go in by stdin: on the command line everybody could read the password.
    start: () =>
      startServiceProcess({
        name: 'Redis',
        program,
        args: ['-'],
        input: `${settings.join('\n')}\n`,
        folder,
        readySign: /Ready to accept connections/,
      }),
  });
}
