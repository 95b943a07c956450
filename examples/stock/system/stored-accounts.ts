import type { Accounts } from '../server/accounts.js';
import type { Database, Statement } from './database.js';
import { hashPassword, isPassword } from './password-hash.js';
import { traceOf } from './request-trace.js';
import { SCHEMA } from './schema.js';

const FIND: Statement = {
  name: 'account',
  text: `SELECT id, password_hash FROM ${SCHEMA}.accounts WHERE username = $1`,
};

/** Accounts from PostgreSQL. A name that does not exist costs a hash as well, so that time does not tell who does. */
export function createStoredAccounts(database: Database, passwordCost: number): Accounts {
  const nobody = hashPassword('', passwordCost);
  return {
    async findUserId(username, password, request) {
      const trace = traceOf(request);
      const [account] = await database.query<{ id: number; password_hash: string }>(trace, FIND, [username]);
      const startedMs = performance.now();
      const isRight = await isPassword(password, account?.password_hash ?? (await nobody));
      trace.addAuth(performance.now() - startedMs);
      return isRight ? account?.id : undefined;
    },
  };
}
