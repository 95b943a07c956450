import { pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import type { Soon } from './when-ready.js';

export const ADMIN_USER_ID = 1;

export const PASSWORD = 'password';
export const FIRST_PLAIN_USER_ID = 2;
const PLAIN_USERNAME = /^user(0|[1-9]\d{0,3})$/;
const HASH_BYTES = 32;

const derive = promisify(pbkdf2);

export interface Accounts {
  /** Resolves to the account's id, or to undefined when the name or the password is wrong. */
  findUserId(username: string, password: string, request: IncomingMessage): Soon<number | undefined>;
}

/**
 * The accounts `user0` … `user9999` and `admin`, all with the password `password`. With `passwordCost` above 0 each login
 * costs that many PBKDF2 rounds, also for a name that does not exist; they run off the event loop.
 */
export async function createAccounts(passwordCost: number): Promise<Accounts> {
  if (passwordCost === 0) {
    return { findUserId: (username, password) => (password === PASSWORD ? toUserId(username) : undefined) };
  }
  // One salt is enough: all accounts share a password, and 10,000 hashes would not be ready in time.
  const salt = randomBytes(16);
  const stored = await derive(PASSWORD, salt, passwordCost, HASH_BYTES, 'sha256');
  return {
    async findUserId(username, password) {
      const given = await derive(password, salt, passwordCost, HASH_BYTES, 'sha256');
      return timingSafeEqual(given, stored) ? toUserId(username) : undefined;
    },
  };
}

function toUserId(username: string): number | undefined {
  if (username === 'admin') return ADMIN_USER_ID;
  const number = PLAIN_USERNAME.exec(username)?.[1];
  return number === undefined ? undefined : FIRST_PLAIN_USER_ID + Number(number);
}
