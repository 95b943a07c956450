/**
 * Answer headers as they came: names and values in turn, as bytes. Most scenarios never look at them, so they stay bytes
 * until somebody does.
 */
export type RawHeaders = readonly Buffer[];

/** All values of a header; `name` in lower case. */
export function findHeaders(raw: RawHeaders, name: string): string[] {
  const values: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const key = raw[at]!;
    if (key.length === name.length && key.toString('latin1').toLowerCase() === name) {
      values.push(raw[at + 1]!.toString('latin1').trim());
    }
  }
  return values;
}

export function findHeader(raw: RawHeaders, name: string): string | undefined {
  return findHeaders(raw, name)[0];
}

/** True if any header's name is this long: a cheap way to see that a header cannot be there. */
export function hasNameOfLength(raw: RawHeaders, length: number): boolean {
  for (let at = 0; at < raw.length; at += 2) if (raw[at]!.length === length) return true;
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
