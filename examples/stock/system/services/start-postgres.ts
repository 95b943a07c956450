import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram } from './find-program.js';
import { holdService, type Service } from './service.js';
import { findFreePort, startServiceProcess } from './service-process.js';

export interface ServiceStart {
  /** Where its data is kept: made if it is not there. */
  readonly folder: string;
  /** A free one if not given. */
  readonly port?: number | undefined;
}

interface PostgresStart extends ServiceStart {
  /** Lets the system keep written data for a while: faster, and lost only when the machine itself crashes. */
  readonly isVolatile?: boolean;
}

type Identity = { readonly uid: number; readonly gid: number };

const USER = 'stock';
const MAX_CONNECTIONS = 200;
/** Whom PostgreSQL may run as where we are root, which it refuses to be. */
const UNPRIVILEGED_USERS = ['postgres', 'nobody'];

/** Starts PostgreSQL on 127.0.0.1 with a data folder of its own; only its password lets anybody in. */
export async function startPostgres({ folder, port, isVolatile = false }: PostgresStart): Promise<Service> {
  const program = findProgram('postgres');
  const identity = findIdentity();
  const data = join(folder, 'data');
  const password = existsSync(data) ? readPassword(folder) : createData({ folder, data, identity });
  const ownPort = port ?? (await findFreePort());
  const settings = {
    listen_addresses: '127.0.0.1',
    port: ownPort,
    unix_socket_directories: '',
    max_connections: MAX_CONNECTIONS,
    fsync: isVolatile ? 'off' : 'on',
    ...findStatementStatistics(program),
  };
  const args = ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  return holdService({
    url: `postgres://${USER}:${password}@127.0.0.1:${ownPort}/postgres`,
    port: ownPort,
    // "Fast": open connections are ended, and what was committed is kept.
    stopSignal: 'SIGINT',
    start: () =>
      startServiceProcess({
        name: 'PostgreSQL',
        program,
        args,
        folder,
        readySign: /ready to accept connections/,
        ...(identity === undefined ? {} : { identity }),
      }),
  });
}

function findIdentity(): Identity | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const user of UNPRIVILEGED_USERS) {
    try {
      const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, user], { stdio: 'pipe' })));
      return { uid: uid!, gid: gid! };
    } catch {}
  }
  throw new Error('PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it as.');
}

function createData({ folder, data, identity }: { folder: string; data: string; identity: Identity | undefined }) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (identity !== undefined) chownSync(folder, identity.uid, identity.gid);
  const password = randomBytes(12).toString('hex');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (identity !== undefined) chownSync(passwordFile, identity.uid, identity.gid);
  const words = ['-D', data, '-U', USER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  try {
    execFileSync(findProgram('initdb'), [...words, '--encoding=UTF8', '--locale=C', '--no-sync'], {
      cwd: folder,
      stdio: 'pipe',
      ...identity,
    });
  } catch (error) {
    rmSync(data, { recursive: true, force: true });
    const { stderr } = error as { stderr?: Buffer };
    throw new Error(`initdb could not make a database in ${data}:\n${stderr?.toString().trim() ?? String(error)}`);
  }
  return password;
}

function readPassword(folder: string): string {
  return readFileSync(join(folder, 'password'), 'utf8');
}

/** Which statements take longest, where the package has the module that counts it. */
function findStatementStatistics(program: string): Record<string, string> {
  const library = join(dirname(dirname(program)), 'lib', 'pg_stat_statements.so');
  return existsSync(library) ? { shared_preload_libraries: 'pg_stat_statements' } : {};
}
