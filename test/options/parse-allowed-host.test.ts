import { describe, expect, it } from 'vitest';
import { parseAllowedHost, parseAllowedHosts } from '../../src/options/parse-allowed-host.js';

const ANY = { isWildcard: false, protocol: undefined, port: undefined };

describe('parseAllowedHost', () => {
  it.each([
    ['api.example.com', { hostname: 'api.example.com' }],
    [' API.Example.COM. ', { hostname: 'api.example.com' }],
    ['api.example.com:8443', { hostname: 'api.example.com', port: 8443 }],
    ['api.example.com:80', { hostname: 'api.example.com', port: 80 }],
    ['*.example.com', { hostname: 'example.com', isWildcard: true }],
    ['https://*.example.com:8443', { hostname: 'example.com', isWildcard: true, protocol: 'https:', port: 8443 }],
    ['https://api.example.com', { hostname: 'api.example.com', protocol: 'https:', port: 443 }],
    ['HTTP://api.example.com/', { hostname: 'api.example.com', protocol: 'http:', port: 80 }],
    ['10.0.0.5', { hostname: '10.0.0.5' }],
    ['10.0.0.5:80', { hostname: '10.0.0.5', port: 80 }],
    ['2001:DB8::5', { hostname: '[2001:db8::5]' }],
    ['[2001:db8::5]:8000', { hostname: '[2001:db8::5]', port: 8000 }],
    ['https://[2001:db8::5]', { hostname: '[2001:db8::5]', protocol: 'https:', port: 443 }],
    ['상품.test', { hostname: 'xn--hg4bs57a.test' }],
    ['xn--hg4bs57a.test', { hostname: 'xn--hg4bs57a.test' }],
    ['shop_1', { hostname: 'shop_1' }],
  ])('reads %s', (text, expected) => {
    expect(parseAllowedHost(text)).toEqual({ isValid: true, value: { ...ANY, ...expected } });
  });

  it.each([
    ['', 'names or addresses'],
    ['*', '--yes'],
    ['https://*', '--yes'],
    ['*.', 'names or addresses'],
    ['api.*.com', '* stands in front'],
    ['*api.example.com', '* stands in front'],
    ['*.*.example.com', '* stands in front'],
    ['*.10.0.0.5', 'not a range'],
    ['ftp://example.com', 'an http or https address'],
    ['8443', 'names or addresses'],
    ['example.com:0', 'names or addresses'],
    ['example.com:65536', 'names or addresses'],
    ['example.com:http', 'names or addresses'],
    ['exa mple.com', 'names or addresses'],
    ['exa\nmple.com', 'names or addresses'],
    ['[::1', 'names or addresses'],
    ['fe80::1%eth0', 'names or addresses'],
  ])('refuses %j', (text, must) => {
    expect(parseAllowedHost(text)).toEqual({ isValid: false, must: expect.stringContaining(must) });
  });

  it.each([
    ['https://api.example.com/v1', 'api.example.com'],
    ['api.example.com?x', 'api.example.com'],
    ['10.0.0.0/8', '10.0.0.0'],
    ['https://kim:geheim@api.example.com:8443', 'api.example.com:8443'],
    ['kim@api.example.com/x', 'api.example.com'],
  ])('tells what %s was meant to be', (text, meant) => {
    const parsed = parseAllowedHost(text);
    expect(parsed).toMatchObject({ isValid: false, meant });
    expect(JSON.stringify(parsed)).not.toContain('geheim');
  });
});

describe('parseAllowedHosts', () => {
  it('takes lists and text, each host once', () => {
    const value = ['a.test', '*.b.test'];
    expect(parseAllowedHosts(value)).toEqual({ isValid: true, value });
    expect(parseAllowedHosts(' a.test,*.b.test a.test')).toEqual({ isValid: true, value });
  });

  it.each([[[]], [''], [5], [['a.test', 5]], ['a.test, b.test/x']])('refuses %j', (raw) => {
    expect(parseAllowedHosts(raw).isValid).toBe(false);
  });
});
