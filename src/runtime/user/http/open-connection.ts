import type { Connection } from './connection.js';
import type { HttpEngine } from './http-engine.js';
import { NetConnection } from './net-connection.js';
import { UndiciConnection } from './undici-connection.js';

/**
 * The connection for an origin: the lean one where it can serve, undici's for TLS, proxies, and whoever asks for it. The
 * user's place decides which source address it comes from.
 */
export function openConnection(origin: URL, { settings, environments }: HttpEngine, place: number): Connection {
  const environment = environments[place % environments.length]!;
  const isPlain = origin.protocol === 'http:' && environment.proxy === undefined;
  return isPlain && settings.transport !== 'undici'
    ? new NetConnection(origin, environment)
    : new UndiciConnection(origin, environment);
}
