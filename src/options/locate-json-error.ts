/** Where JSON text stops being JSON. Lines and columns count from 1. */
export interface JsonErrorPlace {
  line: number;
  column: number;
  /** What stands there, in quotes, or `the end of the file`. */
  found: string;
}

const SPACE = /[ \t\r\n]*/y;
const SCALAR =
  /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const KEY = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

/**
 * Finds the first place where text is no JSON any more. `JSON.parse` names it in some versions of Node.js and for some
 * mistakes only, so this reads along: values, and what may follow them.
 */
export function locateJsonError(text: string): JsonErrorPlace {
  const scanner = { text, position: 0 };
  const isWhole = skipValue(scanner);
  if (isWhole) skip(scanner, SPACE);
  const { position } = scanner;
  const lines = text.slice(0, position).split('\n');
  const rest = text.slice(position);
  const found = rest === '' ? 'the end of the file' : `"${/^(?:[\w$]+|[^\n]?)/u.exec(rest)?.[0] ?? ''}"`;
  return {
    line: lines.length,
    column: (lines.at(-1) ?? '').length + 1,
    found: found === '""' ? 'a line break' : found,
  };
}

interface Scanner {
  text: string;
  position: number;
}

function skip(scanner: Scanner, token: RegExp): boolean {
  token.lastIndex = scanner.position;
  const match = token.exec(scanner.text);
  if (match === null) return false;
  scanner.position += match[0].length;
  return true;
}

function skipLetter(scanner: Scanner, letter: string): boolean {
  skip(scanner, SPACE);
  if (scanner.text[scanner.position] !== letter) return false;
  scanner.position += 1;
  return true;
}

/** Moves past one value; false: stopped at the mistake. */
function skipValue(scanner: Scanner): boolean {
  skip(scanner, SPACE);
  if (skipLetter(scanner, '{')) return skipItems(scanner, '}', skipMember);
  if (skipLetter(scanner, '[')) return skipItems(scanner, ']', skipValue);
  return skip(scanner, SCALAR);
}

function skipMember(scanner: Scanner): boolean {
  skip(scanner, SPACE);
  return skip(scanner, KEY) && skipLetter(scanner, ':') && skipValue(scanner);
}

function skipItems(scanner: Scanner, end: string, skipItem: (scanner: Scanner) => boolean): boolean {
  if (skipLetter(scanner, end)) return true;
  do {
    if (!skipItem(scanner)) return false;
  } while (skipLetter(scanner, ','));
  return skipLetter(scanner, end);
}
