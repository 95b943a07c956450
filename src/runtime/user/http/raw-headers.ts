/**
 * Answer headers as they came: names and values in turn, as bytes. Most scenarios never look at them, so they stay bytes
 * until somebody does.
 */
export type RawHeaders = readonly Buffer[];

/** Whether a header's name is `name`, which is in lower case. Compares bytes: making text of each name is dear. */
export function isHeaderName(key: Buffer, name: string): boolean {
  if (key.length !== name.length) return false;
  for (let at = 0; at < name.length; at++) {
    const byte = key[at]!;
    if ((byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte) !== name.charCodeAt(at)) return false;
  }
  return true;
}

/** All values of a header; `name` in lower case. */
export function findHeaders(raw: RawHeaders, name: string): string[] {
  const values: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    if (isHeaderName(raw[at]!, name)) values.push(raw[at + 1]!.toString('latin1').trim());
  }
  return values;
}

/** The first value of a header; `name` in lower case. */
export function findHeader(raw: RawHeaders, name: string): string | undefined {
  for (let at = 0; at + 1 < raw.length; at += 2) {
    if (isHeaderName(raw[at]!, name)) return raw[at + 1]!.toString('latin1').trim();
  }
  return undefined;
}

export function hasHeader(raw: RawHeaders, name: string): boolean {
  for (let at = 0; at < raw.length; at += 2) if (isHeaderName(raw[at]!, name)) return true;
  return false;
}

export function toHeaders(raw: RawHeaders): Headers {
  const headers = new Headers();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    try {
      headers.append(raw[at]!.toString('latin1'), raw[at + 1]!.toString('latin1'));
    } catch {
      // A name or value that the standard forbids was let through by the parser; it has no place in `Headers`.
    }
  }
  return headers;
}
