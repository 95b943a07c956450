import { createRequire } from 'node:module';
import type { CookieJar } from 'tough-cookie';
import { MARKS, type RawHeaders } from './raw-headers.js';

type ToughCookie = typeof import('tough-cookie');

let toughCookie: ToughCookie | undefined;

/** One user's cookies. The jar, and the library behind it, come with the first `set-cookie`. */
export class Cookies {
  #jar: CookieJar | undefined;

  /** The `cookie` header for a URL, or undefined. */
  headerFor(url: string): string | undefined {
    return this.#jar?.getCookieStringSync(url) || undefined;
  }

  get isEmpty(): boolean {
    return this.#jar === undefined;
  }

  /** Keeps what an answer from `url` set; what no browser would accept is left out. */
  store(raw: RawHeaders, url: string): void {
    toughCookie ??= createRequire(import.meta.url)('tough-cookie') as ToughCookie;
    const { Cookie, CookieJar } = toughCookie;
    for (const text of raw.valuesOf('set-cookie')) {
      const cookie = Cookie.parse(text, { loose: true });
      if (cookie === undefined) continue;
      // The jar would count `Max-Age` from the last use, so that a cookie in use never expired (RFC 6265, 5.2.2).
      if (typeof cookie.maxAge === 'number' && cookie.maxAge > 0) {
        cookie.expires = new Date(Date.now() + cookie.maxAge * 1000);
        cookie.maxAge = null;
      }
      this.#jar ??= new CookieJar(undefined, { rejectPublicSuffixes: false, looseMode: true });
      this.#jar.setCookieSync(cookie, url, { ignoreError: true });
    }
  }
}

export function setsCookies(raw: RawHeaders): boolean {
  return (raw.marks & MARKS['set-cookie']) !== 0;
}
