import type { SeriesCounts } from '../../metrics/aggregate.js';
import type { ConnectionCounts } from '../../metrics/generator-health.js';
import type { SeriesStatistics } from '../../metrics/statistics.js';
import { LIMIT_REASONS, NAME_UNANSWERED, NAME_UNKNOWN, NOT_OWN_ADDRESS } from '../user/http/limit-reasons.js';
import type { LimitWarning } from './check-limits.js';
import type { SystemLimits } from './system-limits.js';

interface Explanation {
  code: string;
  /** What is in the reason of a failure. */
  reason: string;
  explain(limits: SystemLimits): string;
}

const EXPLANATIONS: readonly Explanation[] = [
  {
    code: 'LIMIT_PORTS',
    reason: LIMIT_REASONS.noPort,
    explain: ({ ports, portRange }) =>
      'Requests failed because no local port was left: this machine was at its limit, not the target. From one address ' +
      `to one target there are ${ports === undefined ? 'some 28,000' : `${show(ports)} (${portRange})`}, and a closed ` +
      'connection keeps its port for a minute. Try --local-address with several addresses of this machine, keep ' +
      'connections (--connection-reuse user), or sysctl -w net.ipv4.ip_local_port_range="1024 65535".',
  },
  {
    code: 'LOCAL_ADDRESS_LOST',
    reason: NOT_OWN_ADDRESS,
    explain: () =>
      'A source address was taken from this machine while the run went on: requests from it failed, and it is not the ' +
      'target. ip addr shows the addresses there are.',
  },
  {
    code: 'LIMIT_FILES',
    reason: LIMIT_REASONS.tooManyFiles,
    explain: ({ openFiles }) =>
      'Requests failed because this process had no file left for a connection: this machine was at its limit, not the ' +
      `target. It may have ${openFiles === undefined ? 'so many as ulimit -n says' : show(openFiles)} open. Try ` +
      'ulimit -n 65536 before the run (as root; in Docker --ulimit nofile=65536), or fewer users.',
  },
  {
    code: 'LIMIT_MACHINE',
    reason: LIMIT_REASONS.tooManyFilesInAll,
    explain: () =>
      'Requests failed because all programs of this machine together had too many files open: sysctl fs.file-max says ' +
      'how many there may be.',
  },
  {
    code: 'LIMIT_MACHINE',
    reason: LIMIT_REASONS.outOfMemory,
    explain: () =>
      'Requests failed because the system had no memory left for another connection: fewer users, or a larger machine.',
  },
  {
    code: 'NAME_UNKNOWN',
    reason: NAME_UNKNOWN,
    explain: () =>
      'DNS knows no such name: look for a typing error in --host and in addresses of the scenario, or give the name an ' +
      'address in /etc/hosts.',
  },
  {
    code: 'NAME_UNANSWERED',
    reason: NAME_UNANSWERED,
    explain: () =>
      'DNS did not answer: it is the network or the name server, and not the target. Try again later, or an address in ' +
      'place of the name.',
  },
];

/** What is to be said of failures that are not the target's, each once. */
export function explainLimits(series: readonly SeriesCounts[], limits: SystemLimits): LimitWarning[] {
  const reasons = series.flatMap(({ errors }) => errors.map(({ error }) => error));
  return EXPLANATIONS.filter(({ reason }) => reasons.some((known) => known.endsWith(reason))).map(
    ({ code, explain }) => ({ code, message: explain(limits) }),
  );
}

/** Fewer are nobody's burden; … */
const LEAST_HANDSHAKES = 100;
/** … and one user's first connection is what it costs to be there. */
const LEAST_HANDSHAKES_PER_REQUEST = 0.1;
const NOTABLE_SHARE = 0.2;

/** What is to be said where much of the time of all requests went into handshakes. */
export function explainHandshakes(
  { tlsHandshakes, tlsMs }: ConnectionCounts,
  { completed, meanMs, service }: SeriesStatistics,
): LimitWarning[] {
  const totalMs = completed * (service?.meanMs ?? meanMs ?? 0);
  const isRare = tlsHandshakes < LEAST_HANDSHAKES || tlsHandshakes < completed * LEAST_HANDSHAKES_PER_REQUEST;
  if (isRare || tlsMs < totalMs * NOTABLE_SHARE) return [];
  const message =
    `TLS handshakes took ${Math.round((tlsMs / totalMs) * 100)} % of all request time: ${show(tlsHandshakes)} for ` +
    `${show(completed)} requests. Keep connections (--connection-reuse user), unless every request is to be a new ` +
    'visitor; where they are kept already, the server closes them: look at its keep-alive settings.';
  return [{ code: 'TLS_HANDSHAKES', message }];
}

function show(count: number): string {
  return count.toLocaleString('en-US');
}
