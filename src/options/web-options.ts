import type { OptionDefinition } from './option-definition.js';
import { duration, parseBoolean, parseText, type ValueParser, wholeNumber } from './parse-value.js';
import type { OptionValues } from './resolved-options.js';

type WebOptionName = 'headless' | 'autostart' | 'autoquit' | 'webHost' | 'webPort' | 'webToken' | 'tlsCert' | 'tlsKey';

/** What `--web-token` is not shorter than: it guards who may put load on others. */
const SHORTEST_TOKEN = 16;
/** As it stands in a header and in an address, without being escaped. */
const TOKEN = new RegExp(`^[\\w.~+-]{${SHORTEST_TOKEN},256}$`);
/** A name or an address, not a URL. */
const HOST_NAME = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[?[0-9a-f:.]*:[0-9a-f:.]*\]?)$/i;

const parseToken: ValueParser<string> = (raw) =>
  typeof raw === 'string' && TOKEN.test(raw)
    ? { isValid: true, value: raw }
    : { isValid: false, must: `${SHORTEST_TOKEN} to 256 letters, digits and any of . _ ~ + -` };

const parseHostName: ValueParser<string> = (raw) => {
  const text = typeof raw === 'string' ? raw.trim() : '';
  return HOST_NAME.test(text)
    ? { isValid: true, value: text.replace(/^\[(.*)\]$/, '$1') }
    : { isValid: false, must: 'a name or an address of this machine, without a port' };
};

/** Whether there is a page, where it is served, and who may open it: a part of the option table. */
export const WEB_OPTIONS: { readonly [Name in WebOptionName]: OptionDefinition<OptionValues[Name]> } = {
  headless: {
    flag: 'headless',
    group: 'Page',
    kind: 'boolean',
    default: false,
    metavar: '',
    defaultText: 'only where there is no terminal',
    example: 'true',
    parse: parseBoolean,
    help: 'No web page: start at once.',
  },
  autostart: {
    flag: 'autostart',
    group: 'Page',
    kind: 'boolean',
    default: false,
    metavar: '',
    example: 'true',
    parse: parseBoolean,
    help: 'Serve the page, and start at once.',
  },
  autoquit: {
    flag: 'autoquit',
    group: 'Page',
    kind: 'duration',
    default: undefined,
    metavar: '[time]',
    defaultText: 'the page stays',
    example: '5s',
    bareValue: '0s',
    parse: duration({ allowZero: true }),
    help: 'End so long after a run has ended; without a time, at once.',
  },
  webHost: {
    flag: 'web-host',
    group: 'Page',
    kind: 'text',
    default: '127.0.0.1',
    metavar: 'name',
    example: '0.0.0.0',
    parse: parseHostName,
    help: 'Address the page is served on; any but loopback asks for a token.',
  },
  webPort: {
    flag: 'web-port',
    short: 'P',
    group: 'Page',
    kind: 'number',
    default: 8089,
    metavar: 'number',
    example: '8090',
    parse: wholeNumber(0, 65_535),
    help: 'Port of the page; 0 is any that is free.',
  },
  webToken: {
    flag: 'web-token',
    group: 'Page',
    kind: 'text',
    default: undefined,
    metavar: 'text',
    defaultText: 'none on loopback, drawn elsewhere',
    example: 'correct-horse-battery',
    isSecret: true,
    parse: parseToken,
    help: 'Who opens the page has to know this.',
  },
  tlsCert: {
    flag: 'tls-cert',
    group: 'Page',
    kind: 'text',
    default: undefined,
    metavar: 'file',
    defaultText: 'plain HTTP',
    example: 'page.cert.pem',
    parse: parseText,
    help: 'Certificate of the page (PEM), for HTTPS.',
  },
  tlsKey: {
    flag: 'tls-key',
    group: 'Page',
    kind: 'text',
    default: undefined,
    metavar: 'file',
    defaultText: 'plain HTTP',
    example: 'page.key.pem',
    parse: parseText,
    help: 'Private key of that certificate (PEM).',
  },
};
