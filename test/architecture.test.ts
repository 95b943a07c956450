import { describe, expect, it } from 'vitest';
import { blankOut, readFunctions, readImports, readSources, type SourceFile } from './support/source-files.js';

/** Lowest first: a room imports only itself and rooms above it in this list. */
const ROOMS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['errors', /^src\/(?:errors|redact-secrets)\.ts$/],
  ['metrics', /^src\/metrics\//],
  ['options', /^src\/options\//],
  [
    'protocol',
    /^src\/runtime\/(?:protocol|script-protocol|http-settings|plan|load-description|data-table|fleet|beacon|version|thread-arguments)\.ts$/,
  ],
  ['user', /^src\/runtime\/user\//],
  ['load', /^src\/runtime\/load\//],
  ['worker', /^src\/runtime\/worker\//],
  ['conductor', /^src\/runtime\/conductor\//],
  ['reporters', /^src\/reporters\//],
  ['web', /^src\/web\//],
  ['cli', /^src\/cli\//],
  ['entries', /^src\/(?:index|node)\.ts$/],
];

/** The one file, or few, that may import a big dependency: the rest of the project does not know which one it is. */
const OWNERS: Record<string, RegExp> = {
  undici: /^src\/runtime\/user\/http\/undici-connection\.ts$/,
  'tough-cookie': /^src\/runtime\/user\/http\/cookies\.ts$/,
  'hdr-histogram-js': /^src\/metrics\/histogram\.ts$/,
  esbuild: /^src\/runtime\/conductor\/bundle-script\.ts$/,
  tinypool: /^src\/runtime\/conductor\/worker-pool\.ts$/,
  'csv-parse': /^src\/runtime\/conductor\/parse-csv-rows\.ts$/,
  'csv-stringify': /^src\/reporters\/csv[\w-]*\.ts$/,
  'log-update': /^src\/reporters\/live-area\.ts$/,
  'string-width': /^src\/reporters\/format\/pad-text\.ts$/,
  zod: /^src\/reporters\/result\/[\w-]*schema\.ts$/,
  preact: /^src\/web\/page\//,
  uplot: /^src\/web\/page\/charts\//,
  hono: /^src\/web\/server\/create-app\.ts$/,
  '@hono/node-server': /^src\/web\/server\/web-server\.ts$/,
  chalk: /^src\/(?:reporters\/color|cli\/print-error)\.ts$/,
};

const sources = readSources('src', ['.ts', '.tsx']);
const imports = sources.flatMap((file) => readImports(file).map((one) => ({ file: file.path, ...one })));

function roomOf(path: string): number {
  return ROOMS.findIndex(([, pattern]) => pattern.test(path));
}

/** Lines of code, without comments and strings, that a pattern matches: `path:line`. */
function findLines(files: readonly SourceFile[], pattern: RegExp, isAllowed = (_path: string) => false): string[] {
  return files
    .filter(({ path }) => !isAllowed(path))
    .flatMap(({ path, text }) =>
      blankOut(text, { strings: true })
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
    );
}

/** The first way round that leads from a file back to itself. */
function findCycle(edges: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (path: string, way: string[]): string[] | undefined => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const next of edges.get(path) ?? []) {
      const cycle = visit(next, [...way, path]);
      if (cycle !== undefined) return cycle;
    }
    done.add(path);
    return undefined;
  };
  for (const path of edges.keys()) {
    const cycle = visit(path, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

describe('rooms', () => {
  it('hold every file', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.map(({ path }) => path).filter((path) => roomOf(path) < 0)).toEqual([]);
  });

  it('import only themselves and rooms below', () => {
    const wrong = imports.filter(({ file, target }) => target !== undefined && roomOf(target) > roomOf(file));
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('worker and conductor do not know each other', () => {
    const sides = ['worker', 'conductor'];
    const nameOf = (path: string) => ROOMS[roomOf(path)]![0];
    const wrong = imports.filter(
      ({ file, target }) =>
        target !== undefined &&
        sides.includes(nameOf(file)) &&
        sides.includes(nameOf(target)) &&
        nameOf(file) !== nameOf(target),
    );
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('are entered from outside only: nothing imports the entries', () => {
    const entries = imports.filter(({ target }) => target !== undefined && ROOMS[roomOf(target)]![0] === 'entries');
    expect(entries.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('import files that exist', () => {
    const paths = new Set(sources.map(({ path }) => path));
    expect(imports.filter(({ target }) => target !== undefined && !paths.has(target))).toEqual([]);
  });

  it('what a scenario imports loads no builder, command line, threads or HTTP client', () => {
    const reached = new Set<string>();
    const visit = (path: string) => {
      if (reached.has(path)) return;
      reached.add(path);
      for (const { file, target, kind } of imports) if (file === path && kind === 'value' && target) visit(target);
    };
    visit('src/index.ts');
    const loaded = imports.filter(({ file, target, kind }) => reached.has(file) && kind !== 'type' && !target);
    expect(loaded.map(({ specifier }) => specifier).filter((specifier) => !specifier.startsWith('node:'))).toEqual([]);
  });
});

describe('imports', () => {
  it('make no circles while the program runs', () => {
    const edges = new Map(sources.map(({ path }): [string, string[]] => [path, []]));
    for (const { file, target, kind } of imports)
      if (target !== undefined && kind === 'value') edges.get(file)!.push(target);
    expect(findCycle(edges)).toBeUndefined();
  });

  it('of each big dependency stand in the file that owns it', () => {
    const packageOf = (specifier: string) => specifier.match(/^(?:@[^/]+\/)?[^/]+/)![0];
    const outside = imports.filter(({ target, specifier }) => target === undefined && !specifier.startsWith('node:'));
    const wrong = outside.filter(({ file, specifier }) => !OWNERS[packageOf(specifier)]?.test(file));
    expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
    expect(outside.length).toBeGreaterThan(8);
  });

  it('name Node’s own modules with node: and files with their ending', () => {
    const isPlain = (specifier: string) =>
      specifier.startsWith('node:') || OWNERS[specifier.match(/^(?:@[^/]+\/)?[^/]+/)![0]] !== undefined;
    const wrong = imports.filter(({ specifier }) => !isPlain(specifier) && !/^\.\.?\/.*\.js$/.test(specifier));
    expect(wrong.map(({ file, specifier }) => `${file}: ${specifier}`)).toEqual([]);
  });
});

describe('sizes', () => {
  it('files have up to 300 lines', () => {
    const files = [...sources, ...readSources('test', ['.ts']), ...readSources('examples', ['.ts'])];
    const long = files.filter(({ text }) => text.trimEnd().split('\n').length > 300);
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  it('functions have up to 60 lines', () => {
    const functions = sources.flatMap((file) => readFunctions(file).map((one) => ({ ...one, path: file.path })));
    expect(functions.length).toBeGreaterThan(300);
    expect(
      functions.filter(({ lines }) => lines > 60).map(({ path, line, lines }) => `${path}:${line} (${lines})`),
    ).toEqual([]);
  });

  it('the story of a run, and the way in from a thread, fit on a page', () => {
    const linesOf = (path: string) =>
      sources
        .find((file) => file.path === path)!
        .text.trimEnd()
        .split('\n').length;
    expect(linesOf('src/runtime/conductor/run.ts')).toBeLessThanOrEqual(120);
    expect(linesOf('src/runtime/worker/entry.ts')).toBeLessThanOrEqual(60);
    expect(linesOf('src/cli/main.ts')).toBeLessThanOrEqual(40);
  });
});

describe('names', () => {
  it('are kebab-case and say what a file is', () => {
    const nothing = /(?:^|-)(?:utils?|helpers?|common|misc|managers?|handlers?|core|base)\.tsx?$/;
    const names = sources.map(({ path }) => path.split('/').at(-1)!);
    expect(names.filter((name) => nothing.test(name) || !/^[a-z0-9]+(?:-[a-z0-9]+)*\.tsx?$/.test(name))).toEqual([]);
  });
});

describe('code', () => {
  it('has no default exports', () => {
    expect(findLines(sources, /^\s*export\s+default\b|\bas\s+default\b/)).toEqual([]);
  });

  it('has no any', () => {
    expect(findLines(sources, /[:<,|&(]\s*any\b|\bas\s+any\b|\bany\[\]/)).toEqual([]);
  });

  it('has no enums and namespaces', () => {
    expect(
      findLines(sources, /^\s*(?:export\s+)?(?:declare\s+)?(?:const\s+)?(?:enum|namespace|module)\s+\w+\s*\{/),
    ).toEqual([]);
  });

  it('prints only in the command line and reporters', () => {
    const mayPrint = (path: string) =>
      /^src\/(?:cli|reporters)\//.test(path) || path === 'src/runtime/worker/capture-console.ts';
    expect(findLines(sources, /\bconsole\s*[.[]|\bprocess\.(?:stdout|stderr)\b/, mayPrint)).toEqual([]);
  });

  it('asks for the time of day only where a date is wanted, never for a duration', () => {
    const wantsDate = (path: string) =>
      /^src\/reporters\//.test(path) ||
      path === 'src/runtime/conductor/carry-out.ts' ||
      path === 'src/runtime/user/http/cookies.ts';
    expect(findLines(sources, /\bDate\.now\b|\bnew Date\(\s*\)/, wantsDate)).toEqual([]);
  });

  it('reads environment and arguments only in the command line', () => {
    expect(findLines(sources, /\bprocess\.(?:env|argv)\b/, (path) => path.startsWith('src/cli/'))).toEqual([]);
  });
});

describe('what reads the code for these rules', () => {
  const fileOf = (text: string): SourceFile => ({ path: 'src/cli/main.ts', text });

  it('sees every way to import', () => {
    const text = `
      import { a } from '../a.js';
      import type { B } from './b.js';
      import { type C, type D } from './c.js';
      import e, { type F } from 'e';
      export * from './g.js';
      export {
        h,
      } from './h.js';
      import './i.js';
      const j = await import('./j.js');
      const k = createRequire(import.meta.url)(
        'k/deep.js',
      );
      type L = typeof import('l');
      // import m from 'm';
      const n = 'one'; const o = "import p from 'p'";`;
    expect(readImports(fileOf(text)).map(({ specifier, kind, target }) => [specifier, kind, target])).toEqual([
      ['../a.js', 'value', 'src/a.ts'],
      ['./b.js', 'type', 'src/cli/b.ts'],
      ['./c.js', 'type', 'src/cli/c.ts'],
      ['e', 'value', undefined],
      ['./g.js', 'value', 'src/cli/g.ts'],
      ['./h.js', 'value', 'src/cli/h.ts'],
      ['./i.js', 'value', 'src/cli/i.ts'],
      ['./j.js', 'dynamic', 'src/cli/j.ts'],
      ['k/deep.js', 'dynamic', undefined],
      ['l', 'type', undefined],
    ]);
  });

  it('measures functions of every form, and nothing else', () => {
    const heads = [
      'function a() {',
      'async b(c: string): Promise<void> {',
      'const d = (e) => {',
      'get f(): string {',
      'function g({ h = 1 }: { h?: number }): { i: number } | undefined {',
      'constructor(readonly j = "}") {',
    ];
    for (const head of heads)
      expect(readFunctions(fileOf(`${head}\n\n\n}`)).at(-1), head).toEqual({ line: 1, lines: 4 });
    for (const other of ['class A {', 'if (a) {', 'interface B {', 'const c = {', 'switch (d) {', 'type E = {']) {
      expect(readFunctions(fileOf(`${other}\n\n\n}`)), other).toEqual([]);
    }
  });

  it('does not take comments, texts and patterns for code', () => {
    const text = "a; // any\n/* any\n any */ b('any', \"any\", `any`); c = /any['/]/g; d = e / f; g: any;";
    expect(findLines([fileOf(text)], /\bany\b/)).toEqual(['src/cli/main.ts:3']);
    expect(blankOut(text, { strings: true }).match(/any/g)).toHaveLength(1);
    expect(blankOut(text, { strings: true })).toHaveLength(text.length);
  });

  it('finds circles', () => {
    const edges = { a: ['b', 'c'], b: ['c'], c: [], d: ['e'], e: ['f'], f: ['e'] };
    expect(findCycle(new Map(Object.entries(edges)))).toEqual(['e', 'f', 'e']);
    expect(findCycle(new Map(Object.entries({ ...edges, f: ['c'] })))).toBeUndefined();
  });
});

describe('the project', () => {
  it('names no path and no registry of the machine it was written on', () => {
    const files = [
      ...['src', 'test', 'examples', 'docs', 'scripts', 'bench'].flatMap((folder) => readSources(folder, [''])),
      ...readSources('.', ['.json', '.md', '.ts']).filter(({ path }) => !path.includes('/')),
    ];
    const place = new RegExp(
      ['(?<![\\w.-])/wo' + 'rk/', '(?<![\\w.-])/ro' + 'ot/', 'localhost:4' + '8\\d\\d'].join('|'),
    );
    expect(files.length).toBeGreaterThan(150);
    expect(files.filter(({ text }) => place.test(text)).map(({ path }) => path)).toEqual([]);
  });
});
