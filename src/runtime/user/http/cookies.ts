import { createRequire } from 'node:module';
import type { CookieJar } from 'tough-cookie';
import { findHeaders, hasHeader, type RawHeaders } from './raw-headers.js';

const SET_COOKIE = 'set-cookie';

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
    for (const cookie of findHeaders(raw, SET_COOKIE)) {
      this.#jar ??= createJar();
      this.#jar.setCookieSync(cookie, url, { ignoreError: true });
    }
  }
}

export function setsCookies(raw: RawHeaders): boolean {
  return hasHeader(raw, SET_COOKIE);
}

/** Loaded when needed: most users of most tests have no cookies. */
function createJar(): CookieJar {
  const { CookieJar } = createRequire(import.meta.url)('tough-cookie') as typeof import('tough-cookie');
  return new CookieJar(undefined, { rejectPublicSuffixes: false, looseMode: true });
}
