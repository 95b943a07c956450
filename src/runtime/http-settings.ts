export interface DnsSettings {
  ttlMs: number;
  select: 'first' | 'random' | 'roundRobin';
}

/** How requests are carried: `auto` lets plain HTTP/1.1 go over bare sockets and everything else over undici. */
export type Transport = 'auto' | 'undici';

export interface HttpSettings {
  transport: Transport;
  timeoutMs: number;
  connectTimeoutMs: number;
  headersTimeoutMs: number;
  maxRedirects: number;
  maxBodyBytes: number;
  connectionsPerUser: number;
  connectionReuse: 'user' | 'iteration' | 'none';
  insecure: boolean;
  /** PEM text of certificate authorities to trust besides the built-in ones. */
  ca: string | undefined;
  proxy: string | undefined;
  /** Source addresses that users take in turn; none: the system chooses. */
  localAddresses?: readonly string[];
  /** A worker opens no more sockets at once, where files are short: the run needs some itself. */
  mostSockets?: number | undefined;
  dns: DnsSettings;
  /** Share of requests that get a `traceparent`, 0 to 1; absent: none. */
  traceShare?: number;
  /** Where requests may go besides this machine, as `parseAllowedHost` reads it. With neither of the two: anywhere. */
  allowedHosts?: string[];
  /** `--yes`: requests may go anywhere. */
  allowsAllHosts?: boolean;
}
