import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One file of the project. */
export interface SourceFile {
  /** From the project's root, with `/`. */
  path: string;
  text: string;
}

export interface Import {
  /** What stands between the quotes. */
  specifier: string;
  /** The project's file it names, if it is one. */
  target: string | undefined;
  kind: 'value' | 'type' | 'dynamic';
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NOT_OURS = ['node_modules', 'dist', 'results', 'coverage', '.git', '.loadwright'];

/** Files under a folder of the project whose names end in one of `endings`. */
export function readSources(folder: string, endings: readonly string[]): SourceFile[] {
  const found: SourceFile[] = [];
  const visit = (path: string) => {
    for (const entry of readdirSync(join(ROOT, path), { withFileTypes: true })) {
      const child = posix.join(path, entry.name);
      if (NOT_OURS.includes(entry.name)) continue;
      if (entry.isDirectory()) visit(child);
      else if (endings.some((ending) => entry.name.endsWith(ending))) {
        found.push({ path: child, text: readFileSync(join(ROOT, child), 'utf8') });
      }
    }
  };
  visit(folder);
  return found.sort((one, other) => (one.path < other.path ? -1 : 1));
}

const FROM = /^\s*(import|export)\s+(type\s+)?(?:[^'";()]*?\sfrom\s+)?'([^']+)'/gm;
const CALL = /(typeof\s+)?\b(?:import|require|createRequire\(import\.meta\.url\))\(\s*'([^']+)'/g;

/** Everything a file imports; an import of which all names are types counts as one of types. */
export function readImports({ path, text }: SourceFile): Import[] {
  const code = blankOut(text, { strings: false });
  const imports: Import[] = [];
  const add = (kind: Import['kind'], specifier: string) => {
    const target = specifier.startsWith('.') ? resolveTarget(path, specifier) : undefined;
    imports.push({ specifier, target, kind });
  };
  for (const [statement, , isType, specifier] of code.matchAll(FROM)) {
    add(isType !== undefined || hasOnlyTypes(statement) ? 'type' : 'value', specifier!);
  }
  for (const [, isType, specifier] of code.matchAll(CALL)) add(isType === undefined ? 'dynamic' : 'type', specifier!);
  return imports;
}

function hasOnlyTypes(statement: string): boolean {
  const names = /^\s*(?:import|export)\s+\{([^}]*)\}/.exec(statement)?.[1] ?? 'all';
  return names.split(',').every((name) => name.trim() === '' || /^\s*type\s/.test(name));
}

function resolveTarget(path: string, specifier: string): string {
  const target = posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts');
  return !existsSync(join(ROOT, target)) && existsSync(join(ROOT, `${target}x`)) ? `${target}x` : target;
}

/** Blocks that are bodies of functions: the line where each begins and how many lines it has. */
export function readFunctions({ text }: SourceFile): { line: number; lines: number }[] {
  const code = blankOut(text, { strings: true });
  const found: { line: number; lines: number }[] = [];
  const open: { line: number; head: string; isFunction: boolean }[] = [];
  let line = 1;
  let head = '';
  for (const char of code) {
    if (char === '\n') line++;
    if (char === '{') {
      open.push({ line, head, isFunction: isFunctionHead(head) });
      head = '';
    } else if (char === '}') {
      const block = open.pop();
      if (block?.isFunction) found.push({ line: block.line, lines: line - block.line + 1 });
      // What was no body may be a type or a pattern in the head of a function.
      head = block === undefined || block.isFunction ? '' : `${block.head}{}`;
    } else head = char === ';' ? '' : head + char;
  }
  return found;
}

/** What stands before a `{`: parameters, perhaps the type of the result, perhaps an arrow. */
function isFunctionHead(head: string): boolean {
  const text = head.trim();
  if (text.endsWith('=>')) return true;
  if (/[:|&<,]$/.test(text) || /^(?:\}?\s*else\s+)?(?:if|for|while|switch|catch|with)\b/.test(text)) return false;
  return /\)(?:\s*:[^=]*)?$/.test(text);
}

/** The text with comments, and if wanted strings, replaced by blanks; lines stay where they are. */
export function blankOut(text: string, { strings }: { strings: boolean }): string {
  const token =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`|(?<=[(,=:!&|?;{}[\n]\s*)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g;
  return text.replace(token, (found) => {
    const isComment = found.startsWith('//') || found.startsWith('/*');
    return isComment || strings ? found.replace(/[^\n]/g, ' ') : found;
  });
}
