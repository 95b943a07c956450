import { pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const SCHEME = 'pbkdf2_sha256';
const HASH_BYTES = 32;

const derive = promisify(pbkdf2);

/** `pbkdf2_sha256$rounds$salt$hash`, as Django keeps it; 0 rounds are one. */
export async function hashPassword(password: string, rounds: number): Promise<string> {
  const salt = randomBytes(16).toString('base64url');
  return formatHash(password, salt, Math.max(1, rounds));
}

/** Costs the rounds that the stored hash names, off the event loop. */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  const [, rounds, salt] = stored.split('$');
  const given = Buffer.from(await formatHash(password, salt ?? '', Number(rounds)));
  const expected = Buffer.from(stored);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

export function readRounds(stored: string): number {
  return Number(stored.split('$')[1]);
}

/** What checking costs where only the cost is wanted. */
export async function spendRounds(text: string, rounds: number): Promise<void> {
  await derive(text, SCHEME, rounds, HASH_BYTES, 'sha256');
}

async function formatHash(password: string, salt: string, rounds: number): Promise<string> {
  const hash = await derive(password, salt, rounds, HASH_BYTES, 'sha256');
  return `${SCHEME}$${rounds}$${salt}$${hash.toString('base64url')}`;
}
