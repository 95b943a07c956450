import { describe, expect, it } from 'vitest';
import { AllowedOrigins, refuseOrigins } from '../../../../src/runtime/user/http/allowed-origins.js';
import { HTTP_SETTINGS } from '../../../support/http-harness.js';

function allows(origin: string, hosts: string[] = [], allowsAll = false): boolean {
  return new AllowedOrigins({ allowsAll, hosts }).allows(new URL(origin));
}

describe('what is local', () => {
  it.each([
    'http://localhost:8000',
    'https://LOCALHOST',
    'http://localhost.',
    'http://shop.localhost:1',
    'http://a.b.localhost',
    'http://127.0.0.1',
    'http://127.0.0.1.',
    'http://127.255.255.254:80',
    'http://127.1',
    'http://0x7f.1',
    'http://2130706433',
    'http://0.0.0.0:8000',
    'http://[::1]:8000',
    'http://[0:0:0:0:0:0:0:1]',
    'http://[::]',
    'http://[::ffff:127.0.0.1]',
    'https://[::ffff:7f12:3456]',
    'http://[::ffff:0.0.0.0]',
  ])('%s is', (origin) => {
    expect(allows(origin)).toBe(true);
  });

  it.each([
    'http://evil-localhost.com',
    'http://evillocalhost',
    'http://localhost.example.com',
    'http://localhost.com',
    'http://.localhost..',
    'http://127.0.0.1.example.com',
    'http://127.example.com',
    'http://126.255.255.255',
    'http://128.0.0.1',
    'http://0.0.0.1',
    'http://10.0.0.5',
    'http://172.16.0.1',
    'http://192.168.1.1',
    'http://169.254.169.254',
    'http://[::2]',
    'http://[::ffff:10.0.0.5]',
    'http://[::ffff:128.0.0.1]',
    'http://[1::ffff:7f00:1]',
    'http://[fe80::1]',
    'http://[7f00::1]',
    'https://example.com',
    'http://localhost:pw@example.com',
    'http://localhost@example.com',
  ])('%s is not', (origin) => {
    expect(allows(origin)).toBe(false);
  });
});

describe('what is allowed by name', () => {
  it.each<[string, string, boolean]>([
    ['api.example.com', 'https://api.example.com', true],
    ['api.example.com', 'http://API.example.com.:8080', true],
    ['api.example.com', 'https://example.com', false],
    ['api.example.com', 'https://x.api.example.com', false],
    ['api.example.com', 'https://api.example.com.evil.test', false],
    ['api.example.com', 'https://evil-api.example.com', false],
    ['API.Example.com', 'https://api.example.com', true],
    ['api.example.com:8443', 'https://api.example.com:8443', true],
    ['api.example.com:8443', 'http://api.example.com:8443', true],
    ['api.example.com:8443', 'https://api.example.com', false],
    ['api.example.com:443', 'https://api.example.com', true],
    ['api.example.com:443', 'http://api.example.com', false],
    ['api.example.com:80', 'http://api.example.com', true],
    ['*.example.com', 'https://api.example.com', true],
    ['*.example.com', 'https://a.b.example.com:8443', true],
    ['*.example.com', 'https://example.com', false],
    ['*.example.com', 'https://evilexample.com', false],
    ['*.example.com:8443', 'https://api.example.com', false],
    ['https://api.example.com', 'https://api.example.com:443', true],
    ['https://api.example.com', 'http://api.example.com', false],
    ['https://api.example.com', 'https://api.example.com:8443', false],
    ['https://*.example.com', 'https://api.example.com', true],
    ['10.0.0.5', 'http://10.0.0.5:8000', true],
    ['10.0.0.5', 'http://10.0.0.50', false],
    ['10.0.0.5', 'http://10.0.0.5.example.com', false],
    ['2001:db8::5', 'http://[2001:DB8:0::5]:8000', true],
    ['[2001:db8::5]:80', 'http://[2001:db8::5]:8000', false],
    ['상품.test', 'https://상품.test', true],
    ['xn--hg4bs57a.test', 'https://상품.test', true],
    ['*.상품.test', 'https://API.상품.test', true],
    ['상품.test', 'https://상폼.test', false],
  ])('%s and %s: %s', (host, origin, expected) => {
    expect(allows(origin, ['other.test', host])).toBe(expected);
  });

  it('is everything with allowsAll', () => {
    expect(allows('https://example.com', [], true)).toBe(true);
  });

  it('says which host it cannot read, without a password', () => {
    const create = (host: string) => () => new AllowedOrigins({ allowsAll: false, hosts: [host] });
    expect(create('api.*.com')).toThrow(/"allowedHosts" must be names whose \* .*, but it holds "api\.\*\.com"/);
    expect(create('https://kim:geheim@a.test')).toThrow(/without a user name/);
    expect(create('https://kim:geheim@a.test')).not.toThrow(/geheim/);
    expect(create('a.test/x')).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION_INVALID', hint: "allowedHosts: ['a.test']" }),
    );
  });
});

describe('AllowedOrigins', () => {
  it('keeps several origins apart however they take turns', () => {
    const allowed = new AllowedOrigins({ allowsAll: false, hosts: ['a.test'] });
    const [local, named, refused] = ['http://localhost', 'http://a.test', 'http://b.test'].map((text) => new URL(text));
    for (let round = 0; round < 3; round++) {
      expect([local, named, refused, refused, named].map((origin) => allowed.allows(origin!))).toEqual([
        true,
        true,
        false,
        false,
        true,
      ]);
    }
  });

  it('comes from the settings of a worker, which without rules allow everything', () => {
    const origin = new URL('https://a.test');
    expect(AllowedOrigins.of(HTTP_SETTINGS)).toBeUndefined();
    expect(AllowedOrigins.of({ ...HTTP_SETTINGS, allowsAllHosts: true })?.allows(origin)).toBe(true);
    expect(AllowedOrigins.of({ ...HTTP_SETTINGS, allowsAllHosts: false })?.allows(origin)).toBe(false);
    expect(AllowedOrigins.of({ ...HTTP_SETTINGS, allowedHosts: [] })?.allows(origin)).toBe(false);
    expect(AllowedOrigins.of({ ...HTTP_SETTINGS, allowedHosts: ['a.test'] })?.allows(origin)).toBe(true);
  });
});

describe('refuseOrigins', () => {
  const origins = ['https://a.test:8443', 'http://10.0.0.5'].map((text) => new URL(text));

  it('says what is refused, and what to type', () => {
    const error = refuseOrigins(origins.slice(0, 1), { inCode: false });
    expect(error).toMatchObject({ code: 'ERR_ORIGIN_REFUSED', exitCode: 2 });
    expect(error.message).toBe(
      'https://a.test:8443 is neither on this machine nor allowed, so nothing was sent to it.',
    );
    expect(error.hint).toBe("--allow-host a.test:8443   or   allowedHosts: ['a.test:8443'] in defineTest   or   --yes");
  });

  it('speaks of several, and to code', () => {
    const error = refuseOrigins(origins, { inCode: true });
    expect(error.message).toMatch(/^https:\/\/a\.test:8443 and http:\/\/10\.0\.0\.5 are neither .* to them\.$/);
    expect(error.hint).toBe("allowedHosts: ['a.test:8443', '10.0.0.5']   or   yes: true   in run({ … })");
  });
});
