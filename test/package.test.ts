import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NPM = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];

const SCENARIO = `
import { constant, defineTest, defineUser } from 'loadwright';
interface Session { started: number }
const Visitor = defineUser({
  waitTime: constant(0.1),
  onStart: (): Session => ({ started: 1 }),
  tasks: { async home({ http, state }) { await http.get('/__stats', { name: 'home ' + state.started, expect: 200 }); } },
});
export default defineTest({ users: { Visitor } });
`;

describe('the package, packed and installed in an empty folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'loadwright-package-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const inFolder = (command: string, args: string[]) => spawnSync(command, args, { cwd: folder, encoding: 'utf8' });

  beforeAll(() => {
    execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder, ...NPM], {
      cwd: ROOT,
      stdio: 'pipe',
    });
    const archive = readdirSync(folder).find((file) => file.endsWith('.tgz'))!;
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'empty', type: 'module', private: true }));
    execFileSync('npm', ['install', join(folder, archive), ...NPM], { cwd: folder, stdio: 'pipe' });
    writeFileSync(join(folder, 'scenario.ts'), SCENARIO);
  }, 120_000);

  test('npx loadwright demo runs', () => {
    const { status, stdout, stderr } = inFolder('npx', ['loadwright', 'demo', '-t', '3s']);
    expect(stderr.replace(/^npm warn .*$/gm, '').trim()).toBe('');
    expect(stdout).toMatch(/04_stock_reserve/);
    expect(status).toBe(0);
    expect(readdirSync(join(folder, 'results')).filter((file) => file.endsWith('.csv'))).toHaveLength(5);
  });

  test('both entries import', () => {
    const code = `import { defineUser, UserStopped } from 'loadwright'; import { run } from 'loadwright/node';
      console.log(typeof defineUser, typeof UserStopped, typeof run);`;
    expect(inFolder('node', ['--input-type=module', '-e', code]).stdout.trim()).toBe('function function function');
  });

  test('so does the schema of results', () => {
    const code = `import schema from 'loadwright/schema/result.json' with { type: 'json' };
      console.log(schema.$schema, schema.properties.formatVersion.const);`;
    expect(inFolder('node', ['--input-type=module', '-e', code]).stdout.trim()).toBe(
      'https://json-schema.org/draft/2020-12/schema 1',
    );
  });

  test('a TypeScript scenario type-checks against the shipped types', () => {
    const options = {
      module: 'NodeNext',
      target: 'ES2022',
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      types: [],
    };
    const own = join(folder, 'types');
    mkdirSync(own, { recursive: true });
    cpSync(join(folder, 'scenario.ts'), join(own, 'scenario.ts'));
    writeFileSync(join(own, 'wrong.ts'), SCENARIO.replace('state.started', 'state.finished'));
    const check = (file: string) => {
      writeFileSync(join(own, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: [file] }));
      return spawnSync('node', [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', own], { encoding: 'utf8' });
    };
    expect(check('scenario.ts').stdout).toBe('');
    expect(check('wrong.ts').stdout).toMatch(/finished/);
  });

  test('a scenario beside another copy of loadwright runs with the command that was called', () => {
    const own = pathToFileURL(join(ROOT, 'dist/index.js')).href;
    const check = `const own = await import(${JSON.stringify(own)});
      if (own.defineUser !== defineUser) throw new Error('another copy');`;
    writeFileSync(join(folder, 'copy.ts'), SCENARIO + check);
    const inspect = [join(ROOT, 'dist/cli/main.js'), 'inspect', join(folder, 'copy.ts')];
    const { status, stdout, stderr } = spawnSync('node', inspect, { cwd: folder, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/Visitor/);
    expect(status).toBe(0);
  });

  test('what is published has types, a licence and no tests', () => {
    const installed = join(folder, 'node_modules/loadwright');
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { license: string };
    expect(manifest.license).toBe('MIT');
    expect(readdirSync(installed)).toContain('dist');
    expect(readdirSync(installed)).not.toContain('test');
    expect(readdirSync(join(installed, 'dist'))).toContain('index.d.ts');
  });
});
