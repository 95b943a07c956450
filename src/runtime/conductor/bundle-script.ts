import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildFailure, Loader, Plugin, TransformFailure } from 'esbuild';
import { LoadwrightError } from '../../errors.js';

/** A scenario built into one module. */
export interface Bundle {
  url: string;
  /** Removes the file. */
  remove(): void;
}

const OWN_ENTRIES: Record<string, string> = {
  loadwright: new URL('../../index.js', import.meta.url).href,
  'loadwright/node': new URL('../../node.js', import.meta.url).href,
};
const FOLDER = '.loadwright';
/** For scenarios that belong to no project; one for each account of the machine. */
const SHARED_FOLDER = join(tmpdir(), `loadwright-${process.getuid?.() ?? 'bundles'}`);
let bundles = 0;
let underWay = 0;

/**
 * Builds a scenario and the files it imports into one ES module, beside the project so that packages resolve from
 * there; packages stay outside. `loadwright` itself becomes this very copy: another one would be another set of classes.
 *
 * @throws LoadwrightError `ERR_SCRIPT_NOT_FOUND`, or `ERR_SCRIPT_BUILD` with file, line and a mark under the place
 */
export async function bundleScript(path: string): Promise<Bundle> {
  const file = resolve(path);
  requireFile(path, file);
  const esbuild = await import('esbuild');
  underWay++;
  try {
    const outfile = choosePlace(file);
    const result = await esbuild.build({
      entryPoints: [file],
      outfile,
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      packages: 'external',
      sourcemap: 'inline',
      sourcesContent: false,
      logLevel: 'silent',
      plugins: [ownCopy(), ownUrls(esbuild.transform)],
    });
    return writeBundle(outfile, result.outputFiles[0]!.text);
  } catch (error) {
    const { errors } = error as BuildFailure;
    if (!Array.isArray(errors)) throw error;
    const told = errors.map((message) => ({ ...message, pluginName: '' }));
    const messages = await esbuild.formatMessages(told, { kind: 'error', color: false, terminalWidth: 80 });
    throw new LoadwrightError('ERR_SCRIPT_BUILD', {
      message: `The scenario ${path} does not compile.\n\n${messages.join('').trimEnd()}`,
    });
  } finally {
    // The builder is a process of its own; the run has no use for its memory.
    if (--underWay === 0) void esbuild.stop();
  }
}

function requireFile(path: string, file: string): void {
  if (existsSync(file) && statSync(file).isFile()) return;
  const withEnding = ['.ts', '.mts', '.js', '.mjs'].find((ending) => existsSync(file + ending));
  throw new LoadwrightError('ERR_SCRIPT_NOT_FOUND', {
    message: `There is no scenario at ${path}${existsSync(file) ? ': it is a folder' : ''}.`,
    hint:
      withEnding === undefined ? 'loadwright init   writes one to start from' : `loadwright run ${path}${withEnding}`,
  });
}

/** Inside the nearest `node_modules`, where nothing else is disturbed and every package is found. */
function choosePlace(file: string): string {
  const name = `${basename(file, extname(file))}-${process.pid}-${++bundles}.mjs`;
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules');
    if (existsSync(modules)) return join(modules, FOLDER, name);
    if (folder === dirname(folder)) return join(SHARED_FOLDER, name);
  }
}

function writeBundle(outfile: string, code: string): Bundle {
  const write = (target: string): Bundle => {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code);
    return { url: pathToFileURL(target).href, remove: () => rmSync(target, { force: true }) };
  };
  try {
    return write(outfile);
  } catch {
    // A read-only project: packages of its own cannot be found from elsewhere, but most scenarios have none.
    return write(join(SHARED_FOLDER, basename(outfile)));
  }
}

function ownCopy(): Plugin {
  return {
    name: 'loadwright-own-copy',
    setup(build) {
      build.onResolve({ filter: /^loadwright(\/node)?$/ }, ({ path }) => ({
        path: OWN_ENTRIES[path]!,
        external: true,
      }));
    },
  };
}

/** Each file keeps its own `import.meta.url`, as if it had not been bundled. */
function ownUrls(transform: typeof import('esbuild').transform): Plugin {
  return {
    name: 'loadwright-own-urls',
    setup(build) {
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }) => {
        const source = readFileSync(path, 'utf8');
        if (!source.includes('import.meta')) return undefined;
        const loader = loaderOf(path);
        const define = {
          'import.meta.url': JSON.stringify(pathToFileURL(path).href),
          'import.meta.filename': JSON.stringify(path),
          'import.meta.dirname': JSON.stringify(dirname(path)),
        };
        try {
          const { code } = await transform(source, { loader, sourcefile: path, sourcemap: 'inline', define });
          return { contents: code, loader: 'js' };
        } catch (error) {
          return { errors: (error as TransformFailure).errors };
        }
      });
    },
  };
}

function loaderOf(path: string): Loader {
  const ending = extname(path).replace('.c', '.').replace('.m', '.').slice(1);
  return ending as Loader;
}
