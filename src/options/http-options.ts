import type { OptionDefinition } from './option-definition.js';
import { parseAddresses } from './parse-addresses.js';
import {
  choice,
  duration,
  list,
  parseBoolean,
  parseByteCount,
  parseProxy,
  parseShare,
  wholeNumber,
} from './parse-value.js';
import type { OptionValues } from './resolved-options.js';

type HttpOptionName =
  | 'timeout'
  | 'connectTimeout'
  | 'headersTimeout'
  | 'maxRedirects'
  | 'maxBodyBytes'
  | 'connectionsPerUser'
  | 'connectionReuse'
  | 'transport'
  | 'insecure'
  | 'ca'
  | 'proxy'
  | 'localAddress'
  | 'dnsTtl'
  | 'dnsSelect'
  | 'trace';

const isRequestTimeout = true;

/** How requests are sent: the part of the option table that a scenario writes under `http`. */
export const HTTP_OPTIONS: { readonly [Name in HttpOptionName]: OptionDefinition<OptionValues[Name]> } = {
  timeout: {
    flag: 'timeout',
    group: 'Requests',
    kind: 'duration',
    default: 60_000,
    metavar: 'time',
    example: '30s',
    scriptPath: 'http.timeout',
    parse: duration({ allowZero: false, isRequestTimeout }),
    help: 'Longest time for a whole request.',
  },
  connectTimeout: {
    flag: 'connect-timeout',
    group: 'Requests',
    kind: 'duration',
    default: 10_000,
    metavar: 'time',
    example: '2s',
    scriptPath: 'http.connectTimeout',
    parse: duration({ allowZero: false, isRequestTimeout }),
    help: 'Longest time to open a connection, TLS included.',
  },
  headersTimeout: {
    flag: 'headers-timeout',
    group: 'Requests',
    kind: 'duration',
    default: 0,
    metavar: 'time',
    defaultText: '0: off',
    example: '5s',
    scriptPath: 'http.headersTimeout',
    parse: duration({ allowZero: true, isRequestTimeout }),
    help: 'Longest time until the headers of an answer have arrived.',
  },
  maxRedirects: {
    flag: 'max-redirects',
    group: 'Requests',
    kind: 'number',
    default: 10,
    metavar: 'number',
    example: '0',
    scriptPath: 'http.maxRedirects',
    parse: wholeNumber(0, 1_000),
    help: 'Redirects followed for one request; 0 follows none.',
  },
  maxBodyBytes: {
    flag: 'max-body-bytes',
    group: 'Requests',
    kind: 'size',
    default: 67_108_864,
    metavar: 'size',
    example: '64MiB',
    scriptPath: 'http.maxBodyBytes',
    parse: parseByteCount,
    help: 'Largest answer that is kept; a larger one fails its request.',
  },
  connectionsPerUser: {
    flag: 'connections-per-user',
    group: 'Requests',
    kind: 'number',
    default: 6,
    metavar: 'number',
    example: '6',
    scriptPath: 'http.connectionsPerUser',
    parse: wholeNumber(1, 1_024),
    help: 'Connections of one user while its requests overlap.',
  },
  connectionReuse: {
    flag: 'connection-reuse',
    group: 'Requests',
    kind: 'choice',
    default: 'user',
    metavar: 'how',
    example: 'user',
    scriptPath: 'http.connectionReuse',
    parse: choice(['user', 'iteration', 'none'] as const),
    help: 'How long a connection is kept: user, iteration or none.',
  },
  transport: {
    flag: 'transport',
    group: 'Requests',
    kind: 'choice',
    default: 'auto',
    metavar: 'which',
    example: 'undici',
    scriptPath: 'http.transport',
    parse: choice(['auto', 'undici'] as const),
    help: 'What carries requests: auto (bare sockets for plain HTTP, undici for the rest) or undici.',
  },
  insecure: {
    flag: 'insecure',
    group: 'Requests',
    kind: 'boolean',
    default: false,
    metavar: '',
    example: 'true',
    scriptPath: 'http.insecure',
    parse: parseBoolean,
    help: 'Accept any TLS certificate.',
  },
  ca: {
    flag: 'ca',
    group: 'Requests',
    kind: 'list',
    default: [],
    metavar: 'file',
    isRepeatable: true,
    defaultText: 'the built-in ones',
    example: 'company-ca.pem',
    scriptPath: 'http.ca',
    parse: list(/,/),
    help: 'PEM file of a certificate authority to trust as well.',
  },
  proxy: {
    flag: 'proxy',
    group: 'Requests',
    kind: 'text',
    default: undefined,
    metavar: 'url',
    defaultText: 'none',
    example: 'http://localhost:3128',
    scriptPath: 'http.proxy',
    parse: parseProxy,
    help: 'HTTP proxy that all requests go through.',
  },
  localAddress: {
    flag: 'local-address',
    group: 'Requests',
    kind: 'list',
    default: [],
    metavar: 'address',
    defaultText: "the system's choice",
    example: '127.0.0.2,127.0.0.3',
    isRepeatable: true,
    scriptPath: 'http.localAddress',
    parse: parseAddresses,
    help: 'Addresses of this machine that users connect from, in turn.',
  },
  dnsTtl: {
    flag: 'dns-ttl',
    group: 'Requests',
    kind: 'duration',
    default: 300_000,
    metavar: 'time',
    example: '5m',
    scriptPath: 'http.dnsTtl',
    parse: duration({ allowZero: true }),
    help: 'How long the addresses of a name are kept; 0 asks every time.',
  },
  dnsSelect: {
    flag: 'dns-select',
    group: 'Requests',
    kind: 'choice',
    default: 'first',
    metavar: 'how',
    example: 'roundRobin',
    scriptPath: 'http.dnsSelect',
    parse: choice(['first', 'random', 'roundRobin'] as const),
    help: 'Which of several addresses: first, random or roundRobin.',
  },
  trace: {
    flag: 'trace',
    group: 'Requests',
    kind: 'share',
    default: 0,
    metavar: 'share',
    defaultText: '0: no request',
    example: '10%',
    bareValue: '1',
    isNegatable: true,
    scriptPath: 'http.trace',
    parse: parseShare,
    help: 'Send a W3C traceparent with each request, or with a share of them (10% or 0.1), and list the slowest.',
  },
};
