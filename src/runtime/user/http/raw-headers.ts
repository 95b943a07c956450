/** Names that are looked for in every answer, and whether a head has them: bits of `RawHeaders.marks`. */
export const MARKS = {
  'set-cookie': 1,
  'content-encoding': 2,
  'content-type': 4,
  location: 8,
  'server-timing': 16,
} as const;

/**
 * Answer headers as they came. Most scenarios never look at them, so they stay bytes until somebody does, and what is
 * asked of every answer is known without looking.
 */
export interface RawHeaders {
  /** Which names of `MARKS` are there. */
  readonly marks: number;
  /** Length of the `content-type`, which is looked at in every answer that is read as text; 0 without one. */
  readonly typeLength: number;
  /** Names and values in turn. */
  list(): readonly Buffer[];
  /** The values of a header, whose name is in lower case. */
  valuesOf(name: string): string[];
}

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
export class LazyHeaders implements RawHeaders {
  readonly marks: number;
  readonly typeLength: number;
  readonly #bytes: Buffer;
  readonly #end: number;
  #list: Buffer[] | undefined;

  /** `bytes` begin with a head that was checked. */
  constructor(bytes: Buffer, { end, marks, typeLength }: HeadMarks) {
    this.#bytes = bytes;
    this.#end = end;
    this.marks = marks;
    this.typeLength = typeLength;
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

/** Headers as undici's parser gives them, names and values in turn, gone through once. */
export class HeaderList implements RawHeaders {
  readonly marks: number;
  readonly typeLength: number;
  readonly #list: readonly Buffer[];

  constructor(list: readonly Buffer[]) {
    let marks = 0;
    let typeLength = 0;
    for (let at = 0; at + 1 < list.length; at += 2) {
      const mark = markOf(list[at]!);
      if (mark === MARKS['content-type'] && typeLength === 0) typeLength = list[at + 1]!.length;
      marks |= mark;
    }
    this.#list = list;
    this.marks = marks;
    this.typeLength = typeLength;
  }

  valuesOf(name: string): string[] {
    const list = this.#list;
    const values: string[] = [];
    for (let at = 0; at + 1 < list.length; at += 2) {
      if (isHeaderName(list[at]!, name)) values.push(list[at + 1]!.toString('latin1').trim());
    }
    return values;
  }

  list(): readonly Buffer[] {
    return this.#list;
  }
}

/** What connections give: a head that was looked through, or undici's names and values in turn. */
export type GivenHeaders = LazyHeaders | readonly Buffer[];

export const NO_HEADERS: RawHeaders = new HeaderList([]);

/** Lengths tell most names apart. */
function markOf(key: Buffer): number {
  switch (key.length) {
    case 8:
      return isNameAt(key, 0, 'location') ? MARKS.location : 0;
    case 10:
      return isNameAt(key, 0, 'set-cookie') ? MARKS['set-cookie'] : 0;
    case 12:
      return isNameAt(key, 0, 'content-type') ? MARKS['content-type'] : 0;
    case 13:
      return isNameAt(key, 0, 'server-timing') ? MARKS['server-timing'] : 0;
    case 16:
      return isNameAt(key, 0, 'content-encoding') ? MARKS['content-encoding'] : 0;
    default:
      return 0;
  }
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

/** The first value of a header; `name` in lower case. */
export function findHeader(raw: RawHeaders, name: string): string | undefined {
  return raw.valuesOf(name)[0];
}

/** What the answer says in `Server-Timing`, several headers joined; undefined without any. */
export function serverTimingOf(raw: RawHeaders): string | undefined {
  return (raw.marks & MARKS['server-timing']) === 0 ? undefined : raw.valuesOf('server-timing').join(', ');
}

export function toHeaders(raw: RawHeaders): Headers {
  const list = raw.list();
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
