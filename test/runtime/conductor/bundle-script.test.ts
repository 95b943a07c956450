import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LoadwrightError } from '../../../src/errors.js';
import * as source from '../../../src/runtime/conductor/bundle-script.js';
import { createTemporaryFolder } from '../../support/temporary-folder.js';

const execute = promisify(execFile);

/** A project in a folder of its own: files by path. */
function createProject(files: Record<string, string>): string {
  const folder = createTemporaryFolder();
  for (const [path, text] of Object.entries({ 'node_modules/.keep': '', ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

async function bundle(path: string): Promise<source.Bundle> {
  const made = await source.bundleScript(path);
  onTestFinished(() => made.remove());
  return made;
}

/** Bundles a scenario and imports it in a Node process of its own; what it exports as default. */
async function runBundled(folder: string, entry = 'scenario.ts'): Promise<unknown> {
  const { url } = await bundle(join(folder, entry));
  const code = `import(${JSON.stringify(url)}).then((m) => console.log(JSON.stringify(m.default)))`;
  const { stdout } = await execute(process.execPath, ['--enable-source-maps', '-e', code]);
  return JSON.parse(stdout) as unknown;
}

async function refusalOf(path: string): Promise<LoadwrightError> {
  const error = await source.bundleScript(path).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof LoadwrightError)) expect.fail(`it was not refused, but gave ${String(error)}`);
  return error;
}

describe('a bundle', () => {
  it('is a scenario and the files it imports, TypeScript and JSON too', async () => {
    const folder = createProject({
      'scenario.ts': `
        import { price } from './shop/prices.js';
        import products from './products.json' with { type: 'json' };
        export default (products as string[]).map((name: string): string => name + price);`,
      'shop/prices.ts': 'export const price: number = 5;',
      'products.json': '["a", "b"]',
    });
    expect(await runBundled(folder)).toEqual(['a5', 'b5']);
  });

  it.each(['scenario.mts', 'scenario.js', 'scenario.mjs'])('may begin with %s', async (entry) => {
    const folder = createProject({ [entry]: 'export default import.meta.url;' });
    expect(await runBundled(folder, entry)).toBe(pathToFileURL(join(folder, entry)).href);
  });

  it('keeps each file’s own address', async () => {
    const about = 'const about = { url: import.meta.url, file: import.meta.filename, folder: import.meta.dirname };';
    const folder = createProject({
      'scenario.ts': `import inner from './shop/inner.js';\n${about}\nexport default [about, inner];`,
      'shop/inner.ts': `${about}\nexport default about;`,
    });
    const aboutOf = (path: string) => {
      const file = join(folder, path);
      return { url: pathToFileURL(file).href, file, folder: dirname(file) };
    };
    expect(await runBundled(folder)).toEqual([aboutOf('scenario.ts'), aboutOf('shop/inner.ts')]);
  });

  it('leaves packages outside, which are found from the project', async () => {
    const folder = createProject({
      'src/scenario.ts': "import { answer } from 'oracle';\nexport default answer;",
      'node_modules/oracle/package.json': '{ "name": "oracle", "type": "module", "exports": "./index.js" }',
      'node_modules/oracle/index.js': 'export const answer = import.meta.url;',
    });
    expect(await runBundled(folder, 'src/scenario.ts')).toBe(
      pathToFileURL(join(folder, 'node_modules/oracle/index.js')).href,
    );
  });

  it('maps what it throws to the scenario’s own lines', async () => {
    const folder = createProject({
      'scenario.ts':
        "import { fail } from './fail.js';\nlet stack = '';\ntry { fail(); } catch (error) { stack = (error as Error).stack!; }\nexport default stack;",
      'fail.ts':
        "interface Unused { a: string }\nexport const here = import.meta.url;\n\nexport function fail(): never {\n  throw new Error('no');\n}\n",
    });
    const stack = String(await runBundled(folder));
    expect(stack).toContain(`${join(folder, 'fail.ts')}:5:9`);
    expect(stack).toContain(`${join(folder, 'scenario.ts')}:3:`);
  });

  it('lies in the nearest node_modules, and is gone when removed', async () => {
    const folder = createProject({ 'deep/down/scenario.ts': 'export default 1;' });
    const { url, remove } = await source.bundleScript(join(folder, 'deep/down/scenario.ts'));
    const file = fileURLToPath(url);
    expect(relative(folder, file)).toMatch(/^node_modules\/\.loadwright\/scenario-\d+-\d+\.mjs$/);
    expect(existsSync(file)).toBe(true);
    remove();
    remove();
    expect(readdirSync(dirname(file))).toEqual([]);
  });

  it('lies elsewhere if the project cannot be written to', async () => {
    const folder = createProject({ 'scenario.ts': 'export default 1;', 'node_modules/.loadwright': 'in the way' });
    expect(await runBundled(folder)).toBe(1);
  });

  it('can be made several times at once', async () => {
    const folder = createProject({ 'scenario.ts': 'export default import.meta.url;' });
    const made = await Promise.all(Array.from({ length: 6 }, () => bundle(join(folder, 'scenario.ts'))));
    expect(new Set(made.map(({ url }) => url)).size).toBe(6);
  });
});

describe('a scenario that does not compile', () => {
  it('is refused with file, line and a mark under the place', async () => {
    const folder = createProject({ 'scenario.ts': 'const a = 1;\nexport default { a: };\n' });
    const error = await refusalOf(join(folder, 'scenario.ts'));
    expect([error.code, error.exitCode]).toEqual(['ERR_SCRIPT_BUILD', 3]);
    expect(error.message).toMatch(/scenario\.ts:2:20/);
    expect(error.message).toContain('export default { a: };');
    expect(error.message).toMatch(/^\s+╵\s+\^$/m);
  });

  it('is refused in the same way where it uses import.meta', async () => {
    const folder = createProject({
      'scenario.ts': "import './inner.js';",
      'inner.ts': 'const here = import.meta.url;\nexport default { here: };\n',
    });
    const { message } = await refusalOf(join(folder, 'scenario.ts'));
    expect(message).toMatch(/inner\.ts:2:23/);
    expect(message).toMatch(/^\s+╵\s+\^$/m);
  });

  it('is refused when an import is missing, which is named', async () => {
    const folder = createProject({ 'scenario.ts': "import { a } from './missing.js';\nexport default a;" });
    const { code, message } = await refusalOf(join(folder, 'scenario.ts'));
    expect(code).toBe('ERR_SCRIPT_BUILD');
    expect(message).toContain('Could not resolve "./missing.js"');
  });
});

describe('a path', () => {
  it('to nothing is refused, with the file that was probably meant', async () => {
    const folder = createProject({ 'scenario.ts': '' });
    const nothing = await refusalOf(join(folder, 'nothing.ts'));
    expect([nothing.code, nothing.exitCode]).toEqual(['ERR_SCRIPT_NOT_FOUND', 3]);
    expect(nothing.message).toContain('nothing.ts');
    expect(nothing.hint).toContain('loadwright init');
    expect((await refusalOf(join(folder, 'scenario'))).hint).toContain('scenario.ts');
  });

  it('to a folder is refused as one', async () => {
    const folder = createProject({});
    const error = await refusalOf(folder);
    expect(error.code).toBe('ERR_SCRIPT_NOT_FOUND');
    expect(error.message).toContain('it is a folder');
  });
});
