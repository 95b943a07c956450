/** Reads comma-separated text as RFC 4180 has it, and throws on anything else: records end with CRLF, the last too. */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at < text.length) {
    const { cell, end } = text[at] === '"' ? readQuoted(text, at) : readPlain(text, at);
    record.push(cell);
    if (text[end] === ',') {
      at = end + 1;
      continue;
    }
    if (text.slice(end, end + 2) !== '\r\n') throw new Error(`Expected a comma or CRLF at ${end}.`);
    records.push(record);
    record = [];
    at = end + 2;
  }
  if (record.length > 0) throw new Error('The last record does not end with CRLF.');
  return records;
}

/** Records as objects, by the names in the first one; every record has to be as long. */
export function parseCsvTable(text: string): Record<string, string>[] {
  const [header = [], ...records] = parseCsv(text);
  return records.map((record) => {
    if (record.length !== header.length) throw new Error(`A record of ${record.length} cells under ${header.length}.`);
    return Object.fromEntries(header.map((name, index) => [name, record[index]!]));
  });
}

function readQuoted(text: string, start: number): { cell: string; end: number } {
  let cell = '';
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) throw new Error(`The quote at ${start} is never closed.`);
    cell += text.slice(at, quote);
    if (text[quote + 1] !== '"') return { cell, end: quote + 1 };
    cell += '"';
    at = quote + 2;
  }
}

function readPlain(text: string, start: number): { cell: string; end: number } {
  let end = start;
  while (end < text.length && text[end] !== ',' && text[end] !== '\r' && text[end] !== '\n') {
    if (text[end] === '"') throw new Error(`A quote in an unquoted cell at ${end}.`);
    end++;
  }
  return { cell: text.slice(start, end), end };
}
