/** What a path in a scenario becomes: what is sent, and what it is counted under. */
export interface KnownPath {
  path: string;
  name: string;
}

/** A scenario has a few paths of its own; those with numbers of things in them would be ever more. */
const MOST_PATHS = 1000;

/** Paths that scenarios ask for again and again, looked through once. */
export class PathCache {
  readonly #byPrefix = new Map<string, Map<string, KnownPath>>();
  #lastPrefix = '';
  #last: Map<string, KnownPath> = this.#pathsBehind('');
  #count = 0;

  /** `prefix` is what the host has before each path. */
  find(prefix: string, text: string): KnownPath {
    if (prefix !== this.#lastPrefix) {
      this.#lastPrefix = prefix;
      this.#last = this.#pathsBehind(prefix);
    }
    const known = this.#last.get(text);
    if (known !== undefined) return known;
    if (this.#count >= MOST_PATHS) return read(prefix, text);
    this.#count++;
    // A path that was cut out of a page would keep the page alive.
    const copy = Buffer.from(text).toString();
    const found = read(prefix, copy);
    this.#last.set(copy, found);
    return found;
  }

  #pathsBehind(prefix: string): Map<string, KnownPath> {
    let paths = this.#byPrefix.get(prefix);
    if (paths === undefined) {
      paths = new Map();
      this.#byPrefix.set(prefix, paths);
    }
    return paths;
  }
}

function read(prefix: string, text: string): KnownPath {
  return { path: encodePath(prefix + text), name: nameOf(text) };
}

/** What a path is counted under if nobody says. */
export function nameOf(path: string): string {
  const end = path.search(/[?#]/);
  return end < 0 ? path : path.slice(0, end);
}

/** Paths are ASCII on the wire; most already are. */
export function encodePath(path: string): string {
  if (!/[^\x21-\x7e]|#/.test(path)) return path;
  const url = new URL(path, 'http://path.invalid');
  return url.pathname + url.search;
}
