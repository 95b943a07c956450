/** One entry of a `Server-Timing` header: `db;dur=12.5;desc="3 queries"`. */
export interface ServerTimingEntry {
  entry: string;
  /** In ms; undefined where it gives none, or one that is not a time. */
  durationMs: number | undefined;
  description: string | undefined;
}

/** Longer names and descriptions are cut: what a target sends is kept by name. */
const MOST_CHARACTERS = 100;
const MOST_DIGITS = 15;
const TAB = 9;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const DOT = 46;
const SEMICOLON = 59;
const EQUALS = 61;
const BACKSLASH = 92;

/** Characters of a token (RFC 9110, 5.6.2): 1 where they may be. */
const TOKEN = new Uint8Array(128);
for (const character of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  TOKEN[character.charCodeAt(0)] = 1;
}

/** Where the one parser stands: there is never more than one at work. */
let text = '';
let at = 0;

/**
 * Tells every entry of `Server-Timing` headers, several of them joined by commas, as they came in bytes (Latin-1). Never
 * throws: what is not an entry is passed over up to the next comma, what is not a parameter up to the next semicolon.
 *
 * @see https://www.w3.org/TR/server-timing/#the-server-timing-header-field
 */
export function parseServerTiming(header: string, tell: (entry: ServerTimingEntry) => void): void {
  text = header;
  at = 0;
  while (at < text.length) {
    skipBlanks();
    const entry = readToken();
    if (entry !== '') tell(readParameters({ entry: cut(entry), durationMs: undefined, description: undefined }));
    skipTo(COMMA, COMMA);
    at++;
  }
}

/** The number that a description begins with: 3 of `3 queries`. */
export function leadingNumber(description: string): number | undefined {
  let end = 0;
  while (isDigit(description.charCodeAt(end))) end++;
  if (end === 0 || end > MOST_DIGITS) return undefined;
  if (description.charCodeAt(end) === DOT && isDigit(description.charCodeAt(end + 1))) {
    end++;
    while (isDigit(description.charCodeAt(end)) && end <= MOST_DIGITS) end++;
  }
  return Number(description.slice(0, end));
}

/** The first parameter of a name holds (Server-Timing, 4). */
function readParameters(found: ServerTimingEntry): ServerTimingEntry {
  let hasDuration = false;
  for (;;) {
    skipTo(SEMICOLON, COMMA);
    if (text.charCodeAt(at) !== SEMICOLON) return found;
    at++;
    skipBlanks();
    const name = readToken();
    skipBlanks();
    if (text.charCodeAt(at) !== EQUALS) continue;
    at++;
    skipBlanks();
    const value = text.charCodeAt(at) === QUOTE ? readQuoted() : readToken();
    if (!hasDuration && isNamed(name, 'dur')) {
      hasDuration = true;
      found.durationMs = readDuration(value);
    } else if (found.description === undefined && isNamed(name, 'desc')) {
      found.description = cut(decode(value));
    }
  }
}

function readDuration(value: string): number | undefined {
  const durationMs = value === '' ? Number.NaN : Number(value);
  return durationMs >= 0 && durationMs < Number.POSITIVE_INFINITY ? durationMs : undefined;
}

function readToken(): string {
  const from = at;
  while (TOKEN[text.charCodeAt(at)] === 1) at++;
  return text.slice(from, at);
}

/** The text between quotes; one that never ends goes to the end. */
function readQuoted(): string {
  const from = ++at;
  let isEscaped = false;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) {
    if (text.charCodeAt(at) === BACKSLASH) {
      isEscaped = true;
      at++;
    }
    at++;
  }
  const value = text.slice(from, at);
  at++;
  return isEscaped ? value.replace(/\\(.?)/gs, '$1') : value;
}

/** Goes on to one of two characters, over quoted text. */
function skipTo(one: number, other: number): void {
  while (at < text.length) {
    const character = text.charCodeAt(at);
    if (character === one || character === other) return;
    if (character === QUOTE) readQuoted();
    else at++;
  }
}

function skipBlanks(): void {
  while (text.charCodeAt(at) === SPACE || text.charCodeAt(at) === TAB) at++;
}

function isNamed(name: string, wanted: string): boolean {
  return name === wanted || (name.length === wanted.length && name.toLowerCase() === wanted);
}

function isDigit(character: number): boolean {
  return character >= 48 && character <= 57;
}

function cut(value: string): string {
  return value.length > MOST_CHARACTERS ? `${value.slice(0, MOST_CHARACTERS - 1)}…` : value;
}

/** Descriptions should be ASCII; those that are not are UTF-8 nearly everywhere. */
function decode(value: string): string {
  for (let index = 0; index < value.length; index++) {
    if (value.charCodeAt(index) < 0x80) continue;
    const decoded = Buffer.from(value, 'latin1').toString('utf8');
    return decoded.includes('\ufffd') ? value : decoded;
  }
  return value;
}
