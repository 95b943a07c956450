import { createServer } from 'node:net';
import { LoadwrightError } from '../../errors.js';
import type { ResolvedOptions } from '../../options/resolved-options.js';
import { largestValue } from '../load/line.js';
import type { PlannedRun } from './plan-run.js';
import type { SystemLimits } from './system-limits.js';

export interface LimitWarning {
  code: string;
  message: string;
}

/** Files that a worker needs for itself, and the rest of a run: reports, what is read. */
const FILES_PER_WORKER = 8;
const OTHER_FILES = 16;
/** Next round number of files to ask for. */
const ROUND_FILES = 1024;

/**
 * How many sockets each worker may have so that files are left for the run itself; undefined where there are enough for
 * whatever the users may open.
 */
export function limitSockets(
  { mostUsers, shares }: PlannedRun,
  { values }: ResolvedOptions,
  { openFiles, filesInUse = 0 }: SystemLimits,
): number | undefined {
  if (openFiles === undefined) return undefined;
  const left = openFiles - countOwnFiles(filesInUse, shares);
  if (mostUsers * values.connectionsPerUser <= left) return undefined;
  return Math.max(1, Math.floor(left / shares));
}

function countOwnFiles(filesInUse: number, shares: number): number {
  return filesInUse + shares * FILES_PER_WORKER + OTHER_FILES;
}

/** How many connections a run needs at once: so many surely, and so many if all that is allowed comes to be. */
interface Need {
  surely: number;
  atMost: number;
}

/**
 * Compares the users of a run with what the system allows, before the run: at the limit each further connection fails,
 * and that would be told as the target's failure.
 *
 * @returns what may go wrong, for loads whose number of connections nobody knows
 * @throws LoadwrightError `ERR_LIMIT_FILES`, `ERR_LIMIT_PORTS` for what goes wrong surely
 */
export function checkLimits(planned: PlannedRun, options: ResolvedOptions, limits: SystemLimits): LimitWarning[] {
  const need = countConnections(planned, options);
  return [...checkFiles(need, planned, limits), ...checkPorts(need, { planned, options, limits })];
}

/** A user has one connection as long as its requests do not overlap. */
function countConnections({ plan, mostUsers }: PlannedRun, { values }: ResolvedOptions): Need {
  const { loads } = plan.revisions[0]!;
  const closed = loads.filter((load) => load.model === 'users' && load.executor !== 'shape');
  const largest = Math.max(0, ...closed.map((load) => Math.ceil(largestValue(load.line))));
  // Connections that are not kept overlap as requests do.
  return { surely: values.connectionReuse === 'user' ? largest : 0, atMost: mostUsers };
}

function checkFiles(need: Need, { shares }: PlannedRun, { openFiles, filesInUse = 0 }: SystemLimits): LimitWarning[] {
  if (openFiles === undefined) return [];
  const own = countOwnFiles(filesInUse, shares);
  const isSure = need.surely > openFiles - filesInUse;
  const connections = isSure ? need.surely : need.atMost;
  if (connections + own <= openFiles) return [];
  const wanted = Math.ceil((connections + own) / ROUND_FILES) * ROUND_FILES;
  const found =
    `${show(connections)} users need a connection each, and every connection is an open file, but this process may ` +
    `have ${show(openFiles)} files open, of which Loadwright itself needs some ${show(own)}`;
  const hint = `ulimit -n ${wanted}   (as root; in Docker --ulimit nofile=${wanted})   or fewer users`;
  if (!isSure) return [{ code: 'LIMIT_FILES', message: `${found}. Try ${hint.replaceAll(/ {2,}/g, ' ')}.` }];
  throw new LoadwrightError('ERR_LIMIT_FILES', { message: `${found}.`, hint: `${hint}, or --no-preflight` });
}

function checkPorts(
  need: Need,
  { planned, options, limits }: { planned: PlannedRun; options: ResolvedOptions; limits: SystemLimits },
): LimitWarning[] {
  const { ports, portRange } = limits;
  const { localAddress, proxy, dnsSelect } = options.values;
  if (ports === undefined) return [];
  const sources = Math.max(1, localAddress.length);
  const targets = new Set(planned.plan.kinds.map(({ host }) => proxy ?? host));
  // The system gives a chosen address each port once, wherever the connection goes.
  const isOneTarget = localAddress.length > 0 || (targets.size === 1 && dnsSelect === 'first');
  const isSure = isOneTarget && need.surely > ports * sources;
  const users = isSure ? need.surely : need.atMost;
  if (users <= ports * sources) return [];
  const from = sources === 1 ? 'one address' : `${sources} addresses`;
  const found =
    `${show(users)} users need a port of this machine each, but from ${from} to one target there are ` +
    `${show(ports * sources)} (ports ${portRange})`;
  const hint = `--local-address ${exampleAddresses(Math.ceil(users / ports), [...targets][0])}`;
  if (!isSure) return [{ code: 'LIMIT_PORTS', message: `${found}. Try ${hint.replaceAll(/ {2,}/g, ' ')}.` }];
  throw new LoadwrightError('ERR_LIMIT_PORTS', {
    message: `${found}.`,
    hint: `${hint}   or   sysctl -w net.ipv4.ip_local_port_range="1024 65535"   or   --no-preflight`,
  });
}

const LOOPBACK = /^\w+:\/\/(?:[^/@]*@)?(?:localhost|127(?:\.\d+){3})(?::|\/|$)/;
const MOST_EXAMPLES = 4;

/** Loopback has a whole network of them; those that lead elsewhere the machine must have been given. */
function exampleAddresses(count: number, target = ''): string {
  if (count > MOST_EXAMPLES || !LOOPBACK.test(target)) return `with ${show(count)} addresses of this machine`;
  return Array.from({ length: count }, (_, index) => `127.0.0.${index + 2}`).join(',');
}

/**
 * Makes sure that source addresses are this machine's.
 *
 * @throws LoadwrightError `ERR_OPTION_INVALID`
 */
export async function checkLocalAddresses({ values, origins }: ResolvedOptions): Promise<void> {
  for (const address of values.localAddress) {
    const problem = await tryListen(address);
    if (problem === undefined) continue;
    throw new LoadwrightError('ERR_OPTION_INVALID', {
      message: `"localAddress" must be addresses of this machine, but ${origins.localAddress.origin} gave "${address}" (${problem}).`,
      hint: `ip addr add ${address}/32 dev lo   (as root, to give the machine this address)   or   ip addr   to see those it has`,
    });
  }
}

/** Whoever can listen at an address can connect from it. */
function tryListen(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    // No port left is no reason to doubt the address.
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'EADDRINUSE' ? undefined : code));
    server.listen(0, address, () => server.close(() => resolve(undefined)));
  });
}

function show(count: number): string {
  return count.toLocaleString('en-US');
}
