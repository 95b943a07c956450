import { connect } from 'node:net';
import { LoadwrightError } from '../../errors.js';

const PATIENCE_MS = 5000;

/**
 * Makes sure that somebody listens at each host, with a TCP connection and without a request: a run against nothing
 * would only count refusals.
 *
 * @throws LoadwrightError `ERR_HOST_UNREACHABLE`
 */
export async function checkHosts(hosts: readonly (string | undefined)[], proxy: string | undefined): Promise<void> {
  const wanted = proxy === undefined ? hosts : [proxy];
  const unique = [...new Set(wanted.filter((host) => host !== undefined))];
  await Promise.all(unique.map((host) => checkHost(host)));
}

async function checkHost(host: string): Promise<void> {
  const url = new URL(host);
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const problem = await tryConnect(hostname, port);
  if (problem === undefined) return;
  throw new LoadwrightError('ERR_HOST_UNREACHABLE', {
    message: `Nothing can be reached at ${url.origin}: ${problem}.`,
    hint: 'Start the server, correct --host, or skip this check with --no-preflight.',
  });
}

function tryConnect(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PATIENCE_MS });
    const end = (problem: string | undefined) => {
      socket.destroy();
      resolve(problem);
    };
    socket.once('connect', () => end(undefined));
    socket.once('timeout', () => end(`no connection within ${PATIENCE_MS / 1000} s`));
    socket.once('error', (error: NodeJS.ErrnoException) => end(describeProblem(error, host)));
  });
}

function describeProblem(error: NodeJS.ErrnoException, host: string): string {
  const code = error.code ?? (error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException)?.code : '');
  if (code === 'ECONNREFUSED') return 'the connection was refused';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the name "${host}" could not be resolved`;
  return error.message || String(code);
}
