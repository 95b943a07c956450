import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian keeps the programs of a PostgreSQL server out of the PATH, one folder a version. */
const POSTGRES_VERSIONS = '/usr/lib/postgresql';
const PACKAGES = { postgres: 'postgresql', initdb: 'postgresql', 'redis-server': 'redis-server' };

type ServiceProgram = keyof typeof PACKAGES;

/** A program that the services need is not on this machine. */
export class MissingProgram extends Error {
  override name = 'MissingProgram';
}

/**
 * Where a program is: the newest PostgreSQL of Debian's, or the first in the PATH.
 *
 * @throws MissingProgram with what to install
 */
export function findProgram(program: ServiceProgram): string {
  const inPath = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const folders = program === 'redis-server' ? inPath : [...listPostgresFolders(), ...inPath];
  const found = folders.map((folder) => join(folder, program)).find(isExecutable);
  if (found !== undefined) return found;
  throw new MissingProgram(
    `There is no "${program}" on this machine: it was looked for in ${folders.join(', ')}.\n` +
      `Try   apt-get install ${PACKAGES[program]}\n` +
      'or    docker compose -f examples/stock/system/compose.yaml up --wait, and set DATABASE_URL and REDIS_URL as written there',
  );
}

function listPostgresFolders(): string[] {
  let versions: string[];
  try {
    versions = readdirSync(POSTGRES_VERSIONS);
  } catch {
    return [];
  }
  return versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(POSTGRES_VERSIONS, version, 'bin'));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
