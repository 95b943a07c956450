import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { commandNamed } from '../src/cli/command-table.js';
import { parseCommandLine } from '../src/cli/parse-command-line.js';
import { checkLayers } from '../src/cli/read-layers.js';
import { fromFlags } from '../src/options/from-flags.js';
import { readEnvironment } from '../src/options/read-environment.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
/** Inside the repository, so that packages resolve, and ignored by git. */
const CHECK_FOLDER = join(ROOT, '.loadwright', `docs-check-${process.pid}`);
const PUBLIC_ENTRIES = ['src/index.ts', 'src/node.ts'];

interface Fence {
  file: string;
  line: number;
  /** What stands behind the backticks: `ts`, `ts task`, `sh`. */
  info: string;
  text: string;
}

const pages = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
  'examples/README.md',
];

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

function findFences(file: string, source: string): Fence[] {
  const fences: Fence[] = [];
  let open: Fence | undefined;
  for (const [index, line] of source.split('\n').entries()) {
    const fence = /^\s*```(.*)$/.exec(line);
    if (fence === null) {
      if (open !== undefined) open.text += `${line}\n`;
    } else if (open === undefined) {
      open = { file, line: index + 1, info: fence[1]!.trim(), text: '' };
    } else {
      fences.push(open);
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`${file}:${open.line} opens a fence that nothing closes.`);
  return fences;
}

/** Examples in the comments of what the package exports. */
function findPublicExamples(): Fence[] {
  const exported = PUBLIC_ENTRIES.flatMap((entry) => [
    entry,
    ...[...read(entry).matchAll(/^export [^;]*? from '(\.[^']+)\.js'/gms)].map(([, path]) => join('src', `${path}.ts`)),
  ]);
  return [...new Set(exported)].flatMap((file) => findFences(file, readComments(read(file))));
}

/** The comments of a file without their stars, and empty lines for its code: line numbers stay right. */
function readComments(source: string): string {
  let isInside = false;
  return source
    .split('\n')
    .map((line) => {
      if (/^\s*\/\*\*/.test(line)) isInside = true;
      const text = isInside ? line.replace(/^\s*\/?\*+ ?/, '') : '';
      if (line.includes('*/')) isInside = false;
      return text;
    })
    .join('\n');
}

/** A block as a module. `ts task` is the inside of a task: everything of its context is there. */
function toModule({ info, text }: Fence): string {
  if (info === 'ts') return `${text}\nexport {};\n`;
  const lines = text.split('\n');
  const imports = lines.filter((line) => line.startsWith('import '));
  const names = 'http, state, id, iteration, env, random, signal, sleep, measure, check, group, get, next, record, log';
  return [
    "import type { UserContext as Context_ } from 'loadwright';",
    ...imports,
    'interface State_ { token: string; productId?: string; visits: number }',
    `export async function task({ ${names}, interrupt, stopUser, stopRun }: Context_<State_>): Promise<void> {`,
    ...lines.filter((line) => !line.startsWith('import ')),
    '}',
  ].join('\n');
}

const allFences = pages.flatMap((file) => findFences(file, read(file)));

describe('TypeScript in the documentation', () => {
  afterAll(() => rmSync(CHECK_FOLDER, { recursive: true, force: true }));

  it('compiles, and so do the examples in public comments', async () => {
    const inComments = findPublicExamples();
    const fences = [...allFences.filter(({ info }) => /^ts\b/.test(info)), ...inComments];
    expect(inComments.length).toBeGreaterThan(5);
    expect(fences.length).toBeGreaterThan(30);
    mkdirSync(CHECK_FOLDER, { recursive: true });
    for (const fence of fences) {
      const name = `${fence.file.replace(/\W+/g, '-')}-line-${fence.line}.ts`;
      writeFileSync(join(CHECK_FOLDER, name), toModule(fence));
    }
    const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false };
    const project = { extends: '../../tsconfig.json', compilerOptions, include: ['*.ts'] };
    writeFileSync(join(CHECK_FOLDER, 'tsconfig.json'), JSON.stringify(project));
    expect(await compile(CHECK_FOLDER)).toBe('');
  });

  it('is marked as a module or as the inside of a task', () => {
    const odd = allFences.filter(({ info }) => /^(?:ts|typescript|js)\b/.test(info) && !/^ts(?: task)?$/.test(info));
    expect(odd.map(({ file, line }) => `${file}:${line}`)).toEqual([]);
  });
});

function compile(project: string): Promise<string> {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  return new Promise((resolve) => {
    execFile(process.execPath, [compiler, '--noEmit', '-p', project], { cwd: ROOT }, (_error, stdout, stderr) => {
      resolve(stdout + stderr);
    });
  });
}

interface ShellLine {
  where: string;
  environment: Record<string, string>;
  words: string[];
}

/** Commands of `sh` blocks: continued lines joined, comments left out. */
function findCommands(): ShellLine[] {
  return allFences
    .filter(({ info }) => info === 'sh')
    .flatMap(({ file, line, text }) =>
      text
        .replaceAll(/\\\n\s*/g, ' ')
        .split('\n')
        .flatMap((command) => command.split(/ && | \|\| | \| /))
        .map((command) => ({ where: `${file}:${line}`, ...splitCommand(command) })),
    )
    .filter(({ words }) => words.length > 0);
}

function splitCommand(command: string): { environment: Record<string, string>; words: string[] } {
  const environment: Record<string, string> = {};
  const words: string[] = [];
  for (const [written] of command.replace(/(?:^|\s)#.*$/, '').matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)) {
    const word = written.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2');
    const setting = /^([A-Z_]+)=(.*)$/.exec(word);
    if (words.length === 0 && setting !== null) environment[setting[1]!] = setting[2]!;
    else words.push(word);
  }
  return { environment, words };
}

describe('command lines in the documentation', () => {
  const commands = findCommands();
  const ours = commands
    .map(({ words, ...rest }) => ({ ...rest, words: words[0] === 'npx' ? words.slice(1) : words }))
    .filter(({ words }) => words[0] === 'loadwright');

  it.each(ours.map((line) => [`${line.where}  ${line.words.join(' ')}`, line] as const))('%s', (_, line) => {
    const [, name = '', ...rest] = line.words;
    if (['--help', '--version'].includes(name)) return;
    const command = commandNamed(name);
    expect(command, `the command "${name}"`).toBeDefined();
    if (rest.includes('--help')) return;
    const { flags, words } = parseCommandLine(rest, command!);
    checkLayers([readEnvironment(line.environment), fromFlags(flags)]);
    for (const word of words.filter((one) => one.startsWith('examples/')))
      expect(existsSync(join(ROOT, word))).toBe(true);
  });

  it('are there, and the npm scripts among them exist', () => {
    expect(ours.length).toBeGreaterThan(20);
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const starter = ['server', 'load', 'check'];
    const wanted = commands.filter(({ words }) => words[0] === 'npm').flatMap(({ words }) => readScripts(words));
    expect(wanted.filter((script) => scripts[script] === undefined && !starter.includes(script))).toEqual([]);
  });
});

function readScripts(words: readonly string[]): string[] {
  if (words[1] === 'run') return [words[2]!];
  return words[1] === 'test' ? ['test'] : [];
}

/** Anchors of a page's headings, as GitHub makes them. */
function findAnchors(source: string): Set<string> {
  const anchors = new Set<string>();
  let isCode = false;
  for (const line of source.split('\n')) {
    if (/^\s*```/.test(line)) isCode = !isCode;
    const heading = isCode ? undefined : /^#+ +(.*)$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const anchor = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
      .replaceAll(' ', '-');
    let unique = anchor;
    for (let count = 1; anchors.has(unique); count++) unique = `${anchor}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}

describe('links in the documentation', () => {
  it.each(pages)('%s', (page) => {
    const text = read(page).replaceAll(/^\s*```[\s\S]*?^\s*```/gm, '');
    const broken = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => target!)
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => isBroken(page, target));
    expect(broken).toEqual([]);
  });

  it('reach every page', () => {
    const linked = new Set(['README.md']);
    for (const page of linked) {
      for (const [, target] of read(page).matchAll(/\]\(([^)#\s]+\.md)(?:#[^)]*)?\)/g)) {
        const path = relative(ROOT, join(ROOT, dirname(page), target!));
        if (existsSync(join(ROOT, path))) linked.add(path);
      }
    }
    expect(pages.filter((page) => !linked.has(page))).toEqual([]);
  });
});

function isBroken(page: string, target: string): boolean {
  const [path, anchor] = target.split('#') as [string, string?];
  const file = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path);
  if (!existsSync(file)) return true;
  return anchor !== undefined && !findAnchors(readFileSync(file, 'utf8')).has(anchor);
}
