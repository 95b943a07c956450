import { isIPv4 } from 'node:net';
import { LoadwrightError } from '../../../errors.js';
import { type AllowedHost, normaliseHostname, parseAllowedHost } from '../../../options/parse-allowed-host.js';
import type { HttpSettings } from '../../http-settings.js';

export interface AllowedOriginRules {
  /** `--yes`: every origin there is. */
  allowsAll: boolean;
  /** `allowedHosts`, in the forms that `parseAllowedHost` reads. */
  hosts: readonly string[];
  /** True if not given. Tests have no other origins than local ones. */
  localIsAllowed?: boolean;
}

/**
 * Where requests may go: to this machine, and to what was allowed by name. A scenario that is pointed at the wrong
 * server, or a redirect that leaves the tested system, would otherwise put load on somebody who never agreed to it.
 *
 * Private networks (10.0.0.0/8, 192.168.0.0/16) are not this machine: others work there.
 */
export class AllowedOrigins {
  readonly #allowsAll: boolean;
  readonly #localIsAllowed: boolean;
  readonly #hosts: readonly AllowedHost[];
  readonly #verdicts = new WeakMap<URL, boolean>();
  #lastAllowed: URL | undefined;

  /** @throws LoadwrightError `ERR_OPTION_INVALID` for a host that cannot be read */
  constructor({ allowsAll, hosts, localIsAllowed = true }: AllowedOriginRules) {
    this.#allowsAll = allowsAll;
    this.#localIsAllowed = localIsAllowed;
    this.#hosts = hosts.map(readAllowedHost);
  }

  /** The rules a worker was sent; without any, everything is allowed. */
  static of({ allowsAllHosts, allowedHosts }: HttpSettings): AllowedOrigins | undefined {
    if (allowsAllHosts === undefined && allowedHosts === undefined) return undefined;
    return new AllowedOrigins({ allowsAll: allowsAllHosts === true, hosts: allowedHosts ?? [] });
  }

  /** Origins are the same objects all the time, and nearly always the last one: asked for every request. */
  allows(origin: URL): boolean {
    if (origin === this.#lastAllowed) return true;
    let isAllowed = this.#verdicts.get(origin);
    if (isAllowed === undefined) {
      isAllowed = this.#judge(origin);
      this.#verdicts.set(origin, isAllowed);
    }
    if (isAllowed) this.#lastAllowed = origin;
    return isAllowed;
  }

  #judge(origin: URL): boolean {
    if (this.#allowsAll || (this.#localIsAllowed && isLocal(origin))) return true;
    return this.#hosts.some((host) => matches(host, origin));
  }
}

/** Whether an origin is this very machine, by name or address. */
export function isLocal({ hostname }: URL): boolean {
  const name = normaliseHostname(hostname);
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  // `URL` writes every form of an address in one way: 127.1 as 127.0.0.1, [::ffff:127.0.0.1] as [::ffff:7f00:1].
  if (isIPv4(name)) return name.startsWith('127.') || name === '0.0.0.0';
  return /^\[::1?\]$|^\[::ffff:(?:7f[0-9a-f]{2}:[0-9a-f]{1,4}|0:0)\]$/.test(name);
}

/** The refusal of origins that are neither local nor allowed. `inCode`: the run was started by `run()`. */
export function refuseOrigins(origins: readonly URL[], { inCode }: { inCode: boolean }): LoadwrightError {
  const names = origins.map(({ origin }) => origin);
  const list = names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  const [verb, them] = names.length === 1 ? ['is', 'it'] : ['are', 'them'];
  const hosts = origins.map(({ host }) => host);
  const asList = `allowedHosts: [${hosts.map((host) => `'${host}'`).join(', ')}]`;
  const flags = hosts.map((host) => `--allow-host ${host}`).join(' ');
  return new LoadwrightError('ERR_ORIGIN_REFUSED', {
    message: `${list} ${verb} neither on this machine nor allowed, so nothing was sent to ${them}.`,
    hint: inCode
      ? `${asList}   or   yes: true   in run({ … })`
      : `${flags}   or   ${asList} in defineTest   or   --yes`,
  });
}

function readAllowedHost(text: string): AllowedHost {
  const parsed = parseAllowedHost(text);
  if (parsed.isValid) return parsed.value;
  throw new LoadwrightError('ERR_OPTION_INVALID', {
    message: `"allowedHosts" must be ${parsed.must}, but it holds "${text.replace(/[^/\s]*@/g, '***@')}".`,
    ...(parsed.meant === undefined ? {} : { hint: `allowedHosts: ['${parsed.meant}']` }),
  });
}

function matches(allowed: AllowedHost, origin: URL): boolean {
  if (allowed.protocol !== undefined && allowed.protocol !== origin.protocol) return false;
  if (allowed.port !== undefined && allowed.port !== readPort(origin)) return false;
  const hostname = normaliseHostname(origin.hostname);
  return allowed.isWildcard ? hostname.endsWith(`.${allowed.hostname}`) : hostname === allowed.hostname;
}

function readPort({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}
