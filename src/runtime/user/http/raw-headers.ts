/** Names that are looked for in every answer, and whether a head has them: bits of `LazyHeaders.marks`. */
export const MARKS: Readonly<Record<string, number>> = {
  'set-cookie': 1,
  'content-encoding': 2,
  'content-type': 4,
  location: 8,
  'server-timing': 16,
};

const SERVER_TIMING = 'server-timing';
const CR = 13;
const COLON = 58;
const SPACE = 32;
const TAB = 9;

export interface HeadMarks {
  /** Where the head ends, with its empty line. */
  end: number;
  marks: number;
  typeLength: number;
}

/** A whole head as it came, which is only taken apart when somebody looks. */
export class LazyHeaders {
  readonly #bytes: Buffer;
  readonly #end: number;
  readonly #marks: number;
  /** Length of the `content-type`, which is looked at in every answer that is read as text. */
  readonly typeLength: number;
  #list: Buffer[] | undefined;

  /** `bytes` begin with a head that was checked. */
  constructor(bytes: Buffer, { end, marks, typeLength }: HeadMarks) {
    this.#bytes = bytes;
    this.#end = end;
    this.#marks = marks;
    this.typeLength = typeLength;
  }

  /** True if a name is not there, for the few names that are marked. */
  lacks(name: string): boolean {
    const mark = MARKS[name];
    return mark !== undefined && (this.#marks & mark) === 0;
  }

  /** The values of a header, without taking the rest apart. */
  valuesOf(name: string): string[] {
    const values: string[] = [];
    const bytes = this.#bytes;
    for (let at = bytes.indexOf(CR) + 2; bytes[at] !== CR && at < this.#end; ) {
      const end = bytes.indexOf(CR, at);
      const colon = at + name.length;
      if (bytes[colon] === COLON && isNameAt(bytes, at, name)) {
        values.push(bytes.toString('latin1', colon + 1, end).trim());
      }
      at = end + 2;
    }
    return values;
  }

  list(): Buffer[] {
    this.#list ??= this.#split();
    return this.#list;
  }

  #split(): Buffer[] {
    const bytes = this.#bytes;
    const list: Buffer[] = [];
    let at = bytes.indexOf(CR) + 2;
    while (bytes[at] !== CR && at < this.#end) {
      const colon = bytes.indexOf(COLON, at);
      const end = bytes.indexOf(CR, colon);
      let from = colon + 1;
      while (from < end && (bytes[from] === SPACE || bytes[from] === TAB)) from++;
      list.push(bytes.subarray(at, colon), bytes.subarray(from, end));
      at = end + 2;
    }
    return list;
  }
}

/**
 * Answer headers as they came: names and values in turn, as bytes. Most scenarios never look at them, so they stay bytes
 * until somebody does.
 */
export type RawHeaders = readonly Buffer[] | LazyHeaders;

const NONE: readonly Buffer[] = [];

/** The headers among which a name may be; `name` in lower case. */
function listFor(raw: RawHeaders, name: string): readonly Buffer[] {
  if (!(raw instanceof LazyHeaders)) return raw;
  return raw.lacks(name) ? NONE : raw.list();
}

/** Whether a header's name is `name`, which is in lower case. Compares bytes: making text of each name is dear. */
function isHeaderName(key: Buffer, name: string): boolean {
  return key.length === name.length && isNameAt(key, 0, name);
}

function isNameAt(bytes: Buffer, from: number, name: string): boolean {
  for (let at = 0; at < name.length; at++) {
    const byte = bytes[from + at]!;
    if ((byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte) !== name.charCodeAt(at)) return false;
  }
  return true;
}

/** All values of a header; `name` in lower case. */
export function findHeaders(raw: RawHeaders, name: string): string[] {
  const list = listFor(raw, name);
  const values: string[] = [];
  for (let at = 0; at + 1 < list.length; at += 2) {
    if (isHeaderName(list[at]!, name)) values.push(list[at + 1]!.toString('latin1').trim());
  }
  return values;
}

/** The first value of a header, as it came; `name` in lower case. */
function findRawHeader(raw: RawHeaders, name: string): Buffer | undefined {
  const list = listFor(raw, name);
  for (let at = 0; at + 1 < list.length; at += 2) if (isHeaderName(list[at]!, name)) return list[at + 1]!;
  return undefined;
}

/** The first value of a header; `name` in lower case. */
export function findHeader(raw: RawHeaders, name: string): string | undefined {
  return findRawHeader(raw, name)?.toString('latin1').trim();
}

/** What the answer says in `Server-Timing`, several headers joined; undefined without any. */
export function serverTimingOf(raw: RawHeaders): string | undefined {
  if (raw instanceof LazyHeaders) {
    return raw.lacks(SERVER_TIMING) ? undefined : raw.valuesOf(SERVER_TIMING).join(', ');
  }
  return hasHeader(raw, SERVER_TIMING) ? findHeaders(raw, SERVER_TIMING).join(', ') : undefined;
}

/** How long the `content-type` is; 0 without one. */
export function contentTypeLength(raw: RawHeaders): number {
  return raw instanceof LazyHeaders ? raw.typeLength : (findRawHeader(raw, 'content-type')?.length ?? 0);
}

export function hasHeader(raw: RawHeaders, name: string): boolean {
  return findRawHeader(raw, name) !== undefined;
}

export function toHeaders(raw: RawHeaders): Headers {
  const list = raw instanceof LazyHeaders ? raw.list() : raw;
  const headers = new Headers();
  for (let at = 0; at + 1 < list.length; at += 2) {
    try {
      headers.append(list[at]!.toString('latin1'), list[at + 1]!.toString('latin1'));
    } catch {
      // A name or value that the standard forbids was let through by the parser; it has no place in `Headers`.
    }
  }
  return headers;
}
