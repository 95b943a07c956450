/** Control characters, line separators, lone surrogates, and marks that reverse the direction of what follows. */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Text that came from a scenario or a server, made safe for a terminal: what would move the cursor, change colours or
 * start a line is written out (`\x1b`, `\n`).
 */
export function escapeText(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const short = SHORT[character];
    if (short !== undefined) return short;
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** Like `escapeText`, but lines stay lines; tabs become spaces. */
export function escapeLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/).map((line) => escapeText(line.replaceAll('\t', '  ')));
}
