// Builds dist/: types and modules from src/ by tsc, then the modules joined into a few files by esbuild, since loading
// eighty small ones costs every command and every worker thread a tenth of a second; and the report page, for browsers.
// What is there is only replaced by what compiled.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const fresh = path(`.loadwright/build-${process.pid}`);
const modules = join(fresh, 'modules');

/** What is loaded by name from outside: by users, by the command's first line, by the pool of threads. */
const ENTRIES = {
  index: 'index.js',
  node: 'node.js',
  'command-line': 'cli/main.js',
  'share-worker': 'runtime/worker/entry.js',
  'script-worker': 'runtime/worker/script-entry.js',
  'page-worker': 'web/server/page-worker.js',
};

/** Loaded by their place in the tree; here they only lead to the joined files. */
const DOORS = {
  'cli/main.js': '#!/usr/bin/env node\nimport "../command-line.js";\n',
  'runtime/worker/entry.js': 'export * from "../../share-worker.js";\n',
  'runtime/worker/script-entry.js': 'export * from "../../script-worker.js";\n',
  'web/server/page-worker.js': 'import "../../page-worker.js";\n',
};

/** All joined files lie flat in dist/, so each module's own address can be written from there. */
const ownAddresses = {
  name: 'own-addresses',
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, ({ path: file }) => {
      const source = readFileSync(file, 'utf8');
      if (!file.startsWith(modules) || !source.includes('import.meta.url')) return undefined;
      const address = `new URL(${JSON.stringify(relative(modules, file))}, import.meta.url).href`;
      return { contents: source.replaceAll('import.meta.url', address), loader: 'js' };
    });
  },
};

/** What the page is made of besides our own code; their licences go wherever the page goes. */
const PAGE_PACKAGES = ['preact', 'uplot'];

/** The report page, as a script and a style that need nothing else: `--html` puts them into each file it writes. */
async function bundlePage() {
  const source = path('src/web/page');
  const licences = PAGE_PACKAGES.map(
    (name) => `${name}\n\n${readFileSync(path(`node_modules/${name}/LICENSE`), 'utf8')}`,
  );
  await build({
    entryPoints: { page: join(source, 'main.tsx') },
    outdir: join(fresh, 'web'),
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    banner: { js: `/*!\nThis page contains:\n\n${licences.join('\n\n').trim()}\n*/` },
    legalComments: 'none',
  });
  await build({
    entryPoints: { page: join(source, 'styles/page.css') },
    outdir: join(fresh, 'web'),
    bundle: true,
    minify: true,
    legalComments: 'none',
  });
}

function compile(project, ...more) {
  const tsc = path('node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', path(project), ...more], { stdio: 'inherit' });
}

async function joinModules() {
  await build({
    entryPoints: Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, join(modules, file)])),
    outdir: fresh,
    chunkNames: 'chunk-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    plugins: [ownAddresses],
  });
  for (const [name, content] of Object.entries(DOORS)) {
    mkdirSync(dirname(join(fresh, name)), { recursive: true });
    writeFileSync(join(fresh, name), content);
  }
  chmodSync(join(fresh, 'cli/main.js'), 0o755);
}

try {
  compile('tsconfig.build.json', '--outDir', modules, '--declarationDir', fresh);
  compile('examples/stock/server/tsconfig.json', '--outDir', join(fresh, 'examples/stock'));
  compile('src/web/page/tsconfig.json');
  await joinModules();
  await bundlePage();
  rmSync(modules, { recursive: true });
  rmSync(path('dist'), { recursive: true, force: true });
  renameSync(fresh, path('dist'));
} catch (error) {
  if (error.status === undefined) throw error;
  process.exitCode = 1;
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
