import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { LoadwrightError } from '../../../errors.js';
import type { Clock } from '../../../metrics/clock.js';
import type { ConnectionCounts } from '../../../metrics/generator-health.js';
import type { Sample } from '../../../metrics/sample.js';
import type { HttpSettings } from '../../http-settings.js';
import { AllowedOrigins, refuseOrigins } from './allowed-origins.js';
import type { ConnectEnvironment } from './connect-socket.js';
import { DnsCache, type Lookup } from './dns-cache.js';
import type { HttpResponse } from './http-types.js';
import { InFlight } from './in-flight.js';
import { Origin } from './origin.js';
import { PathCache } from './path-cache.js';
import type { PreparedRequest } from './prepare-request.js';
import { SocketCount } from './socket-count.js';
import { createSources } from './source-addresses.js';
import { TraceSource } from './trace-source.js';
import { HeadPrefix } from './write-request.js';

/** Where requests are counted. */
export interface Recorder {
  begun(method: string, name: string): void;
  finished(sample: Sample): void;
  interrupted(method: string, name: string): void;
}

/** A finished exchange as `--debug` prints it. */
export interface ExchangeTrace {
  method: string;
  url: string;
  requestHeaders: readonly string[];
  requestBody: unknown;
  response: HttpResponse;
}

export interface HttpEngineOptions {
  settings: HttpSettings;
  recorder: Recorder;
  clock: Clock;
  /** Told of every finished exchange. */
  onTrace?: (trace: ExchangeTrace) => void;
  userAgent: string;
  /** Looks up names; the system's own way if not given. */
  lookup?: Lookup;
  /** Where requests may go; what the settings say if not given. */
  allowedOrigins?: AllowedOrigins;
  /** Told of the first request that was refused for where it would go, also if the scenario catches the error. */
  onOriginRefused?: (reason: string) => void;
}

/**
 * Of one shape from the start, its durations no whole numbers even before there are any: engines of a rehearsal and of a
 * run share compiled code, which would be thrown away as the run begins.
 */
class ReusedSample implements Sample {
  method = '';
  name = '';
  finishedAtMs = Number.NaN;
  serviceMs = Number.NaN;
  status = 0;
  error: string | undefined = undefined;
  bytesReceived = 0;
  bytesSent = 0;
  reconnects = 0;
  hops = 0;
  responseMs = Number.NaN;
  waitingMs: number | undefined = undefined;
  connectingMs: number | undefined = undefined;
  tlsMs: number | undefined = undefined;
  source: Sample['source'] = { load: '', user: '', group: undefined, labels: {} };
  labels: Sample['labels'] = undefined;
  serverTiming: string | undefined = undefined;
  traceId: string | undefined = undefined;
}

/** What all users of one worker share for HTTP: settings, names, deadlines, where requests are counted. */
export class HttpEngine {
  readonly settings: HttpSettings;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly inFlight: InFlight;
  /** One for each turn of source addresses; users share them by their place. */
  readonly environments: readonly ConnectEnvironment[];
  readonly #counts: ConnectionCounts = noConnections();
  readonly baseHeaders: readonly string[];
  /** One object for all samples: the recorder reads it before the next one is made. */
  readonly sample: Sample = new ReusedSample();
  /** Undefined: requests may go anywhere. */
  readonly allowedOrigins: AllowedOrigins | undefined;
  #onOriginRefused: ((reason: string) => void) | undefined;
  /** Undefined: no request is part of a trace. */
  readonly traces: TraceSource | undefined;
  readonly #onTrace: ((trace: ExchangeTrace) => void) | undefined;
  readonly paths = new PathCache();
  readonly #origins = new Map<string, URL>();
  #secureContext: SecureContext | undefined;
  /** Nearly all requests of a run go to one origin. */
  #lastPrefixed: URL | undefined;
  #lastPrefix: HeadPrefix | undefined;

  constructor(options: HttpEngineOptions) {
    this.settings = options.settings;
    this.recorder = options.recorder;
    this.clock = options.clock;
    this.allowedOrigins = options.allowedOrigins ?? AllowedOrigins.of(options.settings);
    this.#onOriginRefused = options.onOriginRefused;
    this.#onTrace = options.onTrace;
    const { traceShare = 0 } = options.settings;
    this.traces = traceShare > 0 ? new TraceSource(traceShare) : undefined;
    this.inFlight = new InFlight(options.clock);
    this.baseHeaders = ['user-agent', options.userAgent, 'accept', '*/*', 'accept-encoding', 'gzip, deflate, br'];
    const { localAddresses = [], mostSockets } = options.settings;
    const environment: Omit<ConnectEnvironment, 'pickSource' | 'hasSources'> = {
      dns: new DnsCache(options.settings.dns, options.clock, options.lookup),
      clock: options.clock,
      insecure: options.settings.insecure,
      secureContext: () => this.#createSecureContext(),
      proxy: options.settings.proxy === undefined ? undefined : new URL(options.settings.proxy),
      prefixFor: (origin) => this.#prefixFor(origin),
      sockets: mostSockets === undefined ? undefined : new SocketCount(mostSockets),
      counts: this.#counts,
    };
    this.environments = createSources(localAddresses).map((pickSource) => {
      return { ...environment, pickSource, hasSources: localAddresses.length > 0 };
    });
  }

  /** Connections opened since the last time. */
  takeConnections(): ConnectionCounts {
    const counts = { ...this.#counts };
    Object.assign(this.#counts, noConnections());
    return counts;
  }

  /** The parsed form of a host; the same object for all users. */
  originOf(host: string | undefined): URL | undefined {
    if (host === undefined) return undefined;
    let url = this.#origins.get(host);
    if (url === undefined) {
      url = parseHost(host);
      this.#origins.set(host, url);
    }
    return url;
  }

  /** @throws LoadwrightError `ERR_ORIGIN_REFUSED` for an origin that is neither local nor allowed */
  requireAllowed(origin: URL): void {
    if (this.allowedOrigins === undefined || this.allowedOrigins.allows(origin)) return;
    const onOriginRefused = this.#onOriginRefused;
    this.#onOriginRefused = undefined;
    onOriginRefused?.(
      `ERR_ORIGIN_REFUSED, ${origin.origin} is neither local nor allowed (try --allow-host ${origin.host})`,
    );
    throw refuseOrigins([origin], { inCode: false });
  }

  /** Tells a finished exchange to whoever wants to see them all. */
  trace({ method, headers, body }: PreparedRequest, response: HttpResponse): void {
    this.#onTrace?.({ method, url: response.url, requestHeaders: headers, requestBody: body, response });
  }

  #prefixFor(origin: URL): HeadPrefix {
    if (this.#lastPrefixed === origin) return this.#lastPrefix!;
    this.#lastPrefixed = origin;
    this.#lastPrefix = new HeadPrefix(origin.host, this.baseHeaders);
    return this.#lastPrefix;
  }

  #createSecureContext(): SecureContext {
    const { ca } = this.settings;
    this.#secureContext ??= createSecureContext(ca === undefined ? {} : { ca: [...rootCertificates, ca] });
    return this.#secureContext;
  }
}

function noConnections(): ConnectionCounts {
  return { opened: 0, tlsHandshakes: 0, tlsFailures: 0, tlsMs: 0 };
}

function parseHost(host: string): URL {
  const url = URL.canParse(host) ? new Origin(host) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new LoadwrightError('ERR_REQUEST_INVALID', {
    message: `A host must be an address such as http://localhost:8000, but the scenario gave "${host}".`,
  });
}
