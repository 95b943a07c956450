import { AllowedOrigins, refuseOrigins } from '../user/http/allowed-origins.js';

/**
 * Asks whoever started the run whether it may go to these origins. Resolves to what is to be allowed besides, as
 * entries of `allowedHosts`; throws to refuse.
 */
export type ConfirmOrigins = (origins: readonly URL[], load: { users: number }) => Promise<string[]>;

export interface OriginsToCheck {
  /** Where requests will go as far as is known before the run: the host of each kind, and the proxy. */
  hosts: readonly (string | undefined)[];
  allowedHosts: readonly string[];
  /** `--yes`: nothing is refused. */
  yes: boolean;
  /** The most users there will be at once; for the question. */
  users: number;
  /** Absent: there is nobody to ask, as in a run from code. */
  confirm?: ConfirmOrigins | undefined;
}

/**
 * Makes sure, before anything is connected to and any name is looked up, that a run goes to this machine, to what is
 * allowed, or to what somebody says yes to.
 *
 * @returns the run's allow-list
 * @throws LoadwrightError `ERR_ORIGIN_REFUSED`; `ERR_OPTION_INVALID` for an entry that cannot be read
 */
export async function checkOrigins({ hosts, allowedHosts, yes, users, confirm }: OriginsToCheck): Promise<string[]> {
  const origins = collectOrigins(hosts);
  const unknown = findRefused(origins, { allowsAll: yes, hosts: allowedHosts });
  if (unknown.length === 0) return [...allowedHosts];
  if (confirm === undefined) throw refuseOrigins(unknown, { inCode: true });
  const all = [...new Set([...allowedHosts, ...(await confirm(unknown, { users }))])];
  const refused = findRefused(origins, { allowsAll: false, hosts: all });
  if (refused.length > 0) throw refuseOrigins(refused, { inCode: false });
  return all;
}

function findRefused(origins: readonly URL[], rules: { allowsAll: boolean; hosts: readonly string[] }): URL[] {
  const allowed = new AllowedOrigins(rules);
  return origins.filter((origin) => !allowed.allows(origin));
}

/** Each origin once, without a path and without a password. */
function collectOrigins(hosts: readonly (string | undefined)[]): URL[] {
  const texts = hosts.filter((host) => host !== undefined).map((host) => new URL(host).origin);
  return [...new Set(texts)].map((text) => new URL(text));
}
