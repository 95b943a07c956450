import { isIP } from 'node:net';
import type { Parsed, ValueParser } from './parse-value.js';

/** One entry of `allowedHosts`, taken apart. Names are in lower case and ASCII, as `URL.hostname` has them. */
export interface AllowedHost {
  hostname: string;
  /** `*.example.com`: every name below it, and not the name itself. */
  isWildcard: boolean;
  /** Absent: any. */
  protocol: 'http:' | 'https:' | undefined;
  /** Absent: any. */
  port: number | undefined;
}

const DEFAULT_PORTS = { 'http:': 80, 'https:': 443 } as const;

/**
 * Reads an entry of `allowedHosts`: `api.example.com` and `10.0.0.5` are that host whatever the port,
 * `api.example.com:8443` is that port alone, `*.example.com` is all names below it, `https://api.example.com` is that
 * origin alone.
 */
export function parseAllowedHost(text: string): Parsed<AllowedHost> {
  const [, scheme, rest = ''] = /^(?:([a-z][a-z0-9+.-]*:)\/\/)?(.*)$/is.exec(text.trim())!;
  const protocol = scheme?.toLowerCase();
  if (protocol !== undefined && !isHttp(protocol)) return refuse('an http or https address, or a name without either');
  const authority = rest.replace(/\/$/, '');
  if (authority === '*') return refuse('hosts by name: only --yes allows every host there is');
  if (/[/?#\\]/.test(authority)) return refuse('hosts without a path: a host is allowed as a whole', authority);
  if (authority.includes('@')) return refuse('hosts without a user name', authority);
  const parts = splitAuthority(authority);
  if (parts === undefined) return refuse('names or addresses, as in api.example.com, 10.0.0.5:8080 or *.example.com');
  const { hostname, isWildcard } = parts;
  if (hostname.includes('*')) return refuse('names whose * stands in front, as in *.example.com');
  if (isWildcard && isIP(hostname.replace(/^\[|\]$/g, '')) !== 0)
    return refuse('one address each, not a range of them');
  const port = parts.port ?? (protocol === undefined ? undefined : DEFAULT_PORTS[protocol]);
  return { isValid: true, value: { hostname, isWildcard, protocol, port } };
}

/** A list of entries as an option has it: an array, or text with commas or blanks in between. */
export const parseAllowedHosts: ValueParser<string[]> = (raw) => {
  const given: unknown[] = Array.isArray(raw) ? raw : [raw];
  if (!given.every((part) => typeof part === 'string')) return refuse('text or a list of texts');
  const entries = given.flatMap((part) => part.split(/[\s,]+/)).filter((entry) => entry !== '');
  if (entries.length === 0) return refuse('a list that is not empty');
  for (const entry of entries) {
    const parsed = parseAllowedHost(entry);
    if (!parsed.isValid) return parsed;
  }
  return { isValid: true, value: [...new Set(entries)] };
};

/** A name as it is compared: the dot that ends it says nothing. */
export function normaliseHostname(hostname: string): string {
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
}

interface Authority {
  hostname: string;
  isWildcard: boolean;
  port: number | undefined;
}

function splitAuthority(text: string): Authority | undefined {
  const isWildcard = text.startsWith('*.');
  const written = isWildcard ? text.slice(2) : text;
  const [, host, digits] =
    /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(isIP(written) === 6 ? `[${written}]` : written) ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  // `URL` takes out blanks, and makes an address of a number: of what was meant as a port, for one.
  if (host === undefined || host === '' || /\s/.test(host) || /^\d+$/.test(host)) return undefined;
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  const url = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : undefined;
  const hostname = normaliseHostname(url?.hostname ?? '');
  return hostname === '' || hostname.startsWith('.') ? undefined : { hostname, isWildcard, port };
}

function isHttp(protocol: string): protocol is keyof typeof DEFAULT_PORTS {
  return protocol in DEFAULT_PORTS;
}

/** `found`: of what stands there, the host is what was meant. */
function refuse(must: string, found = ''): Parsed<never> {
  const host = /^(?:[^/?#\\]*@)?([^/?#\\@]+)/.exec(found)?.[1];
  return { isValid: false, must, ...(host === undefined ? {} : { meant: host }) };
}
