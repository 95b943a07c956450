import { request as httpRequest } from 'node:http';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext, type TLSSocket } from 'node:tls';
import type { Clock } from '../../../metrics/clock.js';
import type { ConnectionCounts } from '../../../metrics/generator-health.js';
import type { DnsCache } from './dns-cache.js';
import { ProxyFailed } from './failure-reason.js';
import { decodePart } from './request-headers.js';
import { connectWithSharedRead } from './shared-read.js';
import { NoFileLeft, type SocketCount } from './socket-count.js';
import type { PickSource } from './source-addresses.js';
import type { HeadPrefix } from './write-request.js';

/** What connecting needs to know; the same for all users of a worker. */
export interface ConnectEnvironment {
  dns: DnsCache;
  clock: Clock;
  insecure: boolean;
  /** Created at the first TLS connection. */
  secureContext(): SecureContext;
  proxy: URL | undefined;
  /** What heads of requests to an origin begin with. */
  prefixFor(origin: URL): HeadPrefix;
  /** Where connections come from; undefined where none of the given addresses can reach the peer. */
  pickSource: PickSource;
  /** Whether they must come from given addresses. */
  hasSources: boolean;
  /** Open sockets of this worker, where there may not be any number of them. */
  sockets: SocketCount | undefined;
  /** What was opened since somebody last asked; the same object in all environments of a worker. */
  counts: ConnectionCounts;
}

export interface Connecting {
  onConnected(socket: Socket, tlsMs: number): void;
  onFailed(error: Error): void;
  /** False once nobody waits for the connection any more. */
  isWanted(): boolean;
  /** Each socket opened on the way, so that giving up can close it. */
  onSocket(socket: Socket): void;
}

interface Peer {
  hostname: string;
  port: number;
  /** TLS takes the socket over, and reads it in its own way. */
  isTls: boolean;
}

/** Opens a connection to an origin: through the proxy if there is one, with TLS if it is `https:`. */
export function connectSocket(origin: URL, environment: ConnectEnvironment, connecting: Connecting): void {
  const isTls = origin.protocol === 'https:';
  const target = { hostname: stripBrackets(origin.hostname), port: readPort(origin), isTls };
  const onTcp = (socket: Socket) => {
    if (isTls) startTls(socket, target.hostname, environment, connecting);
    else connecting.onConnected(socket, 0);
  };
  const { proxy } = environment;
  if (proxy === undefined) {
    connectToAny(target, environment, { ...connecting, onConnected: onTcp });
    return;
  }
  const onFailed = (error: Error) => connecting.onFailed(new ProxyFailed(error, proxy));
  connectToAny({ hostname: stripBrackets(proxy.hostname), port: readPort(proxy), isTls }, environment, {
    ...connecting,
    onFailed,
    onConnected: (socket) => {
      if (isTls) openTunnel(socket, target, proxy, { ...connecting, onFailed, onConnected: onTcp });
      else onTcp(socket);
    },
  });
}

/** Tries the addresses of a name one after the other, the selected one first. */
function connectToAny(peer: Peer, environment: ConnectEnvironment, connecting: Connecting): void {
  const { dns, pickSource, hasSources, sockets } = environment;
  dns.resolve(peer.hostname, (error, resolved) => {
    const addresses = hasSources ? resolved.filter((host) => pickSource(host) !== undefined) : resolved;
    if (error !== null || addresses.length === 0) {
      connecting.onFailed(error ?? new Error(`no address of --local-address can reach ${peer.hostname}`));
      return;
    }
    let at = 0;
    const tryNext = () => {
      if (!connecting.isWanted()) return;
      if (sockets?.isFull === true) {
        connecting.onFailed(new NoFileLeft());
        return;
      }
      const host = addresses[at++]!;
      const open = peer.isTls ? connectTcp : connectWithSharedRead;
      const localAddress = pickSource(host);
      const socket = open({
        host,
        ...(localAddress === undefined ? {} : { localAddress }),
        port: peer.port,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: 60_000,
      });
      sockets?.add(socket);
      connecting.onSocket(socket);
      const onError = (failure: Error) => {
        socket.destroy();
        if (at < addresses.length) tryNext();
        else connecting.onFailed(failure);
      };
      socket.once('error', onError);
      socket.once('connect', () => {
        socket.off('error', onError);
        dns.prefer(peer.hostname, host);
        environment.counts.opened++;
        connecting.onConnected(socket, 0);
      });
    };
    tryNext();
  });
}

function startTls(socket: Socket, hostname: string, environment: ConnectEnvironment, connecting: Connecting): void {
  const secureContext = tryCreateContext(environment);
  if (secureContext instanceof Error) {
    socket.destroy();
    connecting.onFailed(secureContext);
    return;
  }
  const startedAtMs = environment.clock.now();
  const secure: TLSSocket = connectTls({
    socket,
    // A server name is a name: RFC 6066 forbids addresses.
    ...(isIP(hostname) === 0 ? { servername: hostname } : { host: hostname }),
    ALPNProtocols: ['http/1.1'],
    secureContext,
    rejectUnauthorized: !environment.insecure,
  });
  connecting.onSocket(secure);
  const onError = (error: Error) => {
    environment.counts.tlsFailures++;
    secure.destroy();
    connecting.onFailed(error);
  };
  secure.once('error', onError);
  secure.once('secureConnect', () => {
    secure.off('error', onError);
    // An alert that comes with the end, such as that of a missing certificate, would be lost behind it.
    secure.once('error', (error) => secure.destroy(error));
    const tlsMs = environment.clock.now() - startedAtMs;
    environment.counts.tlsHandshakes++;
    environment.counts.tlsMs += tlsMs;
    connecting.onConnected(secure, tlsMs);
  });
}

function tryCreateContext(environment: ConnectEnvironment): SecureContext | Error {
  try {
    return environment.secureContext();
  } catch {
    return new Error('TLS: the certificate authority given with --ca is not valid PEM');
  }
}

/** Asks the proxy for a tunnel (RFC 9110, 9.3.6). */
function openTunnel(socket: Socket, target: Peer, proxy: URL, connecting: Connecting): void {
  const authority = `${target.hostname.includes(':') ? `[${target.hostname}]` : target.hostname}:${target.port}`;
  const request = httpRequest({
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...proxyAuthorization(proxy) },
    createConnection: () => socket,
  });
  request.once('connect', ({ statusCode }, tunnel) => {
    if (statusCode !== undefined && statusCode >= 200 && statusCode < 300) {
      connecting.onConnected(tunnel as Socket, 0);
      return;
    }
    tunnel.destroy();
    connecting.onFailed(new Error(`no tunnel: status ${statusCode}`));
  });
  request.once('error', (error) => connecting.onFailed(error));
  request.end();
}

export function proxyAuthorization(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {};
  const credentials = `${decodePart(proxy.username)}:${decodePart(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

function stripBrackets(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

function readPort(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}
