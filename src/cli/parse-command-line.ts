import { type ParseArgsConfig, parseArgs } from 'node:util';
import { LoadwrightError } from '../errors.js';
import { type GivenFlag, optionOfFlag, refuseFlag } from '../options/from-flags.js';
import { LATER_FLAGS } from '../options/later-flags.js';
import { definitionOf, OPTION_NAMES } from '../options/option-table.js';
import { parseBoolean } from '../options/parse-value.js';
import type { CommandDefinition } from './command-table.js';

/** The words behind a command's name, sorted out; values are still text. */
export interface CommandLine {
  /** The scenario and names of kinds, or whatever the command takes. */
  words: string[];
  /** Options of the run. */
  flags: GivenFlag[];
  /** The command's own flags, by long name. */
  own: Record<string, string | boolean>;
}

interface KnownFlag {
  flag: string;
  short?: string;
  isBoolean: boolean;
  /** `--no-…` is one of its forms. */
  isNegatable: boolean;
  isOwn: boolean;
  /** Takes the words up to the next flag, as in `--tags one two`. */
  isGreedy: boolean;
}

type FlagToken = {
  kind: 'option';
  name: string;
  rawName: string;
  value?: string | undefined;
  inlineValue?: boolean | undefined;
};

const SCRIPT_FILE = /\.[cm]?[jt]sx?$/;

/**
 * Sorts the words of a command line into flags and the rest.
 *
 * @throws LoadwrightError `ERR_OPTION_UNKNOWN` for a flag that does not exist, with the nearest one;
 * `ERR_NOT_SUPPORTED` for one that comes later; `ERR_OPTION_INVALID` for one without its value
 */
export function parseCommandLine(words: readonly string[], command: CommandDefinition): CommandLine {
  const known = knownFlags(command);
  refuseSingleDash(words, known);
  const line: CommandLine = { words: [], flags: [], own: {} };
  let greedy: FlagToken | undefined;
  for (const token of tokenise(words, known)) {
    if (token.kind === 'option') {
      const flag = addFlag(line, token, known);
      greedy = flag.isGreedy ? token : undefined;
      continue;
    }
    if (token.kind === 'option-terminator') greedy = undefined;
    else if (greedy !== undefined && (line.words.length > 0 || !SCRIPT_FILE.test(token.value))) {
      addFlag(line, { ...greedy, value: token.value, inlineValue: true }, known);
    } else {
      greedy = undefined;
      line.words.push(token.value);
    }
  }
  return line;
}

function knownFlags(command: CommandDefinition): KnownFlag[] {
  const own = command.flags.map(({ flag, short, kind }) => ({
    flag,
    short,
    isBoolean: kind === 'boolean',
    isNegatable: kind === 'boolean',
    isOwn: true,
  }));
  const options = command.takesOptions ? OPTION_NAMES.map((name) => definitionOf(name)) : [];
  return [
    ...own.map(({ short, ...flag }) => ({ ...flag, ...(short === undefined ? {} : { short }), isGreedy: false })),
    ...options.map(({ flag, short, kind, metavar, isNegatable = false }) => ({
      flag,
      ...(short === undefined ? {} : { short }),
      isBoolean: kind === 'boolean',
      isNegatable: isNegatable || kind === 'boolean',
      isOwn: false,
      isGreedy: metavar.endsWith('...'),
    })),
  ];
}

function tokenise(words: readonly string[], known: readonly KnownFlag[]) {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const { flag, short } of LATER_FLAGS)
    options[flag] = { type: 'boolean', ...(short === undefined ? {} : { short }) };
  for (const { flag, short, isBoolean } of known) {
    options[flag] = { type: isBoolean ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) };
  }
  // Not strict: the errors are ours, with the nearest name.
  return parseArgs({ args: completeBareFlags(words), options, strict: false, allowPositionals: true, tokens: true })
    .tokens;
}

/** `--autoquit` alone has a value of its own, and what follows it is not its value. */
function completeBareFlags(words: readonly string[]): string[] {
  const end = words.indexOf('--');
  return words.map((word, index) => {
    const name = word.startsWith('--') && (end < 0 || index < end) ? optionOfFlag(word.slice(2)) : undefined;
    const bare = name === undefined ? undefined : definitionOf(name).bareValue;
    return bare === undefined || /^\d/.test(words[index + 1] ?? '') ? word : `${word}=${bare}`;
  });
}

function addFlag(line: CommandLine, token: FlagToken, known: readonly KnownFlag[]): KnownFlag {
  const { name, rawName } = token;
  const isNegated = name.startsWith('no-') && known.some((one) => one.isNegatable && `no-${one.flag}` === name);
  const flagName = isNegated ? name.slice('no-'.length) : name;
  const flag = known.find((one) => one.flag === flagName);
  if (flag === undefined) {
    throw refuseFlag(
      name,
      rawName,
      known.filter(({ isOwn }) => isOwn).map((one) => one.flag),
    );
  }
  const value = readValue(token, flag, isNegated);
  if (flag.isOwn) line.own[flag.flag] = flag.isBoolean ? readOwnBoolean(rawName, value) : value;
  else line.flags.push({ flag: flag.flag, written: rawName, value });
  return flag;
}

function readValue({ rawName, value, inlineValue }: FlagToken, flag: KnownFlag, isNegated: boolean): string | boolean {
  if (isNegated && value !== undefined) {
    throw needsValue(`${rawName} takes no value, but it has "${value}".`, rawName);
  }
  if (isNegated) return false;
  if (flag.isBoolean) return value ?? true;
  const example = `--${flag.flag} ${exampleOf(flag.flag)}`;
  if (value === undefined) throw needsValue(`${rawName} needs a value, but nothing follows it.`, example);
  const isFlag = inlineValue !== true && /^--?[a-z]/i.test(value);
  if (isFlag) throw needsValue(`${rawName} needs a value, but ${value} follows it.`, example);
  return value;
}

function readOwnBoolean(written: string, value: string | boolean): boolean {
  const parsed = parseBoolean(value);
  if (parsed.isValid) return parsed.value;
  throw needsValue(`${written} must be ${parsed.must}, but it has "${value}".`, written);
}

function needsValue(message: string, hint: string): LoadwrightError {
  return new LoadwrightError('ERR_OPTION_INVALID', { message, hint });
}

function exampleOf(flag: string): string {
  const name = optionOfFlag(flag);
  return name === undefined ? '<value>' : definitionOf(name).example;
}

/** `-users` would be read as `-u sers`. */
function refuseSingleDash(words: readonly string[], known: readonly KnownFlag[]): void {
  for (const word of words) {
    if (word === '--') return;
    const flag = /^-([a-z][\w-]+)(?:=|$)/i.exec(word)?.[1];
    if (flag !== undefined && known.some((one) => one.flag === flag)) {
      throw new LoadwrightError('ERR_OPTION_UNKNOWN', { message: `There is no flag -${flag}.`, hint: `--${flag}` });
    }
  }
}
