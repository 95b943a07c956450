import { connect, isIP, type TcpNetConnectOpts } from 'node:net';
import { LoadwrightError } from '../../errors.js';
import { describeNoAddress, LIMIT_REASONS, NAME_UNANSWERED, NAME_UNKNOWN } from '../user/http/limit-reasons.js';

const PATIENCE_MS = 5000;

/** How connections are made. */
export interface Route {
  proxy: string | undefined;
  /** Source addresses; none: the system chooses. */
  localAddress: readonly string[];
}

/**
 * Makes sure that somebody listens at each host, with a TCP connection and without a request: a run against nothing
 * would only count refusals.
 *
 * @throws LoadwrightError `ERR_HOST_UNREACHABLE`, `ERR_LIMIT_PORTS`
 */
export async function checkHosts(
  hosts: readonly (string | undefined)[],
  { proxy, localAddress }: Route,
): Promise<void> {
  const wanted = proxy === undefined ? hosts : [proxy];
  const unique = [...new Set(wanted.filter((host) => host !== undefined))];
  await Promise.all(unique.map((host) => checkHost(host, localAddress)));
}

async function checkHost(host: string, localAddress: readonly string[]): Promise<void> {
  const url = new URL(host);
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const failure = await tryConnect({ host: hostname, port, ...pickSource(hostname, localAddress) });
  if (failure === undefined) return;
  const problem = describeProblem(failure, { host: hostname, peer: url.host });
  if (problem === LIMIT_REASONS.noPort) throw noPorts(url.origin);
  throw new LoadwrightError('ERR_HOST_UNREACHABLE', {
    message: `Nothing can be reached at ${url.origin}: ${problem}.`,
    hint: 'Start the server, correct --host, or skip this check with --no-preflight.',
  });
}

/** A source address for what is one itself; a name may have addresses of both kinds. */
function pickSource(hostname: string, localAddress: readonly string[]): { localAddress?: string } {
  const family = isIP(hostname);
  const found = localAddress.find((address) => isIP(address) === family);
  return found === undefined ? {} : { localAddress: found };
}

function noPorts(origin: string): LoadwrightError {
  return new LoadwrightError('ERR_LIMIT_PORTS', {
    message: `${origin} cannot be reached: ${LIMIT_REASONS.noPort}. What was closed keeps its port for a minute.`,
    hint: 'Wait a minute   or   --local-address with several addresses of this machine',
  });
}

function tryConnect(to: TcpNetConnectOpts): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ ...to, timeout: PATIENCE_MS });
    const end = (failure: NodeJS.ErrnoException | undefined) => {
      socket.destroy();
      resolve(failure);
    };
    socket.once('connect', () => end(undefined));
    socket.once('timeout', () => end(new Error(`no connection within ${PATIENCE_MS / 1000} s`)));
    socket.once('error', end);
  });
}

function describeProblem(error: NodeJS.ErrnoException, { host, peer }: { host: string; peer: string }): string {
  const code = error.code ?? (error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException)?.code : '');
  if (code === 'ECONNREFUSED') return 'the connection was refused';
  if (code === 'ENOTFOUND') return `the name "${host}" ${NAME_UNKNOWN}`;
  if (code === 'EAI_AGAIN') return `the name "${host}" ${NAME_UNANSWERED}`;
  if (code === 'EADDRNOTAVAIL') return describeNoAddress(peer);
  if (code === 'EADDRINUSE') return LIMIT_REASONS.noPort;
  if (code === 'EMFILE') return LIMIT_REASONS.tooManyFiles;
  return error.message || String(code);
}
